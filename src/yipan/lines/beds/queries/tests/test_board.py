"""Rows of the board: who may go where, how long, and in which order."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.contrib.auth.models import User

from yipan.base.access import SYSTEM, Actor, Role
from yipan.base.network.models import Bed, Room
from yipan.kernel import clock
from yipan.lines.beds.policy import BedStatus
from yipan.lines.beds.queries import board
from yipan.lines.beds.queries.beds import bed_rows
from yipan.lines.beds.queries.board import Filters
from yipan.lines.beds.tests.busy import CLEAN, BusyHospital, ask, busy_hospital
from yipan.spine import booking, capacities
from yipan.spine.booking import Claim
from yipan.spine.testing import NOON, hours, practitioner, small_network

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    frozen = clock.FrozenClock(NOON)
    with clock.using(frozen):
        yield frozen


@pytest.fixture
def hospital() -> BusyHospital:
    return busy_hospital()


def read(hospital, department="neurology"):
    """Cells of a ward by label."""
    ward = hospital.network.wards[department]
    return {cell.label: cell for cell in board.cells(actor=SYSTEM, ward_ids=[ward.id])}


def test_cells_have_the_status_of_the_one_derivation(hospital):
    """Every cell says what `bed_rows` says of its bed."""
    expected = {str(row.id): (row.status(NOON), row.outlier) for row in bed_rows(actor=SYSTEM)}
    wards = [ward.id for ward in hospital.network.wards.values()]
    found = {cell.id: (cell.status, cell.outlier) for cell in board.cells(actor=SYSTEM, ward_ids=wards)}
    assert found == expected
    assert {status for status, _ in found.values()} == set(BedStatus)


def test_day_of_stay_counts_across_a_transfer(hospital):
    """The day of admission is day 1, and moving to another bed does not begin again."""
    row = hospital.bookings["man"]
    assert read(hospital)["01"].day == 3
    claim = Claim(hospital.bed(5).id, row.request, NOON, NOON + hours(48))
    booking.move(booking_id=row.id, claim=claim, by=SYSTEM, turnover_length=CLEAN, at=NOON)
    assert read(hospital)["06"].day == 3


def test_leaving_is_today_or_overdue(hospital, noon):
    """An announced departure shows on its day and afterwards; one of tomorrow does not yet."""
    assert read(hospital)["02"].leaving
    booking.announce_end(booking_id=hospital.bookings["man"].id, end=NOON + hours(24), by=SYSTEM)
    assert not read(hospital)["01"].leaving
    noon.advance(hours(50))
    assert read(hospital)["01"].leaving


@pytest.mark.parametrize(
    ("policy", "company", "expected"),
    [
        ("any", ["male", "female"], "any"),
        ("same", [], "any"),
        ("same", ["male"], "male"),
        ("same", ["female", "female"], "female"),
        ("same", ["male", "female"], "none"),
        ("same", ["unknown"], "none"),
        ("male", [], "male"),
        ("male", ["female"], "none"),
        ("female", ["female"], "female"),
    ],
)
def test_who_may_be_put_beside_whom(policy, company, expected):
    """A room admits by its own rule and by who is in it."""
    assert board.admits(policy, company) == expected


def test_free_bed_admits_the_sex_of_who_is_coming(hospital):
    """Beside the bed held for a woman only a woman can be put; beside a man who leaves, only men until he has."""
    cells = read(hospital)
    assert (cells["03"].status, cells["04"].admits) == (BedStatus.HELD, "female")
    assert cells["02"].admits == "male"
    assert cells["06"].admits == "any"


def test_isolated_neighbour_is_told(hospital):
    """A free bed beside somebody in isolation says so."""
    who = ask(hospital.network, isolation="contact")
    booking.occupy(claim=Claim(hospital.bed(4).id, who, NOON, NOON + hours(48)), by=SYSTEM, at=NOON)
    cells = read(hospital)
    assert cells["06"].infected
    assert not cells["04"].infected


def test_filters_say_what_they_promise(hospital):
    """Each filter shows exactly the beds it names; states add up, the others narrow."""
    cells = read(hospital)
    departments = board.departments_of(cells.values())

    def shown(**wanted):
        return {label for label, cell in cells.items() if Filters(**wanted).matches(cell, departments)}

    assert shown(states=frozenset({"free"})) == {"04", "06", "08"}
    assert shown(states=frozenset({"held", "cleaning", "closed"})) == {"03", "05", "07"}
    assert shown(states=frozenset({"leaving"})) == {"02"}
    assert shown(sex="female") == {"04", "05", "06"}
    assert shown(sex="male") == {"02", "05", "06"}
    assert shown(states=frozenset({"free"}), sex="male") == {"06"}
    assert shown(monitor=True) == shown(isolation=True) == set()
    assert not Filters()


def test_filtered_wards_keep_their_counts(hospital):
    """A filter hides beds and empty wards, never what the header counts; the text finds wards and beds."""
    wards = board.wards(SYSTEM, site_id=hospital.network.site.id)
    found = board.cells(actor=SYSTEM, ward_ids=wards)
    departments = board.departments_of(found)
    whole = board.on_board(wards, found)
    (only,) = board.filtered(whole, Filters(states=frozenset({"closed"})), departments)
    assert (only.counts.beds, [c.label for c in only.cells]) == (8, ["07"])
    by_text = board.filtered(whole, Filters(text="SURGERY"), departments)
    assert [len(list(ward.cells)) for ward in by_text] == [4]
    by_bed = board.filtered(whole, Filters(text="08"), departments)
    assert [cell.label for ward in by_bed for cell in ward.cells] == ["08"]


def test_labels_sort_as_people_count():
    """2 comes before 10, 9A after 9, with or without leading zeros."""
    assert sorted(["10", "2", "9A", "9", "01"], key=board.natural) == ["01", "2", "9", "9A", "10"]
    assert sorted(["加1", "12", "加10", "加2"], key=board.natural) == ["12", "加1", "加2", "加10"]


def test_rooms_stay_together():
    """Beds lie in their rooms in natural order, whatever order they were made in."""
    network = small_network(wards={"neurology": 2})
    ward, department = network.wards["neurology"], network.departments["neurology"]
    for room, label in product(("10", "2"), ("3", "1")):
        row, _ = Room.objects.get_or_create(ward=ward, label=room)
        Bed.objects.create(room=row, department=department, label=label, code=f"X{room}-{label}")
    capacities.follow_network()
    (found,) = board.on_board(
        board.wards(SYSTEM, site_id=network.site.id), board.cells(actor=SYSTEM, ward_ids=[ward.id])
    )
    assert [(room.label, [c.label for c in room.cells]) for room in found.rooms] == [
        ("01", ["01", "02"]),
        ("2", ["1", "3"]),
        ("10", ["1", "3"]),
    ]


def test_other_hospitals_stay_unseen(hospital):
    """Neither wards nor beds nor sites of another organisation are read."""
    stranger = small_network().actor(Role.COORDINATOR)
    ward = hospital.network.wards["neurology"]
    assert board.cells(actor=stranger, ward_ids=[ward.id]) == []
    assert board.wards(stranger, ward_ids=[ward.id]) == {}
    assert hospital.network.site not in board.board_sites(stranger)


def test_own_site_is_that_of_the_ward_then_of_the_department(hospital):
    """A ward nurse starts at her ward's site, a doctor at the department's, somebody with one site there."""
    second = small_network()
    ward = second.wards["neurology"]
    sites = [hospital.network.site, second.site]
    nurse = Actor(1, "nurse", ((Role.WARD_NURSE, second.organisation.path, ward.id),))
    assert board.own_site_id(nurse, sites) == second.site.id
    user = User.objects.create_user("doctor")
    someone = practitioner(hospital.network.departments["neurology"])
    someone.user = user
    someone.save()
    doctor = Actor(user.pk, "doctor", ((Role.DOCTOR, "", None),))
    assert board.own_site_id(doctor, sites) == hospital.network.site.id
    manager = Actor(None, "manager", ((Role.MANAGER, "", None),))
    assert board.own_site_id(manager, sites) is None
    assert board.own_site_id(manager, sites[:1]) == hospital.network.site.id


def test_cleaning_that_overruns_is_still_obtainable(hospital, noon):
    """A bed being cleaned can be had today; a leaving bed that is promised to the next one cannot."""
    noon.advance(timedelta(hours=1))
    cells = read(hospital)
    assert cells["05"].obtainable
    row = ask(hospital.network)
    claim = Claim(hospital.bed(1).id, row, NOON + hours(4), NOON + hours(90))
    booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(hours=5))
    assert cells["02"].obtainable
    assert not read(hospital)["02"].obtainable
