"""What a bed cell says, in both languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from yipan.base.access import SYSTEM
from yipan.kernel import clock
from yipan.lines.beds.pages.cell import Speaker, with_double_labels
from yipan.lines.beds.queries import board
from yipan.lines.beds.tests.busy import busy_hospital
from yipan.spine.testing import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    frozen = clock.FrozenClock(NOON)
    with clock.using(frozen):
        yield frozen


@pytest.fixture
def hospital():
    return busy_hospital()


def say(hospital, language="zh-hans", department="neurology", at=NOON):
    """Faces of a ward by label."""
    cells = board.cells(actor=SYSTEM, ward_ids=[hospital.network.wards[department].id], at=at)
    with override(language):
        faces = Speaker("Asia/Shanghai", board.departments_of(cells), at).faces(cells)
    return {face.label: face for face in faces}


def test_each_status_has_its_words(hospital):
    """Occupied says who and how long; everything else says what can be done with the bed."""
    faces = say(hospital)
    assert {label: (face.look, face.what) for label, face in faces.items()} == {
        "01": ("", "男65 · 3天"),
        "02": (" leaving", "今 15:00"),
        "03": (" held", "留 · 女"),
        "04": (" free", "空 · 女"),
        "05": (" cleaning", "清洁 12:30"),
        "06": (" free", "空床"),
        "07": (" closed", "停用"),
        "08": (" free", "空至 18:00"),
    }


def test_words_are_english_too(hospital):
    """The same cells in English."""
    faces = say(hospital, "en")
    assert [faces[label].what for label in ("01", "02", "03", "04")] == ["M65 · d3", "by 15:00", "Held · F", "Free · F"]


def test_outlier_and_severity_speak(hospital):
    """A patient abroad shows by shape and says whose patient it is; a critical one carries the word."""
    face = say(hospital, "en", "neurosurgery")["01"]
    assert (face.look, face.badge, face.said) == (" outlier", "crit", "Outlier of Neurology")


def test_late_departures_and_cleanings_are_told(hospital):
    """Past its time a departure is due, and a cleaning is late."""
    faces = say(hospital, at=NOON + timedelta(hours=4))
    assert (faces["02"].look, faces["02"].what) == (" leaving late", "应 15:00")
    assert faces["05"].what == "清洁超时"


def test_reservation_tomorrow_is_not_taken_for_today(hospital):
    """A bed that is kept from tomorrow on says so, and its hour is told with the day."""
    yesterday = NOON - timedelta(hours=16)  # Sunday 20:00; the man is confirmed for Monday 18:00
    face = say(hospital, at=yesterday)["08"]
    assert (face.what, face.said) == ("空至明日", "明 18:00 起已预约")


def test_infants_have_months(hospital):
    """Below two years the age is told in months."""
    row = hospital.bookings["man"].patient
    row.birth_date = date(2025, 7, 1)
    row.save()
    assert say(hospital)["01"].what == "男8个月 · 3天"


def test_labels_that_repeat_get_their_room(hospital):
    """Two beds 1 in one ward are told apart by their rooms; elsewhere the short label stays."""
    cells = board.cells(actor=SYSTEM, ward_ids=[w.id for w in hospital.network.wards.values()])
    assert with_double_labels(cells) == set()
    cells[0].label = cells[1].label
    assert with_double_labels(cells) == {cells[0].ward_id}
    faces = Speaker("Asia/Shanghai", {}, NOON).faces(cells[:1], with_double_labels(cells))
    assert faces[0].label == f"{cells[0].room}-{cells[0].label}"
