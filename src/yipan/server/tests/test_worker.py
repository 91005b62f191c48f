"""The worker's loops: on time, at once when told, and undisturbed by errors."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from yipan.server import worker
from yipan.spine import outbox
from yipan.spine.models import OutboxMessage

PATIENCE = 20.0


@contextmanager
def running(target: Any, *arguments: Any) -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=target, args=(*arguments, stop), daemon=True)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_what_is_due_is_done_again_and_again_in_spite_of_errors() -> None:
    """A periodic duty that raises is called again on time."""
    calls: list[int] = []
    enough = threading.Event()

    def duty() -> int:
        calls.append(len(calls))
        if len(calls) >= 3:
            enough.set()
        raise RuntimeError("on purpose")

    with running(worker.repeat, "test.duty", 0.01, duty):
        assert enough.wait(PATIENCE)


@pytest.mark.django_db(transaction=True)
def test_a_wish_is_carried_out_as_soon_as_it_is_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The outbox is told by the commit: it does not wait for its next look, which here is an hour away."""
    monkeypatch.setattr(worker, "LOOK_SECONDS", 3600.0)
    done: list[str] = []
    first, second = threading.Event(), threading.Event()

    def handler(key: str, payload: dict[str, Any]) -> None:
        done.append(key)
        (first if payload["number"] == 1 else second).set()

    monkeypatch.setitem(outbox._handlers, "test.wish", handler)
    outbox.put(topic="test.wish", key="one", payload={"number": 1})
    stop = threading.Event()
    thread = threading.Thread(target=worker.relay, args=(stop,), daemon=True)
    thread.start()
    assert first.wait(PATIENCE)  # found at the first look; from here on the thread listens
    with transaction.atomic():
        outbox.put(topic="test.wish", key="two", payload={"number": 2})
    assert second.wait(PATIENCE)
    stop.set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('yipan_outbox', '')")
    thread.join(PATIENCE)
    assert done == ["one", "two"]
    assert not OutboxMessage.objects.filter(done_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_the_outbox_survives_the_loss_of_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the listening connection is killed, wishes made afterwards are carried out all the same."""
    monkeypatch.setattr(worker, "FIRST_WAIT", 0.01)
    first, second = threading.Event(), threading.Event()
    monkeypatch.setitem(outbox._handlers, "test.wish", lambda key, payload: (first if key == "one" else second).set())
    outbox.put(topic="test.wish", key="one", payload={})
    with running(worker.relay):
        assert first.wait(PATIENCE)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN yipan_outbox%'"
            )
        outbox.put(topic="test.wish", key="two", payload={})
        assert second.wait(PATIENCE)


def test_jobs_go_on_after_the_database_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost database ends procrastinate's worker and not the process: it is begun anew until told to stop."""
    begun: list[int] = []

    async def lost_twice(told: asyncio.Event) -> None:
        begun.append(len(begun))
        if len(begun) < 3:
            raise OperationalError("server closed the connection")
        told.set()

    monkeypatch.setattr(worker, "_run_jobs", lost_twice)
    monkeypatch.setattr(worker, "LONGEST_WAIT", 0.01)
    asyncio.run(worker._run_jobs_for_ever())
    assert len(begun) == 3
