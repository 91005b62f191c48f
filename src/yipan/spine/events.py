"""The journal of what happened. Everything that a page shows as history, or a figure counts, is read from here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from prometheus_client import Counter

from yipan.base import unit
from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.spine.models import Event

WRITTEN = Counter("yipan_events", "Events written, by kind: what happened to requests and bookings.", ["kind"])


@dataclass(frozen=True, slots=True)
class Happening:
    """What to write down. Identifiers only: names and diagnoses stay in their own tables."""

    kind: str
    line: str
    request_id: UUID | None = None
    booking_id: UUID | None = None
    capacity_id: UUID | None = None
    patient_id: UUID | None = None
    site_id: UUID | None = None
    ward_id: UUID | None = None
    at: datetime | None = None
    data: dict[str, Any] = field(default_factory=dict)


def record(by: Actor, happenings: Iterable[Happening]) -> None:
    """Append events in the caller's transaction; live pages hear of them when it commits."""
    now = clock.now()
    rows = [
        Event(
            kind=h.kind,
            line=h.line,
            at=h.at or now,
            recorded_at=now,
            actor_name=by.name,
            actor_id=by.user_id,
            request_id=h.request_id,
            booking_id=h.booking_id,
            capacity_id=h.capacity_id,
            patient_id=h.patient_id,
            site_id=h.site_id,
            ward_id=h.ward_id,
            data=h.data,
        )
        for h in happenings
    ]
    unit.insert(rows)
    transaction.on_commit(partial(_count, [row.kind for row in rows]))


def _count(kinds: list[str]) -> None:
    for kind in kinds:
        WRITTEN.labels(kind).inc()
