"""The figures of the bed pool (B8), each from bookings and events, each able to name the stays behind it.

A stay counts where its bed is, whichever department the patient belongs to. Days are those of the network's calendar.
What is still under way counts until now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput

GROUPS = {"site": "site", "department": "department", "day": "day"}
LONGEST = 366

STAYS = """
WITH stay AS (
    SELECT booking.id, booking.request_id, booking.patient_id, booking.state, booking.previous_id,
           lower(booking.period) AS began,
           CASE WHEN booking.state = 'done' THEN upper(booking.period) ELSE greatest(%(now)s, lower(booking.period)) END
               AS ended,
           request.home_department_id AS home, home.site_id AS home_site,
           bed.department_id AS host, ward.site_id AS host_site, bed.id AS bed_id
    FROM spine_booking booking
    JOIN spine_request request ON request.id = booking.request_id
    JOIN network_department home ON home.id = request.home_department_id
    JOIN spine_capacity capacity ON capacity.id = booking.capacity_id
    JOIN network_bed bed ON bed.id = capacity.bed_id
    JOIN network_room room ON room.id = bed.room_id
    JOIN network_ward ward ON ward.id = room.ward_id
    JOIN network_site site ON site.id = ward.site_id
    JOIN network_organisation org ON org.id = site.organisation_id
    WHERE booking.purpose = 'care' AND booking.state IN ('active', 'done')
      AND booking.period && tstzrange(%(start)s, %(end)s)
      AND org.path LIKE ANY(%(paths)s)
      AND (%(site)s::uuid IS NULL OR ward.site_id = %(site)s)
      AND (%(department)s::uuid IS NULL OR bed.department_id = %(department)s
           OR request.home_department_id = %(department)s)
)
"""

COUNTS = (
    STAYS
    + """
SELECT {key} AS key,
       count(*) FILTER (WHERE previous_id IS NULL AND began >= %(start)s AND began < %(end)s) AS admissions,
       count(DISTINCT request_id) FILTER (WHERE home <> host) AS outliers,
       coalesce(sum(extract(epoch FROM least(ended, %(end)s) - greatest(began, %(start)s)))
           FILTER (WHERE home <> host), 0) / 86400 AS outlier_days,
       count(*) FILTER (WHERE state = 'done' AND ended >= %(start)s AND ended < %(end)s AND NOT EXISTS (
           SELECT 1 FROM spine_booking onward WHERE onward.previous_id = stay.id)) AS departures
FROM stay GROUP BY 1
"""
)

OCCUPIED = (
    STAYS
    + """
SELECT {key} AS key, sum(extract(epoch FROM least(ended, slot.until) - greatest(began, slot.begin))) / 86400 AS days
FROM stay JOIN unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[]) AS slot(begin, until)
  ON stay.began < slot.until AND stay.ended > slot.begin
GROUP BY 1
"""
)

BEDS = """
SELECT {key} AS key, count(*) FROM network_bed bed
JOIN network_room room ON room.id = bed.room_id
JOIN network_ward ward ON ward.id = room.ward_id
JOIN network_site site ON site.id = ward.site_id
JOIN network_organisation org ON org.id = site.organisation_id
WHERE org.path LIKE ANY(%(paths)s) AND (%(site)s::uuid IS NULL OR ward.site_id = %(site)s)
  AND (%(department)s::uuid IS NULL OR bed.department_id = %(department)s)
GROUP BY 1
"""

CLOSED = """
SELECT {key} AS key,
       sum(extract(epoch FROM least(coalesce(upper(booking.period), %(now)s), %(end)s, %(now)s)
           - greatest(lower(booking.period), %(start)s))) / 86400
FROM spine_booking booking
JOIN spine_capacity capacity ON capacity.id = booking.capacity_id
JOIN network_bed bed ON bed.id = capacity.bed_id
JOIN network_room room ON room.id = bed.room_id
JOIN network_ward ward ON ward.id = room.ward_id
JOIN network_site site ON site.id = ward.site_id
JOIN network_organisation org ON org.id = site.organisation_id
WHERE booking.purpose = 'closure' AND booking.state IN ('active', 'done')
  AND booking.period && tstzrange(%(start)s, least(%(end)s, %(now)s))
  AND org.path LIKE ANY(%(paths)s) AND (%(site)s::uuid IS NULL OR ward.site_id = %(site)s)
  AND (%(department)s::uuid IS NULL OR bed.department_id = %(department)s)
GROUP BY 1
"""

WAITS = (
    STAYS
    + """
, path AS (
    SELECT stay.*, admission.certificate_at,
           (SELECT min(event.at) FROM spine_event event
            WHERE event.request_id = stay.request_id AND event.kind = 'booking.held') AS held
    FROM stay JOIN beds_admissionrequest admission ON admission.request_id = stay.request_id
    WHERE previous_id IS NULL AND began >= %(start)s AND began < %(end)s
)
SELECT {key} AS key,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM held - certificate_at)) / 60 AS to_bed,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM began - certificate_at)) / 60 AS to_arrival,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM began - certificate_at)) / 60 AS to_arrival_90,
       (count(*) FILTER (WHERE began - certificate_at <= interval '20 minutes'))::float / count(*) AS in_20
FROM path GROUP BY 1
"""
)

LENT = (
    STAYS
    + """
SELECT home, host, count(DISTINCT request_id),
       sum(extract(epoch FROM least(ended, %(end)s) - greatest(began, %(start)s))) / 86400 AS days
FROM stay WHERE home <> host GROUP BY 1, 2 ORDER BY 4 DESC LIMIT 40
"""
)

LIST = (
    STAYS
    + """
SELECT stay.id, stay.request_id, stay.patient_id, stay.began, stay.ended, stay.state, stay.home, stay.host, stay.bed_id
FROM stay WHERE {condition} ORDER BY stay.began DESC LIMIT %(limit)s OFFSET %(offset)s
"""
)

WHICH = {
    "admissions": "previous_id IS NULL AND began >= %(start)s AND began < %(end)s",
    "outliers": "home <> host",
    "departures": "state = 'done' AND ended >= %(start)s AND ended < %(end)s"
    " AND NOT EXISTS (SELECT 1 FROM spine_booking onward WHERE onward.previous_id = stay.id)",
    "occupied": "true",
}
"""Which stays stand behind a figure."""

KEYS = {
    "total": ("0", "0", "0"),
    "site": ("host_site", "ward.site_id", "host_site"),
    "department": ("host", "bed.department_id", "host"),
    "day": ("(began AT TIME ZONE %(zone)s)::date", "0", "(slot.begin AT TIME ZONE %(zone)s)::date"),
}
"""For each grouping: the key of a stay, of a bed, and of a day's occupancy."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both included, in a zone."""

    first: date
    last: date
    zone: str = "Asia/Shanghai"

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidInput("form_invalid", fields={"to": "dates_reversed"})
        if (self.last - self.first).days >= LONGEST:
            raise InvalidInput("form_invalid", fields={"from": "period_too_long"})

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.zone))

    @property
    def start(self) -> datetime:
        return self.midnight(self.first)

    @property
    def end(self) -> datetime:
        return self.midnight(self.last + timedelta(days=1))


@dataclass(slots=True)
class Row:
    """The figures of one group. Times are minutes, days are bed-days; None where there is nothing to measure."""

    key: Any
    admissions: int = 0
    outliers: int = 0
    outlier_days: float = 0.0
    departures: int = 0
    occupied_days: float = 0.0
    beds: int = 0
    open_days: float = 0.0
    to_bed: float | None = None
    to_arrival: float | None = None
    to_arrival_90: float | None = None
    in_20: float | None = None

    @property
    def utilisation(self) -> float | None:
        """Occupied bed-days over open bed-days."""
        return self.occupied_days / self.open_days if self.open_days > 0 else None

    @property
    def turnover(self) -> float | None:
        """Departures a bed."""
        return self.departures / self.beds if self.beds else None


@dataclass(frozen=True, slots=True)
class Lent:
    """Beds of one department lent to patients of another."""

    home: UUID
    host: UUID
    patients: int
    days: float


@dataclass(frozen=True, slots=True)
class StayRow:
    """One stay behind a figure."""

    id: UUID
    request_id: UUID
    patient_id: UUID
    began: datetime
    ended: datetime
    state: str
    home: UUID
    host: UUID
    bed_id: UUID


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: a period, and the part of the network."""

    period: Period
    site: UUID | None = None
    department: UUID | None = None


def table(*, actor: Actor, asked: Asked, by: str) -> list[Row]:
    """Figures by "site", "department", "day", or one row by "total", where the actor may see them (`beds.figures`)."""
    if by not in KEYS:
        raise InvalidInput("choice_unknown")
    stay_key, bed_key, slot_key = KEYS[by]
    params = _params(actor, asked)
    rows: dict[Any, Row] = {}
    if by == "day":
        rows = {day: Row(day) for day in asked.period.days}
    for key, *counts in _fetch(COUNTS, stay_key, params):
        if by == "day" and key not in rows:
            continue  # a stay that began before the period: it counts in the days it occupies
        row = rows.setdefault(key, Row(key))
        row.admissions, row.outliers, row.outlier_days, row.departures = counts
    for key, days in _fetch(OCCUPIED, slot_key, params):
        rows.setdefault(key, Row(key)).occupied_days = float(days)
    for key, *waits in _fetch(WAITS, stay_key, params):
        if key in rows:
            row = rows[key]
            row.to_bed, row.to_arrival, row.to_arrival_90, row.in_20 = waits
    if by == "day":
        _count_days(rows, params)
    _open_beds(rows, by, bed_key, params, asked)
    return [rows[key] for key in sorted(rows, key=str)]


def lent(*, actor: Actor, asked: Asked) -> list[Lent]:
    """Which departments lent beds to which, by bed-days; for the credit that host and home share."""
    with connection.cursor() as cursor:
        cursor.execute(LENT, _params(actor, asked))
        return [Lent(home, host, people, float(days)) for home, host, people, days in cursor.fetchall()]


def stays(*, actor: Actor, asked: Asked, which: str, limit: int = 50, offset: int = 0) -> list[StayRow]:
    """The stays behind a figure, newest first."""
    if which not in WHICH:
        raise InvalidInput("choice_unknown")
    params = _params(actor, asked) | {"limit": limit, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(LIST.format(condition=WHICH[which]), params)
        return [StayRow(*row) for row in cursor.fetchall()]


def _params(actor: Actor, asked: Asked) -> dict[str, Any]:
    now = clock.now()
    period = asked.period
    slots = [(period.midnight(d), min(period.midnight(d + timedelta(days=1)), now)) for d in period.days]
    slots = [(begin, until) for begin, until in slots if begin < until]
    return {
        "now": now,
        "start": period.start,
        "end": min(period.end, now) if period.start < now else period.end,
        "zone": period.zone,
        "paths": [p + "%" for p in actor.paths("beds.figures")],
        "site": asked.site,
        "department": asked.department,
        "begins": [begin for begin, _ in slots],
        "ends": [until for _, until in slots],
    }


def _fetch(sql: str, key: str, params: dict[str, Any]) -> Iterable[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(key=key), params)
        return cursor.fetchall()


def _count_days(rows: dict[date, Row], params: dict[str, Any]) -> None:
    """By day, an outlier counts on every day spent abroad, and a departure on its own day."""
    by_slot = OCCUPIED.replace("FROM stay JOIN", ", count(DISTINCT request_id) FROM stay JOIN").replace(
        "GROUP BY 1", "WHERE home <> host GROUP BY 1"
    )
    for row in rows.values():
        row.outliers, row.outlier_days, row.departures = 0, 0.0, 0
    for day, days, people in _fetch(by_slot, KEYS["day"][2], params):
        if day in rows:
            rows[day].outliers, rows[day].outlier_days = people, float(days)
    for day, _, _, _, departures in _fetch(COUNTS, "(ended AT TIME ZONE %(zone)s)::date", params):
        if day in rows:
            rows[day].departures = departures


def _open_beds(rows: dict[Any, Row], by: str, key: str, params: dict[str, Any], asked: Asked) -> None:
    """Beds, and bed-days that were not closed, of each group."""
    elapsed = [
        (until - begin).total_seconds() / 86400 for begin, until in zip(params["begins"], params["ends"], strict=True)
    ]
    length = sum(elapsed)
    beds = {k: int(n) for k, n in _fetch(BEDS, key, params)}
    closed = {k: float(d) for k, d in _fetch(CLOSED, key, params)}
    if by == "day":
        for day, share in zip(asked.period.days, elapsed, strict=False):
            rows[day].beds = beds.get(0, 0)
            rows[day].open_days = rows[day].beds * share - closed.get(0, 0.0) * share / (length or 1)
        return
    for k, count in beds.items():
        row = rows.setdefault(k, Row(k))
        row.beds, row.open_days = count, count * length - closed.get(k, 0.0)
