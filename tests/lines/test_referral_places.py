"""Places of several lines reserved for a referral: by an agreement, at acceptance, given back, or nothing of it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from yipan.kernel import clock
from yipan.kernel.errors import Conflict, Refused
from yipan.lines.beds import actions as beds
from yipan.lines.beds.policy import AdmissionFacts
from yipan.lines.referrals import actions, tasks
from yipan.lines.referrals.actions import reserving
from yipan.lines.referrals.models import Referral, Step
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.queries import showing
from yipan.lines.referrals.tests.world import agree, build, draft, sent
from yipan.spine import capacities, joint, registry
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import RequestState, present, state_of
from yipan.spine.testing import NOON, hours, patient
from yipan.spine.tests.test_joint import Seats

pytestmark = pytest.mark.django_db

BED = {"line": "beds", "details": {"diagnosis_code": "I63.9", "severity": "serious"}}


class StoredSeats(Seats):
    """Seats whose words have been stored as JSON."""

    def offers(self, *, actor, need, limit):
        told = need.details
        place, ids = UUID(told["site"]), [UUID(i) for i in told["seats"]]
        end = need.wanted_from + hours(1)
        return [joint.Offer(need.line, (i,), need.wanted_from, end, place, "seat") for i in ids[:limit]]


@pytest.fixture(autouse=True)
def noon():
    with clock.using(clock.FrozenClock(NOON)) as stopped:
        yield stopped


@pytest.fixture
def world(monkeypatch):
    """With a line of seats beside the beds, in the place of examinations."""
    seats = StoredSeats("seats")
    taking_part = registry.Joint(seats.offers, seats.prepare, seats.confirm, seats.withdraw)
    line = registry.Line(code="seats", name="Seats", kinds=("seats",), joint=taking_part)
    monkeypatch.setattr(registry, "_lines", {**registry._lines, "seats": line})
    made = build()
    made.seats = [capacities.make(kind="seats", site_id=made.county.site.pk).pk for _ in range(2)]
    return made


def wishes(world, **details):
    seats = [str(i) for i in world.seats]
    return [BED, {"line": "seats", "details": {"site": str(world.county.site.pk), "seats": seats, **details}}]


def offered(found, actor):
    helped = actor.lent("coordinator", found.to_department.site.organisation.path)
    return [(n, joint.offers(actor=helped, need=need)[0]) for n, need in enumerate(reserving.needs_of(found))]


def state(found):
    return known.with_state(Referral.objects.filter(pk=found.pk)).get().state


def counts():
    return Request.objects.count(), Booking.objects.count(), Step.objects.count(), Event.objects.count()


def test_a_green_channel_reserves_everything_at_once(world):
    """By an agreement the village doctor sends, and bed and examination are firm in the same transaction."""
    agreement = agree(world, direct=True)
    made = draft(world, needs=wishes(world))
    sent_off = actions.send_referral(actor=world.doctor, referral_id=made.pk, offers=offered(made, world.doctor))
    assert sent_off.state == "booked"
    parts = joint.parts_of(made.request)
    assert [(p.line, p.state) for p in parts] == [("beds", "confirmed"), ("seats", "confirmed")]
    assert {p.created_by for p in parts} == {world.doctor.name}
    steps = known.steps_of(made.pk)
    assert [s.agreement_id for s in steps] == [None, None, agreement.pk, agreement.pk]
    told = Event.objects.get(request_id=made.pk, kind="referral.accepted")
    assert told.data["agreement"] == str(agreement.pk)


def test_without_an_agreement_the_sender_reserves_nothing(world):
    """No agreement, one without that right, one that is over: the reason is told and nothing is written."""
    made = draft(world, needs=wishes(world))
    offers = offered(made, world.doctor)
    for given in ({"direct": False}, {"direct": True, "valid_until": date(2026, 2, 1)}):
        agree(world, **given)
        before = counts()
        with pytest.raises(Refused) as refusal:
            actions.send_referral(actor=world.doctor, referral_id=made.pk, offers=offers)
        assert refusal.value.code == "agreement_no_direct"
        assert counts() == before
    assert state(made) == "drafted"


def test_the_receiver_reserves_when_it_accepts(world):
    """The wishes travel; at acceptance all is reserved together, under the receiver's own rights."""
    found = sent(world, needs=wishes(world))
    assert joint.parts_of(found.request) == []
    actions.accept_referral(actor=world.desk, referral_id=found.pk, offers=offered(found, world.desk))
    assert state(found) == "booked"
    assert [p.state for p in joint.parts_of(found.request)] == ["confirmed", "confirmed"]


@pytest.mark.parametrize("broken", ["seat", "bed"])
def test_one_place_is_lost_and_nothing_is_left(world, broken):
    """A place taken meanwhile, or a patient who waits for a bed already: nothing remains, and the part is named."""
    agree(world, direct=True)
    who = patient(born=date(1955, 4, 1))
    made = draft(world, who, needs=wishes(world))
    offers = offered(made, world.doctor)
    if broken == "seat":
        other = draft(world, needs=wishes(world)[1:])
        actions.send_referral(actor=world.doctor, referral_id=other.pk, offers=offered(other, world.doctor))
    else:
        beds.request_admission(
            actor=world.desk, patient_id=who.pk, home_department_id=world.neurology.pk, facts=AdmissionFacts()
        )
    before = counts()
    with pytest.raises(Conflict) as conflict:
        actions.send_referral(actor=world.doctor, referral_id=made.pk, offers=offers)
    assert conflict.value.params["part"] == {"seat": "seats", "bed": "beds"}[broken]
    assert counts() == before
    assert state(made) == "drafted"


@pytest.mark.parametrize("by", ["sender", "receiver"])
def test_no_gives_everything_back(world, by):
    """Withdrawn by the sender or refused by the receiver: every place is free again."""
    agree(world, direct=True)
    made = draft(world, needs=wishes(world))
    actions.send_referral(actor=world.doctor, referral_id=made.pk, offers=offered(made, world.doctor))
    if by == "sender":
        actions.withdraw_referral(actor=world.doctor, referral_id=made.pk, note="better")
    else:
        actions.refuse_referral(actor=world.desk, referral_id=made.pk, reason="no_capacity")
    assert joint.parts_of(made.request) == []
    assert not Booking.objects.filter(state__in=["held", "confirmed"]).exists()
    assert state(made) == {"sender": "withdrawn", "receiver": "refused"}[by]


def test_arrival_follows_the_bed(world, noon):
    """When the ward has the patient in the reserved bed, the referral has arrived, at that time."""
    agree(world, direct=True)
    made = draft(world, needs=[BED], facts=known_stroke())
    actions.send_referral(actor=world.doctor, referral_id=made.pk, offers=offered(made, world.doctor))
    (part,) = joint.parts_of(made.request)
    (row,) = Booking.objects.filter(request=part)
    assert tasks.follow() == 0
    noon.advance(hours(1))
    beds.arrive(actor=world.county.actor("ward_nurse"), booking_id=row.pk)
    noon.advance(timedelta(minutes=5))
    assert tasks.follow() == 1
    assert tasks.follow() == 0
    assert state(made) == "arrived"
    found = known.referral(world.desk, made.pk)
    door = showing.times(found, known.steps_of(made.pk))["door"]
    assert door == NOON + hours(1)


def known_stroke():
    from yipan.lines.referrals.tests.world import facts

    return facts(pathway="stroke", urgency="emergency")


def test_who_lies_in_a_bed_moves_to_the_next(world, noon):
    """An inpatient is referred to another hospital's bed: the stay goes on until the new one begins, and goes on as it
    was when nothing comes of it."""
    other = build(kind="hub")
    who = patient(born=date(1955, 4, 1))
    asked = beds.request_admission(
        actor=other.desk, patient_id=who.pk, home_department_id=other.neurology.pk, facts=AdmissionFacts()
    )
    held = beds.hold_bed(actor=other.desk, request_id=asked.pk, bed_id=other.county.beds["neurology"][0].pk)
    stay = beds.arrive(actor=other.desk, booking_id=held.pk)
    until = stay.end
    doctor = other.county.actor("doctor", name="other doctor")
    made = draft(world, who, actor=doctor, from_department_id=other.neurology.pk, needs=[BED])
    agree(world, sender=other.county.organisation.code, direct=True)
    actions.send_referral(actor=doctor, referral_id=made.pk, offers=offered(made, doctor))
    assert Booking.objects.get(pk=stay.pk).end < until
    actions.withdraw_referral(actor=doctor, referral_id=made.pk, note="stays")
    assert Booking.objects.get(pk=stay.pk).end == until

    again = draft(world, who, actor=doctor, from_department_id=other.neurology.pk, needs=[BED])
    actions.send_referral(actor=doctor, referral_id=again.pk, offers=offered(again, doctor))
    (row,) = Booking.objects.filter(request__parent=again.request, state="confirmed")
    noon.advance(hours(2))
    beds.arrive(actor=world.county.actor("ward_nurse"), booking_id=row.pk)
    here = present(patient_id=who.pk)
    assert here is not None
    assert here.booking_id == row.pk
    assert state_of(asked.pk) == RequestState.DONE
