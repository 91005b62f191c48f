"""A booking that was changed behind the back of its one writer is found, and so is who changed it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from yipan.base.access import SYSTEM
from yipan.base.audit import sealing
from yipan.base.audit.findings import Kind
from yipan.base.audit.models import Entry
from yipan.base.audit.tests.alone import OWN
from yipan.base.audit.verifying import verify
from yipan.spine import booking, consistency
from yipan.spine.booking import Claim
from yipan.spine.models import Booking, Event
from yipan.spine.testing import NOON, hours, request_for, small_network

pytestmark = pytest.mark.django_db

KEEP = timedelta(minutes=15)


@pytest.fixture
def held() -> Booking:
    """A hold, made as it should be."""
    network = small_network()
    claim = Claim(network.beds["neurology"][0].id, request_for(network, "neurology"), NOON, NOON + hours(48))
    (row,) = booking.hold(claims=[claim], by=SYSTEM, keep=KEEP, at=NOON)
    return row


def test_bookings_follow_from_their_events(held: Booking) -> None:
    """What the one writer did is consistent at every step."""
    assert list(consistency.bookings()) == []
    booking.arrive(booking_id=held.id, by=SYSTEM, at=NOON)
    booking.depart(booking_id=held.id, by=SYSTEM, turnover_length=KEEP, at=NOON + hours(1))
    booking.undo_depart(booking_id=held.id, by=SYSTEM, end=None, at=NOON + hours(2))
    assert list(consistency.bookings()) == []


def test_swapped_bookings_are_consistent() -> None:
    """The bookings that two patients leave when they swap have no event of their own, and are right."""
    network = small_network()
    beds = network.beds["neurology"][:2]
    claims = [Claim(bed.id, request_for(network, "neurology"), NOON, NOON + hours(48)) for bed in beds]
    first, second = (booking.occupy(claim=claim, by=SYSTEM) for claim in claims)
    booking.swap(first_id=first.id, second_id=second.id, by=SYSTEM, at=NOON + hours(1))
    assert list(consistency.bookings()) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE spine_booking SET state = 'confirmed', expires_at = NULL WHERE id = %s",
        "UPDATE spine_booking SET state = 'done', expires_at = NULL WHERE id = %s",
        "INSERT INTO spine_booking (id, capacity_id, purpose, state, period, body, end_announced, created_at)"
        " SELECT gen_random_uuid(), capacity_id, 'closure', 'done', 'empty', false, false, created_at"
        " FROM spine_booking WHERE id = %s",
    ],
)
def test_bookings_changed_behind_the_back_are_found(held: Booking, change: str) -> None:
    """A state that no event tells of, and a booking without events, are named."""
    with connection.cursor() as cursor:
        cursor.execute(change, [held.id])
    (finding,) = consistency.bookings()
    assert finding.params["table"] == "spine_booking"


@pytest.mark.django_db(transaction=True)
def test_a_booking_changed_by_sql_is_in_the_trail(held: Booking) -> None:
    """Bookings by Yipan leave no entry beside their event; one by raw SQL does, with its patient."""
    assert not Entry.objects.filter(object_type="spine_booking").exists()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE spine_booking SET state = 'released', expires_at = NULL WHERE id = %s", [held.id])
    entry = Entry.objects.get(object_type="spine_booking")
    assert (entry.action, entry.object_id, entry.patient_id) == ("row.update", str(held.id), held.patient_id)
    assert entry.data["changed"]["state"] == ["held", "released"]


@pytest.mark.django_db(transaction=True)
def test_a_changed_event_is_named(held: Booking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events are sealed beside the audit trail: one that is changed with the triggers off is named."""
    monkeypatch.setattr(sealing, "NOW", OWN)
    sealing.seal()
    event = Event.objects.get(booking_id=held.id)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE spine_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE spine_event SET ward_id = gen_random_uuid() WHERE id = %s", [event.pk])
        cursor.execute("ALTER TABLE spine_event ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE spine_event DISABLE TRIGGER event_never_truncated")  # as the tests need it
    (finding,) = verify()
    assert (finding.kind, finding.params["journal"], finding.params["id"]) == (Kind.CHANGED, "event", event.pk)
    assert finding.params["what"] == "booking.held"
