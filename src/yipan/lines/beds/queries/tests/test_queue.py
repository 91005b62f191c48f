"""Who waits, as it is kept from question to question, is who waits by a reading of every request."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from yipan.base.network.models import Department
from yipan.kernel.errors import YipanError
from yipan.lines.beds.models import AdmissionRequest
from yipan.lines.beds.queries import arrays, queue
from yipan.lines.beds.queries.tests.test_mirror import VERBS, hold
from yipan.lines.beds.tests.busy import ask
from yipan.spine.models import Booking, Request
from yipan.spine.testing import NOON, SmallNetwork, hours, small_network

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def network() -> SmallNetwork:
    return small_network(wards={"neurology": 6, "neurosurgery": 6})


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else's transaction holds the mark back: other tests use the same server, some of them for minutes."""
    for name in ("WHOLE", "CHANGED"):
        monkeypatch.setattr(queue, name, getattr(queue, name).replace("pg_snapshot_xmin", "pg_snapshot_xmax"))


def kept(at, asking: UUID | None = None) -> dict[UUID, int]:
    """How many wait, as placement counts them: by department, where anybody does."""
    network = arrays.network()
    counts = queue.waiting(network.version, network.department, at, asking)
    return {home: int(n) for home, n in zip(network.department_ids, counts, strict=True) if n}


def plainly(at, asking: UUID | None = None) -> dict[UUID, int]:
    """Request by request: not called off, wanted by now, at most a week old, without a bed had, had once, or held."""
    counts: Counter[UUID] = Counter()
    for request in Request.objects.filter(line="beds", cancelled_at=None).exclude(pk=asking):
        bookings = Booking.objects.filter(request=request, purpose="care")
        taken = any(
            b.state in ("active", "done", "confirmed") or (b.state == "held" and b.expires_at > at) for b in bookings
        )
        if not taken and request.wanted_from <= at and request.created_at > at - queue.WAITED_AT_MOST:
            counts[request.home_department_id] += 1
    return dict(counts)


def change(**values: object) -> Callable[[Request], object]:
    return lambda request: Request.objects.filter(pk=request.pk).update(**values)


def remove(request: Request) -> None:
    """As somebody with SQL of their own might; one that is booked stays."""
    if not request.bookings.exists():
        AdmissionRequest.objects.filter(pk=request.pk).delete()
        request.delete()


CHANGES: dict[str, Callable[[Request], object]] = {
    "call off": change(cancelled_at=NOON),
    "call off no more": change(cancelled_at=None),
    "want later": change(wanted_from=NOON + hours(20)),
    "want now": change(wanted_from=NOON),
    "made long ago": change(created_at=NOON - timedelta(days=6.9)),
    "to another department": lambda r: change(home_department=Department.objects.exclude(pk=r.home_department_id)[0])(
        r
    ),
    "remove": remove,
}


@pytest.mark.parametrize("seed", range(3))
def test_it_follows_whatever_happens(network: SmallNetwork, seed: int) -> None:
    """After every request, verb and cancelling the kept counts are the plain ones: now, when holds ran out, later."""
    chance, made = random.Random(seed), []
    for _ in range(20):
        try:
            what = chance.random()
            if not made or what < 0.4:
                made.append(hold(network, chance.randrange(6), chance.choice((0, 0, 60))))
            elif what < 0.6:
                ask(network)
            elif what < 0.8:
                CHANGES[chance.choice(sorted(CHANGES))](chance.choice(Request.objects.order_by("created_at", "pk")))
            else:
                VERBS[chance.choice(sorted(VERBS))](chance.choice(made))
        except YipanError:
            continue
        for at in (NOON, NOON + hours(1), NOON + hours(30), NOON + timedelta(days=8), NOON):
            assert kept(at) == plainly(at)


def test_nobody_stands_in_the_own_way(network: SmallNetwork) -> None:
    """The request that a bed is looked for is not counted; without one, all are."""
    mine, _ = ask(network), ask(network)
    assert sum(kept(NOON, mine.pk).values()) == 1
    assert sum(kept(NOON).values()) == 2
    Request.objects.filter(pk=mine.pk).update(wanted_from=NOON + hours(1))
    assert sum(kept(NOON, mine.pk).values()) == 1


def test_what_is_rolled_back_is_not_kept(network: SmallNetwork) -> None:
    """A transaction counts its own hold; when it comes to nothing, nobody has kept it."""
    ask(network)
    before = kept(NOON)
    with transaction.atomic():
        hold(network, 0)
        ask(network)
        assert kept(NOON) == plainly(NOON) != before
        transaction.set_rollback(True)
    assert kept(NOON) == before == plainly(NOON)


def test_a_slow_transaction_is_not_missed(network: SmallNetwork) -> None:
    """Who asked in a transaction that began earlier than one already read, and ended later, is counted."""
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                ask(network)
                written.set()
                go_on.wait(30)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(30)
    ask(network)
    assert sum(kept(NOON).values()) == 1
    go_on.set()
    thread.join()
    assert sum(kept(NOON).values()) == 2


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(("trigger", "does"), [("request_changed", "call off"), ("request_gone", "remove")])
def test_without_the_marks_changes_are_missed(network: SmallNetwork, trigger: str, does: str) -> None:
    """What is kept is right because of the triggers that mark a request: without them it goes stale."""
    request = ask(network)
    assert sum(kept(NOON).values()) == 1
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE spine_request DISABLE TRIGGER {trigger}")
    try:
        CHANGES[does](request)
        assert sum(kept(NOON).values()) == 1
        assert plainly(NOON) == {}
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE spine_request ENABLE TRIGGER {trigger}")


@pytest.mark.usefixtures("alone")
def test_nothing_new_is_read_twice(network: SmallNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second question reads no request; one whose instant is a little earlier does not begin anew."""
    ask(network)
    kept(NOON + hours(1))
    read: list[int] = []
    inner = queue.Queue.with_changes

    def noted(self: queue.Queue, changed: list, *rest: object) -> queue.Queue:  # type: ignore[type-arg]
        read.append(len(changed))
        return inner(self, changed, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(queue.Queue, "with_changes", noted)
    kept(NOON + hours(1))
    kept(NOON + hours(0.5))
    assert read == [0, 0]
