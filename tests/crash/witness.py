"""Writes down every effect as it happens, in the transaction of the effect, and would write a doubled one down twice.

The domain forgives repetitions (told twice is told once), so that its tables alone could not show one. The table of
the witness has no key at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import AppConfig
from django.db import connection

from yipan.base import unit

TABLE = "crash_witness"
MAKE = f"CREATE TABLE IF NOT EXISTS {TABLE} (what text NOT NULL, key text NOT NULL)"


class Witness(AppConfig):
    """Stands last among the applications: by then every line has named its handlers."""

    name = "tests.crash"
    label = "crash"

    def ready(self) -> None:
        from yipan.lines.beds.wire import INBOUND
        from yipan.spine import outbox, registry

        registry.register(registry.Line(code="witness", name="witness", inbound=dict.fromkeys(INBOUND, applied)))
        for topic, handler in list(outbox._handlers.items()):
            outbox._handlers[topic] = watched(handler)


def applied(event: Any, *, source: Any, actor: Any) -> Any:
    """Beside the line that applies a message: it is being applied."""
    from yipan.lines.beds.wire import Outcome

    note("message", event.message_control_id)
    return Outcome("witnessed", ignored=True)


def watched(handler: Callable[[str, dict[str, Any]], None]) -> Callable[[str, dict[str, Any]], None]:
    """The handler of a wish, with a note of each time that it was carried out."""

    def both(key: str, payload: dict[str, Any]) -> None:
        note("effect", key)
        handler(key, payload)

    return both


def note(what: str, key: str) -> None:
    """Written with the rows of the effect, however many effects share a transaction."""
    unit.later(_write, (what, key))


def _write(notes: list[tuple[str, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {TABLE} (what, key) VALUES (%s, %s)", notes)
