"""Who came, left and lay where: counts by day and stays by hour, as forecasts are made from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

Floats = NDArray[np.float64]

OCCUPIED, ARRIVALS, DISCHARGES = range(3)
"""Rows of a subject's daily counts."""

STAYS = """
SELECT ward.id, request.home_department_id,
       (lower(booking.period) AT TIME ZONE site.time_zone)::date - %(first)s::date,
       CASE WHEN booking.state = 'done' THEN (upper(booking.period) AT TIME ZONE site.time_zone)::date - %(first)s::date
            ELSE %(days)s END,
       booking.previous_id IS NULL, booking.state = 'done',
       EXISTS (SELECT 1 FROM spine_booking onward WHERE onward.previous_id = booking.id)
FROM spine_booking booking
JOIN spine_request request ON request.id = booking.request_id
JOIN spine_capacity capacity ON capacity.id = booking.capacity_id
JOIN network_bed bed ON bed.id = capacity.bed_id
JOIN network_room room ON room.id = bed.room_id
JOIN network_ward ward ON ward.id = room.ward_id
JOIN network_site site ON site.id = ward.site_id
WHERE booking.purpose = 'care' AND booking.state IN ('active', 'done')
  AND booking.period && tstzrange(%(from)s, %(now)s)
  AND (%(places)s::uuid[] IS NULL OR ward.id = ANY(%(places)s) OR request.home_department_id = ANY(%(places)s))
"""

LYING = """
SELECT ward.id, request.home_department_id, extract(epoch FROM %(now)s - lower(booking.period))::float8 / 3600,
       CASE WHEN booking.end_announced THEN extract(epoch FROM upper(booking.period) - %(now)s)::float8 / 3600 END
FROM spine_booking booking
JOIN spine_request request ON request.id = booking.request_id
JOIN spine_capacity capacity ON capacity.id = booking.capacity_id
JOIN network_bed bed ON bed.id = capacity.bed_id
JOIN network_room room ON room.id = bed.room_id
JOIN network_ward ward ON ward.id = room.ward_id
WHERE booking.purpose = 'care' AND booking.state = 'active'
"""

LENGTHS = """
SELECT request.home_department_id, booking.state = 'done',
       extract(epoch FROM CASE WHEN booking.state = 'done' THEN upper(booking.period) ELSE %(now)s END
                          - lower(booking.period))::float8 / 3600,
       extract(hour FROM lower(booking.period) AT TIME ZONE site.time_zone)::int
FROM spine_booking booking
JOIN spine_capacity capacity ON capacity.id = booking.capacity_id AND capacity.kind = 'bed'
JOIN spine_request request ON request.id = booking.request_id
JOIN network_site site ON site.id = request.site_id
WHERE booking.purpose = 'care' AND booking.state IN ('active', 'done')
  AND lower(booking.period) >= %(since)s AND lower(booking.period) <= %(now)s
"""

HOURS = """
SELECT extract(hour FROM lower(booking.period) AT TIME ZONE site.time_zone)::int, count(*)
FROM spine_booking booking
JOIN spine_capacity capacity ON capacity.id = booking.capacity_id AND capacity.kind = 'bed'
JOIN spine_request request ON request.id = booking.request_id
JOIN network_site site ON site.id = request.site_id
WHERE booking.purpose = 'care' AND booking.state IN ('active', 'done') AND booking.previous_id IS NULL
  AND lower(booking.period) >= %(from)s AND lower(booking.period) <= %(now)s
GROUP BY 1
"""

AT_HOURS = """
SELECT slot.at, count(*)
FROM unnest(%(slots)s::timestamptz[]) AS slot(at)
JOIN spine_booking booking ON booking.period @> slot.at
JOIN spine_request request ON request.id = booking.request_id
JOIN spine_capacity capacity ON capacity.id = booking.capacity_id
JOIN network_bed bed ON bed.id = capacity.bed_id
JOIN network_room room ON room.id = bed.room_id
JOIN network_ward ward ON ward.id = room.ward_id
WHERE booking.purpose = 'care' AND booking.state IN ('active', 'done')
  AND (ward.id = %(place)s OR request.home_department_id = %(place)s OR ward.site_id = %(place)s)
GROUP BY 1
"""

OPEN_BEDS = """
SELECT ward.id, bed.department_id, count(*), count(*) FILTER (WHERE closure.id IS NOT NULL)
FROM network_bed bed
JOIN network_room room ON room.id = bed.room_id
JOIN network_ward ward ON ward.id = room.ward_id
JOIN spine_capacity capacity ON capacity.bed_id = bed.id
LEFT JOIN spine_booking closure
  ON closure.capacity_id = capacity.id AND closure.purpose = 'closure' AND closure.state = 'active'
GROUP BY 1, 2
"""


@dataclass(frozen=True, eq=False)
class Days:
    """Counts of each day from `first` on: identifier → float[3, days] (beds taken at its end, arrivals, discharges).

    `wards` count whoever lies there; `departments` their own patients, wherever they lie.
    """

    first: date
    days: int
    wards: dict[UUID, Floats]
    departments: dict[UUID, Floats]


def daily(first: date, days: int, *, now: datetime, places: Iterable[UUID] | None = None) -> Days:
    """Counts of `days` days, each site's own; of the named wards and departments, or of all that the caller may see."""
    params: dict[str, Any] = {
        "first": first,
        "days": days,
        "from": datetime(first.year, first.month, first.day, tzinfo=now.tzinfo) - timedelta(days=1),
        "now": now,
        "places": None if places is None else list(places),
    }
    found = Days(first, days, {}, {})
    for ward, department, began, ended, came, left, moved_on in _rows(STAYS, params):
        for counts, key, comes, goes in (
            (found.wards, ward, True, left),
            (found.departments, department, came, left and not moved_on),
        ):
            into = counts.setdefault(key, np.zeros((3, days)))
            into[OCCUPIED, max(began, 0) : max(min(ended, days), 0)] += 1
            if comes and 0 <= began < days:
                into[ARRIVALS, began] += 1
            if goes and 0 <= ended < days:
                into[DISCHARGES, ended] += 1
    return found


def at_hours(place: UUID, slots: Sequence[datetime]) -> list[int]:
    """Patients in beds of a ward or site, or of a department wherever they lie, at each instant (all of the past)."""
    found = dict(_rows(AT_HOURS, {"slots": list(slots), "place": place}))
    return [found.get(at, 0) for at in slots]


@dataclass(frozen=True, slots=True)
class Lying:
    """Somebody in a bed: for how long, and, when the ward has announced it, in how many hours they leave."""

    ward_id: UUID
    department_id: UUID
    elapsed: float
    leaves_in: float | None


def lying(now: datetime) -> list[Lying]:
    """Everybody who lies in a bed now."""
    return [Lying(*row) for row in _rows(LYING, {"now": now})]


def lengths(now: datetime, since: datetime) -> list[tuple[UUID, bool, float, int]]:
    """Stays that began since an instant: department, whether it has ended, hours, hour of the clock when it began.

    Of those that began before, only the long ones would be there to see.
    """
    return _rows(LENGTHS, {"now": now, "since": since})


def by_hour(now: datetime, days: int = 60) -> Floats:
    """Share of the day's arrivals in each hour of the site's clock, float[24]; drawn a little towards the mean."""
    counts = np.full(24, 1.0)
    for hour, count in _rows(HOURS, {"now": now, "from": now - timedelta(days=days)}):
        counts[hour] += count
    return counts / counts.sum()


def open_beds() -> list[tuple[UUID, UUID, int, int]]:
    """Ward, department, its beds there, and how many of them are closed now."""
    return _rows(OPEN_BEDS, {})


def _rows(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
