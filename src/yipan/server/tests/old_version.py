"""A database as the first release left it, filled, and pages of that version at work in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg.types.range import Range

from yipan.kernel.ids import new_id
from yipan.server import direct

BEDS, EVENTS, STAYS = 60, 4000, 20
LARGE = ("spine_booking", "spine_event", "spine_request", "spine_outboxmessage", "interop_inboundmessage")
BEGAN = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PATIENCE = "10s"
"""No page of the old version may wait longer for a table than this; then it fails, and so does the test."""

BOARD = """
SELECT c.id, b.state, b.purpose, b.period, b.request_id FROM spine_capacity c
  LEFT JOIN spine_booking b ON b.capacity_id = c.id AND b.state IN ('held', 'confirmed', 'active')
"""
JOURNAL = "SELECT kind, at, actor_name, data FROM spine_event ORDER BY id DESC LIMIT 20"
EVENT = """
INSERT INTO spine_event (kind, line, at, recorded_at, actor_name, capacity_id, booking_id, data)
VALUES ('turnover.started', 'beds', now(), now(), 'old', %s, %s, '{}')
"""
BOOK = """
INSERT INTO spine_booking (id, capacity_id, purpose, state, period, body, end_announced, created_at)
VALUES (%s, %s, 'turnover', 'active', %s, false, false, now())
"""
WISH = """
INSERT INTO spine_outboxmessage (topic, key, payload, created_at, not_before, attempts, last_error)
VALUES ('beds.displaced', %s, '{}', now(), now(), 0, '')
"""


def build(targets: dict[str, str]) -> None:
    """Make the tables of the given migrations and fill them as the models of that time would."""
    executor = MigrationExecutor(connection)
    nodes = list(targets.items())
    others = [n for n in executor.loader.graph.leaf_nodes() if n[0] in ("auth", "contenttypes", "procrastinate")]
    executor.migrate([*nodes, *others])
    model = executor.loader.project_state(nodes).apps.get_model
    named = {"name": "甲"}
    home = model("network", "Organisation").objects.create(code="H", kind="general_hospital", path="0001.", **named)
    site = model("network", "Site").objects.create(code="S", organisation=home, **named)
    specialty = model("network", "Specialty").objects.create(code="T", **named)
    department = model("network", "Department").objects.create(code="D", site=site, specialty=specialty, **named)
    ward = model("network", "Ward").objects.create(code="W", site=site, department=department, **named)
    room = model("network", "Room").objects.create(ward=ward, label="1")
    bed, capacity = model("network", "Bed"), model("spine", "Capacity")
    beds = [bed(room=room, department=department, label=str(n), code=f"B{n}") for n in range(BEDS)]
    bed.objects.bulk_create(beds)
    places = capacity.objects.bulk_create(capacity(id=b.id, kind="bed", bed=b, site=site) for b in beds)
    booking, event = model("spine", "Booking"), model("spine", "Event")
    booking.objects.bulk_create(
        booking(
            capacity=place,
            purpose="turnover",
            state="done",
            body=False,
            period=Range(BEGAN + timedelta(hours=n), BEGAN + timedelta(hours=n + 1)),
            created_at=BEGAN,
        )
        for place in places
        for n in range(STAYS)
    )
    event.objects.bulk_create(
        event(kind="bed.ready", line="beds", at=BEGAN, recorded_at=BEGAN, actor_name="old") for _ in range(EVENTS)
    )


@dataclass
class OldPages:
    """Threads of the old version that read boards and book, until `stop`."""

    failures: list[str] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=lambda: {"boards": 0, "bookings": 0})
    stop: threading.Event = field(default_factory=threading.Event)
    moved: threading.Condition = field(default_factory=threading.Condition)

    def read(self, at: psycopg.Connection) -> None:
        assert len(at.execute(BOARD).fetchall()) >= BEDS
        assert at.execute(JOURNAL).fetchall()

    def book(self, at: psycopg.Connection) -> None:
        with at.transaction():
            row = at.execute("SELECT id FROM spine_capacity ORDER BY id LIMIT 1 FOR NO KEY UPDATE").fetchone()
            assert row is not None
            booking, now = new_id(), datetime.now(UTC)
            at.execute(BOOK, [booking, row[0], Range(now, now + timedelta(hours=1))])
            at.execute(EVENT, [row[0], booking])
            at.execute(WISH, [str(booking)])
            end = Range(now, now + timedelta(microseconds=1))
            at.execute("UPDATE spine_booking SET state = 'done', period = %s WHERE id = %s", [end, booking])

    def run(self, name: str, step: Any) -> None:
        try:
            with direct.connect() as at:
                at.execute("SELECT set_config('lock_timeout', %s, false)", [PATIENCE])
                while not self.stop.is_set():
                    step(at)
                    with self.moved:
                        self.done[name] += 1
                        self.moved.notify_all()
        except Exception as error:
            self.failures.append(f"{name}: {type(error).__name__} {error}")
            with self.moved:
                self.moved.notify_all()

    def go_on(self) -> None:
        """Return when a board was read and a bed booked that had not begun before this call."""
        with self.moved:
            wanted = {name: count + 2 for name, count in self.done.items()}
            self.moved.wait_for(lambda: self.failures or all(self.done[n] >= wanted[n] for n in wanted), 60)
            assert self.failures == []
            assert all(self.done[name] >= wanted[name] for name in wanted)


@contextmanager
def at_work() -> Iterator[OldPages]:
    """Old pages while the block lasts; at its end none of them has failed."""
    pages = OldPages()
    steps = (("boards", pages.read), ("bookings", pages.book))
    threads = [threading.Thread(target=pages.run, args=step) for step in steps]
    for thread in threads:
        thread.start()
    try:
        yield pages
    finally:
        pages.stop.set()
        for thread in threads:
            thread.join(60)
    assert pages.failures == []
