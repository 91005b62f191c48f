"""Several lines booked together, on two lines made for the test."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.base.access import SYSTEM
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.spine import booking, capacities, joint, registry
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import RequestState, live_bookings, state_of
from yipan.spine.testing import NOON, hours, patient, request_for, small_network

pytestmark = pytest.mark.django_db

KEEP = timedelta(hours=1)


class Seats:
    """A line with nothing but seats, each a capacity."""

    def __init__(self, code: str) -> None:
        self.code = code

    def offers(self, *, actor, need, limit):
        return [
            joint.Offer(need.line, (i,), need.wanted_from, need.until, need.details["site"], "seat")
            for i in need.details["seats"][:limit]
        ]

    def prepare(self, *, actor, need, offer, parent):
        if need.details.get("refused"):
            raise Conflict("request_open")
        request = Request.objects.create(
            line=self.code,
            patient_id=need.patient_id,
            site_id=offer.site_id,
            home_department_id=need.department_id,
            parent=parent,
            wanted_from=need.wanted_from,
            created_at=clock.now(),
            created_by=actor.name,
        )
        claims = tuple(
            booking.Claim(i, request, offer.start, offer.end, body=False, attends=True) for i in offer.capacity_ids
        )
        return joint.Prepared(request, claims, need.details.get("then", lambda rows: None))

    def confirm(self, *, actor, request):
        for row in live_bookings(request.pk):
            booking.confirm(booking_id=row.pk, by=actor)

    def withdraw(self, *, actor, request, reason):
        for row in live_bookings(request.pk):
            booking.release(booking_id=row.pk, by=actor)
        Request.objects.filter(pk=request.pk).update(cancelled_at=clock.now())


@pytest.fixture(autouse=True)
def lines(monkeypatch):
    made = {}
    for code in ("seats", "rides"):
        line = Seats(code)
        taking_part = registry.Joint(line.offers, line.prepare, line.confirm, line.withdraw)
        made[code] = registry.Line(code=code, name=code, kinds=(code,), joint=taking_part)
    monkeypatch.setattr(registry, "_lines", made)
    with clock.using(clock.FrozenClock(NOON)):
        yield made


@pytest.fixture
def world():
    network = small_network()
    parent = request_for(network, "neurology", patient())
    seats = {c: [capacities.make(kind=c, site_id=network.site.pk).pk for _ in range(2)] for c in ("seats", "rides")}
    return network, parent, seats


def need(world, line, start, length=1, **details):
    network, parent, seats = world
    return joint.Need(
        line=line,
        patient_id=parent.patient_id,
        department_id=network.departments["neurology"].pk,
        wanted_from=start,
        until=start + hours(length),
        details={"site": network.site.pk, "seats": seats[line], **details},
    )


def offered(*needs):
    return [(n, joint.offers(actor=SYSTEM, need=n)[0]) for n in needs]


def book(world, *needs):
    return joint.book(actor=SYSTEM, parent=world[1], parts=offered(*needs), keep=KEEP)


def counts():
    return Request.objects.count(), Booking.objects.count(), Event.objects.count()


def test_all_parts_are_held_in_the_order_given(world):
    """Each part becomes a request of its own line under the parent, in the caller's order, and one event names them."""
    parts = book(world, need(world, "seats", NOON + hours(2)), need(world, "rides", NOON))
    assert [p.request.line for p in parts] == ["seats", "rides"]
    assert {p.request.parent_id for p in parts} == {world[1].pk}
    assert [p.state for p in joint.parts_of(world[1])] == ["held", "held"]
    told = Event.objects.get(kind="joint.booked")
    assert [p["request"] for p in told.data["parts"]] == [str(p.request.pk) for p in parts]


@pytest.mark.parametrize("broken", ["taken", "refused", "busy"])
def test_one_part_fails_and_nothing_is_left(world, broken):
    """Whether a place is taken, a line refuses or the patient would be at two places at once: no part remains."""
    rides = need(world, "rides", NOON, refused=broken == "refused")
    seats = need(world, "seats", NOON if broken == "busy" else NOON + hours(2))
    if broken == "taken":
        other = (world[0], request_for(world[0], "neurology"), world[2])
        book(other, need(other, "seats", NOON + hours(2)))
    before, parts = counts(), offered(seats, rides)
    with pytest.raises(Conflict) as refusal:
        joint.book(actor=SYSTEM, parent=world[1], parts=parts, keep=KEEP)
    expected = {"taken": "capacity_taken", "refused": "request_open", "busy": "patient_busy"}
    assert refusal.value.code == expected[broken]
    assert counts() == before


def test_a_refusal_of_a_line_names_the_part(world):
    """What a line refuses says which part it was."""
    with pytest.raises(Conflict) as refusal:
        book(world, need(world, "seats", NOON), need(world, "rides", NOON + hours(2), refused=True))
    assert refusal.value.params["part"] == "rides"


def test_what_is_refused_once_held_names_the_part(world):
    """A line that looks at the patient's other places after the hold says which part it was, and nothing is left."""

    def late(rows):
        raise Conflict("patient_busy")

    before = counts()
    with pytest.raises(Conflict) as refusal:
        book(world, need(world, "seats", NOON), need(world, "rides", NOON + hours(2), then=late))
    assert refusal.value.params["part"] == "rides"
    assert counts() == before


def test_confirming_makes_all_parts_firm(world):
    """One confirmation is for every part that is held."""
    book(world, need(world, "seats", NOON + hours(2)), need(world, "rides", NOON))
    joint.confirm(actor=SYSTEM, parent=world[1])
    assert [p.state for p in joint.parts_of(world[1])] == ["confirmed", "confirmed"]


def test_a_lost_part_cannot_be_confirmed(world):
    """When one hold ran out and its place is gone, no part becomes firm."""
    first, second = book(world, need(world, "seats", NOON + hours(2)), need(world, "rides", NOON))
    booking.release(booking_id=second.bookings[0].pk, by=SYSTEM)
    with pytest.raises(Conflict) as refusal:
        joint.confirm(actor=SYSTEM, parent=world[1])
    assert (refusal.value.code, refusal.value.params["part"]) == ("part_lost", "rides")
    assert state_of(first.request.pk) == RequestState.HELD


def test_withdrawing_gives_every_part_back(world):
    """Withdrawn parts keep no place, and a second time there is nothing left to withdraw."""
    book(world, need(world, "seats", NOON + hours(2)), need(world, "rides", NOON))
    assert len(joint.withdraw(actor=SYSTEM, parent=world[1], reason="no")) == 2
    assert joint.parts_of(world[1]) == []
    assert not Booking.objects.filter(state__in=["held", "confirmed"]).exists()
    assert joint.withdraw(actor=SYSTEM, parent=world[1], reason="no") == []


def test_parts_are_of_one_patient_and_line(world):
    """An offer of another line, or a need of another patient, is a mistake and books nothing."""
    other = (world[0], request_for(world[0], "neurology"), world[2])
    (stranger,), before = offered(need(other, "seats", NOON)), counts()
    with pytest.raises(InvalidInput):
        joint.book(actor=SYSTEM, parent=world[1], parts=[stranger], keep=KEEP)
    with pytest.raises(InvalidInput):
        joint.book(actor=SYSTEM, parent=world[1], parts=[], keep=KEEP)
    assert counts() == before


def test_a_line_that_takes_no_part_says_so(world, lines):
    """Asking a line that nobody can book together with others is refused."""
    lines["plain"] = registry.Line(code="plain", name="plain")
    with pytest.raises(InvalidInput) as refusal:
        joint.offers(actor=SYSTEM, need=joint.Need("plain", world[1].patient_id, world[1].home_department_id, NOON))
    assert refusal.value.code == "joint_unknown"


def test_two_appointments_may_really_overlap(world):
    """Plans of one patient never overlap; what really happened may, and is told as it was."""
    seats, rides = book(world, need(world, "seats", NOON, 1), need(world, "rides", NOON + hours(1), 1))
    booking.confirm(booking_id=seats.bookings[0].pk, by=SYSTEM)
    late = NOON + timedelta(minutes=50)
    arrived = booking.arrive(booking_id=seats.bookings[0].pk, by=SYSTEM, shortest=hours(1), at=late)
    assert arrived.end == late + hours(1)
    assert state_of(rides.request.pk) == RequestState.HELD
