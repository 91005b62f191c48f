"""Devices, technicians and what is planned on them, as the arrays that `policy.slots` searches.

Bookings come as bytes, already put together by PostgreSQL: a full network has tens of thousands in two weeks, and one
Python object for each would cost more than the search.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from yipan.lines.exams.policy.hours import minute_of, shut_spans
from yipan.lines.exams.policy.slots import Spans

DEVICES = """
SELECT device.capacity_id, capacity.site_id, device.hours::text, site.time_zone
FROM exams_device device
JOIN exams_device_items does ON does.device_id = device.capacity_id
JOIN spine_capacity capacity ON capacity.id = device.capacity_id
JOIN network_site site ON site.id = capacity.site_id
WHERE does.examitem_id = %s AND device.in_use AND (%s::uuid IS NULL OR capacity.site_id = %s)
ORDER BY device.code
"""
STAFF = """
SELECT technician.capacity_id, capacity.site_id, technician.hours::text, site.time_zone
FROM exams_technician technician
JOIN exams_technician_items does ON does.technician_id = technician.capacity_id
JOIN spine_capacity capacity ON capacity.id = technician.capacity_id
JOIN network_site site ON site.id = capacity.site_id
WHERE does.examitem_id = %s AND technician.in_use AND capacity.site_id = ANY(%s)
ORDER BY technician.capacity_id
"""
# Instants as eight bytes each: begin and end, one after the other. What should be over and is not ends never yet.
# They are made minutes here: in PostgreSQL that would cost more than to find them.
TAKEN = """
SELECT capacity_id, string_agg(spans, ''::bytea) FILTER (WHERE NOT closure),
  string_agg(spans, ''::bytea) FILTER (WHERE closure)
FROM (
  SELECT capacity_id, purpose = 'closure' AS closure,
    timestamptz_send(lower(period)) || timestamptz_send(CASE
      WHEN upper(period) IS NULL THEN %(end)s
      WHEN state = 'active' THEN greatest(upper(period), %(soon)s)
      ELSE upper(period) END) AS spans
  FROM spine_booking
  WHERE capacity_id = ANY(%(places)s) AND state IN ('held', 'confirmed', 'active')
    AND (period && tstzrange(%(start)s, %(end)s) OR (state = 'active' AND lower(period) < %(end)s))
    AND (expires_at IS NULL OR expires_at > %(now)s)
    AND (%(without)s::uuid IS NULL OR request_id IS DISTINCT FROM %(without)s)
) AS taken
GROUP BY 1
"""
ZERO, MINUTE = minute_of(datetime(2000, 1, 1, tzinfo=UTC)), 60_000_000
"""The minute that PostgreSQL counts its microseconds from, and how many of them one has."""


@dataclass(frozen=True, slots=True)
class Row:
    """A device or a technician with its hours (as JSON) and zone."""

    id: UUID
    site_id: UUID
    hours: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What is planned on resources, by their place in a list: bookings and closures."""

    busy: Spans
    closed: Spans


def devices_for(item_id: UUID, site_id: UUID | None = None) -> list[Row]:
    """Devices in use that do an item, of the network or of one site."""
    return _rows(DEVICES, [item_id, site_id, site_id])


def staff_for(item_id: UUID, site_ids: Sequence[UUID]) -> list[Row]:
    """Technicians in use who are qualified for an item at these sites."""
    return _rows(STAFF, [item_id, list(site_ids)])


def taken(
    ids: Sequence[UUID], *, start: datetime, end: datetime, soon: datetime, now: datetime, without: UUID | None = None
) -> Taken:
    """What live bookings and closures keep in [start, end); `without` leaves out the bookings of one request.

    What is under way lasts until `soon` at least.
    """
    place = {i: n for n, i in enumerate(ids)}
    told: dict[str, Any] = {
        "places": list(ids),
        "start": start,
        "end": end,
        "soon": soon,
        "now": now,
        "without": without,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, told)
        rows = cursor.fetchall()
    busy, closed = ([(place[row[0]], row[n]) for row in rows if row[n]] for n in (1, 2))
    return Taken(busy=_spans(busy), closed=_spans(closed))


def shut(rows: Sequence[Row], *, start: datetime, end: datetime) -> Spans:
    """When the rows are outside their hours within [start, end)."""
    first, last = minute_of(start), minute_of(end)
    known: dict[tuple[str, str], np.ndarray[Any, np.dtype[np.int64]]] = {}
    places, found = [], []
    for n, row in enumerate(rows):
        key = (row.hours, row.time_zone)
        if key not in known:
            spans = shut_spans(json.loads(row.hours), row.time_zone, first, last)
            known[key] = np.array(spans, dtype=np.int64).reshape(-1, 2)
        places.append(np.full(len(known[key]), n, dtype=np.int64))
        found.append(known[key])
    if not found:
        return Spans.of([])
    table = np.concatenate(found)
    return Spans(np.concatenate(places), table[:, 0], table[:, 1])


def _rows(sql: str, params: list[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [Row(*row) for row in cursor.fetchall()]


def _spans(parts: list[tuple[int, bytes]]) -> Spans:
    if not parts:
        return Spans.of([])
    instants = np.frombuffer(b"".join(spans for _, spans in parts), dtype=">i8").astype(np.int64).reshape(-1, 2)
    rows = np.repeat(np.array([n for n, _ in parts], dtype=np.int64), [len(spans) // 16 for _, spans in parts])
    return Spans(rows, ZERO + instants[:, 0] // MINUTE, ZERO - -instants[:, 1] // MINUTE)
