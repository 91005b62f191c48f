"""What keeps effects single, shown both ways: with the guard once, without it twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from yipan.interop.inbound import apply_pending, receive
from yipan.interop.tests.his import PEER, His
from yipan.lines.beds.wire import Outcome
from yipan.spine import outbox, registry
from yipan.spine.models import OutboxMessage
from yipan.spine.testing import small_network

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was carried out, in order: an effect that is no row with a key of its own."""
    log: list[str] = []

    def applied(event: Any, **given: Any) -> Outcome:
        log.append(event.message_control_id)
        return Outcome("told")

    monkeypatch.setitem(registry._lines, "log", registry.Line(code="log", name="log", inbound={"ADT^A28": applied}))
    monkeypatch.setitem(outbox._handlers, "test.letter", lambda key, payload: log.append(key))
    return log


@contextmanager
def without(table: str, constraint: str) -> Iterator[None]:
    """The table without one of its constraints for the block; its rows are gone afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [constraint])
        (definition,) = cursor.fetchone()
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}")


def unique_of_key() -> str:
    """Name of the constraint that makes an outbox key unique."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'spine_outboxmessage'::regclass AND contype = 'u'"
        )
        ((name,),) = cursor.fetchall()
    return str(name)


def tell_twice() -> None:
    """A hospital's system repeats a message whose acknowledgement was lost."""
    raw = His(small_network()).raw("A28")
    receive(raw, PEER)
    receive(raw, PEER)
    apply_pending()


def test_a_repeated_message_is_applied_once(done: list[str]) -> None:
    """Told twice, applied once."""
    tell_twice()
    assert done == ["C1"]


def test_a_repeated_message_without_the_guard(done: list[str]) -> None:
    """Without the constraint, the same message is applied twice."""
    with without("interop_inboundmessage", "message_once"):
        tell_twice()
        assert done == ["C1", "C1"]


def wish_twice() -> None:
    """The same effect is wished for again, as after a crash that nobody knows the result of."""
    for _ in range(2):
        outbox.put(topic="test.letter", key="letter:1", payload={})
    outbox.relay_once()


def test_a_wish_told_twice_is_carried_out_once(done: list[str]) -> None:
    """The same key is the same wish."""
    wish_twice()
    assert done == ["letter:1"]


def test_a_wish_told_twice_without_the_guard(done: list[str]) -> None:
    """Without the unique key the effect is doubled."""
    with without("spine_outboxmessage", unique_of_key()):
        wish_twice()
        assert done == ["letter:1", "letter:1"]


def test_an_effect_and_its_mark_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Struck between the effect and its mark, the relay undoes the effect with it: it happens once in all."""

    def write(key: str, payload: dict[str, Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO crash_letters VALUES (%s)", [key])

    class Struck(BaseException):
        """As sudden as a kill: nothing in between catches it."""

    def struck(*given: Any, **more: Any) -> None:
        raise Struck

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE crash_letters (key text)")
    try:
        monkeypatch.setitem(outbox._handlers, "test.letter", write)
        outbox.put(topic="test.letter", key="letter:1", payload={})
        with monkeypatch.context() as patch:
            patch.setattr(OutboxMessage, "save", struck)
            with pytest.raises(Struck):
                outbox.relay_once()
        outbox.relay_once()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM crash_letters")
            assert cursor.fetchone() == (1,)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE crash_letters")
