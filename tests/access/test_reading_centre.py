"""A centre that reads for another hospital sees what was given to it there, and nothing else, also behind the wall."""

from __future__ import annotations

import pytest

from tests.access.two_hospitals import behind, rows
from yipan.base.access import Role
from yipan.base.patients.models import Patient
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import NotFound
from yipan.lines.exams import actions
from yipan.lines.exams.models import Coverage, CriticalFinding, CriticalValue, ExamOrder, Reading, Report
from yipan.lines.exams.queries import reading, reports, studies
from yipan.lines.exams.tests.readers import WORDS, room
from yipan.spine.models import Booking, Request
from yipan.spine.testing import NOON, small_network

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]


def test_the_centre_sees_what_it_reads() -> None:
    """Behind the wall a reader works on another hospital's examination, and sees no other row of that hospital."""
    here, other = room(peer_rate=1.0), small_network()
    Coverage.objects.create(centre=here.centre, site=other.site, category="imaging")
    with clock.using(FrozenClock(NOON)):
        reader, given, kept = here.reader(), here.reading(network=other), here.reading("ecg", network=other)
        finding = CriticalFinding.objects.get(code="pneumothorax")
        with behind(reader):
            assert list(Reading.objects.values_list("pk", flat=True)) == [given.pk]
            assert list(ExamOrder.objects.values_list("pk", flat=True)) == [given.pk]
            assert Request.objects.get().pk == given.pk
            assert Booking.objects.get().request_id == given.pk
            assert Patient.objects.get() == given.order.request.patient
            actions.claim(actor=reader, order_id=given.pk)
            actions.save_preliminary(actor=reader, order_id=given.pk, wording=WORDS)
            actions.raise_critical(actor=reader, order_id=given.pk, finding_id=finding.pk, told_to="x")
            actions.sign(actor=reader, order_id=given.pk, wording=WORDS)
            assert reports.shown(reader, given.pk).is_final
            assert studies.order(reader, given.pk).pk == given.pk
            with pytest.raises(NotFound):
                studies.order(reader, kept.pk)
            with pytest.raises(NotFound):
                reading.reading_of(reader, kept.pk)


def test_the_ordering_hospital_sees_what_became_of_it() -> None:
    """Its doctor reads the report and closes the critical value; the centre's hospital's doctors see neither."""
    here, other = room(), small_network()
    Coverage.objects.create(centre=here.centre, site=other.site, category="imaging")
    doctor = other.actor(Role.DOCTOR)
    with clock.using(FrozenClock(NOON)):
        reader = here.reader()
        row = here.signed(reader, network=other)
        finding = CriticalFinding.objects.get(code="pneumothorax")
        value = actions.raise_critical(actor=reader, order_id=row.pk, finding_id=finding.pk, told_to="x")
        with behind(doctor):
            assert Report.objects.get().order_id == row.pk
            assert reports.shown(doctor, row.pk).is_final
            actions.acknowledge(actor=doctor, value_id=value.pk, read_back="x")
            actions.act(actor=doctor, value_id=value.pk, action="x")
        with behind(here.network.actor(Role.DOCTOR)), pytest.raises(NotFound):
            reports.shown(here.network.actor(Role.DOCTOR), row.pk)
    assert CriticalValue.objects.get().acted_at == NOON


def test_a_third_hospital_sees_nothing() -> None:
    """Neither ORM nor SQL give a stranger a row; without the policies they would."""
    here = room(peer_rate=1.0)
    with clock.using(FrozenClock(NOON)):
        here.signed(here.reader())
        tables = ("exams_reading", "exams_report", "exams_peerreview")
        with behind(room().network.actor(Role.DOCTOR, Role.READER)):
            assert [rows(f"SELECT count(*) FROM {table}") for table in tables] == [[(0,)]] * 3
    assert [rows(f"SELECT count(*) FROM {table}") for table in tables] == [[(1,)]] * 3
