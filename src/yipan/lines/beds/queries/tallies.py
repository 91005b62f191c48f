"""Beds counted by ward and department: what headers, cards and the overview add up, without reading every bed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.lines.beds.policy import HELD_AHEAD, BedStatus, bed_status
from yipan.lines.beds.queries.beds import BEDS

SOURCE = BEDS[BEDS.index("FROM network_bed") : BEDS.index("ORDER BY ward.code")]
"""Beds with the booking under way (`cur`) and the next reservation (`nxt`): the same rows that `bed_rows` reads."""

TONIGHT = "(date_trunc('day', %(at)s AT TIME ZONE site.time_zone) + interval '1 day') AT TIME ZONE site.time_zone"
"""The end of the day in the bed's own zone."""

TALLIES = """
SELECT site_id, ward_id, department_id, purpose, soon, count(*), count(*) FILTER (WHERE leaving),
       count(*) FILTER (WHERE outlier), count(*) FILTER (WHERE critical), count(*) FILTER (WHERE NOT taken_tonight)
FROM (
    SELECT ward.site_id::text, ward.id::text AS ward_id, bed.department_id::text, cur.purpose,
           coalesce(lower(nxt.period) <= %(soon)s, false) AS soon,
           cur.purpose = 'care' AND cur.end_announced AND upper(cur.period) < {tonight} AS leaving,
           request.home_department_id <> bed.department_id AS outlier,
           admission.severity = 'critical' AS critical,
           coalesce(cur.purpose = 'closure' AND coalesce(upper(cur.period) > {tonight}, true), false)
           OR coalesce(cur.purpose = 'care' AND NOT (cur.end_announced AND upper(cur.period) < {tonight}), false)
           OR coalesce(lower(nxt.period) < {tonight} AND coalesce(upper(nxt.period) > {tonight}, true), false)
           AS taken_tonight
    {source}
) bed
GROUP BY site_id, ward_id, department_id, purpose, soon
"""


@dataclass(slots=True)
class Counts:
    """How many beds are what. `tonight` counts those that are free at the end of the day if all that has been decided
    happens: announced departures, holds, admissions, closures and their ends."""

    beds: int = 0
    occupied: int = 0
    free: int = 0
    held: int = 0
    cleaning: int = 0
    closed: int = 0
    leaving: int = 0
    outliers: int = 0
    critical: int = 0
    tonight: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))

    @property
    def open(self) -> int:
        """Beds that are not closed (开放床位)."""
        return self.beds - self.closed

    @property
    def occupancy(self) -> float | None:
        """Occupied among open beds; None when no bed is open."""
        return self.occupied / self.open if self.open else None


@dataclass(frozen=True, slots=True)
class Tally:
    """The beds of one department in one ward; identifiers as text."""

    site_id: str
    ward_id: str
    department_id: str
    counts: Counts


def tallies(*, actor: Actor, at: datetime | None = None, site_ids: Iterable[UUID] | None = None) -> list[Tally]:
    """Counts of every ward and department whose beds the actor may see, of the given sites or of all."""
    at = at or clock.now()
    params: dict[str, Any] = {"at": at, "soon": at + HELD_AHEAD, "paths": [p + "%" for p in actor.paths("beds.view")]}
    where = "org.path LIKE ANY(%(paths)s)"
    if site_ids is not None:
        where += " AND ward.site_id = ANY(%(sites)s)"
        params["sites"] = list(site_ids)
    sql = TALLIES.format(tonight=TONIGHT, source=SOURCE.format(where=where))
    found: dict[tuple[str, str, str], Counts] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for site_id, ward_id, department_id, purpose, soon, beds, leaving, outliers, critical, tonight in cursor:
            counts = found.setdefault((site_id, ward_id, department_id), Counts())
            counts.beds += beds
            counts.leaving += leaving
            counts.outliers += outliers
            counts.critical += critical
            counts.tonight += tonight
            count_as(counts, bed_status(purpose, at if soon else None, at), beds)
    return [Tally(*key, counts) for key, counts in found.items()]


def count_as(counts: Counts, status: BedStatus, beds: int = 1) -> None:
    """Add beds of a status to the counts."""
    setattr(counts, status.value, getattr(counts, status.value) + beds)


def total(rows: Iterable[Tally]) -> Counts:
    """All of them added up."""
    counts = Counts()
    for row in rows:
        counts += row.counts
    return counts


def instant(epoch: float | None) -> datetime | None:
    """An instant that a query gave as seconds since 1970: cheaper than PostgreSQL's text form, thousands at a time."""
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC)
