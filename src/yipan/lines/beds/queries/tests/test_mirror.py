"""What is kept of the bookings is what the database says, whatever happened since, and whoever was slow."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection, connections, transaction

from yipan.base.access import SYSTEM
from yipan.kernel.errors import YipanError
from yipan.lines.beds.models import AdmissionRequest
from yipan.lines.beds.queries import arrays, mirror
from yipan.lines.beds.tests.busy import ask
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Booking
from yipan.spine.testing import NOON, SmallNetwork, hours, small_network

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def network() -> SmallNetwork:
    return small_network(wards={"neurology": 6, "neurosurgery": 6})


def look(at=NOON):
    """Beds and guests as the kept mirror has them, and as a reading of everything has them."""
    described = arrays.network()
    kept = mirror.mirror(described.version, described.bed)
    whole, _ = mirror._read(None, described.bed)
    return [_shown(described, m, at) for m in (kept, whole)]


def _shown(described, image, at):
    beds = described.empty.beds.copy()
    guests = image.put_on(beds, at)
    return beds.tolist(), sorted(guests.tolist())


def hold(network: SmallNetwork, number: int, start: float = 0) -> Booking:
    claim = Claim(network.beds["neurology"][number].id, ask(network), NOON + hours(start), NOON + hours(start + 48))
    return booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(minutes=30), at=NOON)[0]


VERBS: dict[str, Callable[[Booking], object]] = {
    "confirm": lambda b: booking.confirm(booking_id=b.id, by=SYSTEM, at=NOON),
    "arrive": lambda b: booking.arrive(booking_id=b.id, by=SYSTEM, at=NOON),
    "depart": lambda b: booking.depart(booking_id=b.id, by=SYSTEM, turnover_length=timedelta(minutes=30), at=NOON),
    "release": lambda b: booking.release(booking_id=b.id, by=SYSTEM, at=NOON),
    "announce": lambda b: booking.announce_end(booking_id=b.id, by=SYSTEM, end=NOON + hours(5), at=NOON),
    "revise": lambda b: AdmissionRequest.objects.filter(request_id=b.request_id).update(isolation="droplet"),
}


@pytest.mark.parametrize("seed", range(4))
def test_it_follows_whatever_happens(network: SmallNetwork, seed: int) -> None:
    """After every verb the kept bookings give the same beds and guests as all bookings read anew, now and later."""
    chance, made = random.Random(seed), []
    look()
    for _ in range(25):
        try:
            if not made or chance.random() < 0.4:
                made.append(hold(network, chance.randrange(6), chance.choice((0, 0, 60))))
            else:
                VERBS[chance.choice(sorted(VERBS))](chance.choice(made))
        except YipanError:
            continue
        for at in (NOON, NOON + hours(1), NOON + hours(30)):
            kept, whole = look(at)
            assert kept == whole


def test_what_is_rolled_back_is_not_kept(network: SmallNetwork) -> None:
    """A transaction sees its own hold; when it comes to nothing, nobody has kept it."""
    before, _ = look()
    with transaction.atomic():
        hold(network, 0)
        within, whole = look()
        assert within == whole != before
        transaction.set_rollback(True)
    assert look() == [before, before]


def test_a_slow_transaction_is_not_missed(network: SmallNetwork) -> None:
    """What began earlier and commits later than a change that was read already is read as well."""
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                hold(network, 0)
                written.set()
                go_on.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(30)
    hold(network, 1)
    first, _ = look()
    go_on.set()
    thread.join()
    kept, whole = look()
    assert kept == whole != first


def changed_since(mark: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM beds_live_since(%s::text::xid8)", [mark])
        return int(cursor.fetchone()[0])


def test_without_the_mark_changes_are_missed(network: SmallNetwork) -> None:
    """The trigger that marks a booking is what tells of it: without it a departure goes unseen."""
    row = hold(network, 0)
    VERBS["arrive"](row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        (mark,) = cursor.fetchone()
        cursor.execute("ALTER TABLE spine_booking DISABLE TRIGGER booking_changed")
    try:
        Booking.objects.filter(pk=row.pk).update(state="released")
        assert changed_since(mark) == 0
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE spine_booking ENABLE TRIGGER booking_changed")
    Booking.objects.filter(pk=row.pk).update(body=False)
    assert changed_since(mark) == 1


def test_bookings_that_are_over_leave_the_mirror(network: SmallNetwork) -> None:
    """Rows of bookings that keep nothing are dropped when they have become many."""
    image = mirror.Mirror(1, {i: i for i in range(4)}, np.zeros(4, mirror.ROW))  # type: ignore[dict-item]
    image.rows["state"] = [mirror.GONE, mirror.ACTIVE, mirror.GONE, mirror.HELD]
    smaller = image.compact()
    assert smaller.slots == {1: 0, 3: 1}
    assert smaller.rows["state"].tolist() == [mirror.ACTIVE, mirror.HELD]
