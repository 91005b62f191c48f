"""What the command overview counts: who waits, who comes and goes, patients abroad, and sites in their groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F

from yipan.base.access import Actor, scope
from yipan.base.network.models import Alliance, Department, Organisation, Site
from yipan.kernel import clock
from yipan.lines.beds.queries.tallies import Counts, Tally
from yipan.spine.models import Request
from yipan.spine.queries import waiting

HOURS = 24
SCOPED = """
JOIN spine_capacity capacity ON capacity.id = booking.capacity_id AND capacity.kind = 'bed'
JOIN network_site site ON site.id = capacity.site_id
JOIN network_organisation org ON org.id = site.organisation_id AND org.path LIKE ANY(%(paths)s)
"""
FLOWS = f"""
SELECT 'leaving', extract(epoch FROM upper(booking.period) - %(hour)s)::float8 / 3600, count(*)
FROM spine_booking booking {SCOPED}
WHERE booking.state = 'active' AND booking.purpose = 'care' AND booking.end_announced
  AND upper(booking.period) < %(end)s
GROUP BY 2
UNION ALL
SELECT booking.state, extract(epoch FROM lower(booking.period) - %(hour)s)::float8 / 3600, count(*)
FROM spine_booking booking {SCOPED}
WHERE booking.purpose = 'care' AND booking.previous_id IS NULL AND lower(booking.period) < %(end)s
  AND (booking.state = 'confirmed' OR booking.state = 'held' AND booking.expires_at > %(at)s)
GROUP BY 1, 2
"""
# The bounding range is for the index on periods; what counts is compared in the site's own zone.
LEFT_TODAY = f"""
SELECT count(*) FROM spine_booking booking {SCOPED}
WHERE booking.state = 'done' AND booking.purpose = 'care'
  AND booking.period && tstzrange(%(at)s - interval '26 hours', %(at)s, '[]')
  AND upper(booking.period) >= date_trunc('day', %(at)s AT TIME ZONE site.time_zone) AT TIME ZONE site.time_zone
  AND NOT EXISTS (SELECT 1 FROM spine_booking onward
                  WHERE onward.previous_id = booking.id AND onward.state IN ('active', 'done'))
"""
AWAY_DAYS = f"""
SELECT coalesce(sum(extract(epoch FROM least(upper(booking.period), %(at)s) - greatest(lower(booking.period),
           date_trunc('month', %(at)s AT TIME ZONE site.time_zone) AT TIME ZONE site.time_zone))), 0)::float8 / 86400
FROM spine_booking booking {SCOPED}
JOIN network_bed bed ON bed.id = capacity.bed_id
JOIN spine_request request ON request.id = booking.request_id
WHERE booking.state IN ('active', 'done') AND booking.purpose = 'care'
  AND booking.period && tstzrange(%(at)s - interval '32 days', %(at)s, '[]')
  AND coalesce(upper(booking.period), %(at)s)
      > date_trunc('month', %(at)s AT TIME ZONE site.time_zone) AT TIME ZONE site.time_zone
  AND request.home_department_id <> bed.department_id
"""
IN_USE = f"""
SELECT extract(epoch FROM moment)::float8, count(booking.id)
FROM generate_series(%(at)s - interval '24 hours', %(at)s, interval '3 hours') moment
LEFT JOIN (
    SELECT booking.id, booking.period FROM spine_booking booking {SCOPED}
    WHERE booking.purpose = 'care' AND booking.state IN ('active', 'done')
      AND booking.period && tstzrange(%(at)s - interval '24 hours', %(at)s, '[]')
) booking ON booking.period @> moment
GROUP BY moment ORDER BY moment
"""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Somebody for whom nothing is kept. `since`: certificate, or the wished time when that was later."""

    id: UUID
    since: datetime
    priority: str
    severity: str
    nursing_level: str
    isolation: str
    diagnosis_code: str
    diagnosis: str
    home_minutes: int | None
    department_id: UUID
    site_id: UUID
    patient_id: UUID
    name: str
    sex: str
    birth_date: date | None


@dataclass(slots=True)
class Help:
    """Where the patients who wait for one department could go."""

    department: Department
    waits: list[timedelta] = field(default_factory=list)
    bound: int = 0
    own_free: int = 0
    own_leaving: int = 0
    allied_free: int = 0
    allied_leaving: int = 0

    @property
    def median(self) -> timedelta:
        return middle(self.waits)

    @property
    def longest(self) -> timedelta:
        return max(self.waits)


@dataclass(slots=True)
class Flow:
    """Patients who come and go in each of the next 24 hours, the running hour first; what is overdue counts there."""

    start: datetime
    confirmed: list[int]
    held: list[int]
    wanted: list[int]
    leaving: list[int]


@dataclass(slots=True)
class Group:
    """Sites below one organisation, biggest first."""

    organisation: Organisation
    sites: list[Site] = field(default_factory=list)


def waiting_rows(
    *, actor: Actor, at: datetime | None = None, site_id: UUID | None = None
) -> tuple[list[WaitingRow], list[WaitingRow]]:
    """Who waits now, most urgent first, and who has asked for a bed at a later time, earliest first."""
    at = at or clock.now()
    rows = Request.objects.filter(scope(actor, "beds.view", "site__organisation__path"), line="beds")
    if site_id is not None:
        rows = rows.filter(site_id=site_id)
    found = waiting(rows, at=at).values_list(
        "id",
        F("admission__certificate_at"),
        "priority",
        "admission__severity",
        "admission__nursing_level",
        "admission__isolation",
        "admission__diagnosis_code",
        "admission__diagnosis",
        "admission__home_minutes",
        "home_department_id",
        "site_id",
        "patient_id",
        "patient__name",
        "patient__sex",
        "patient__birth_date",
        "wanted_from",
        "created_at",
    )
    now: list[WaitingRow] = []
    later: list[WaitingRow] = []
    for *facts, wanted_from, created_at in found.filter(admission__isnull=False):
        if wanted_from > created_at:
            facts[1] = wanted_from
        (later if wanted_from > at else now).append(WaitingRow(*facts))
    now.sort(key=lambda r: (SEVERITY_ORDER.get(r.severity, 9), PRIORITY_ORDER.get(r.priority, 9), r.since))
    later.sort(key=lambda r: r.since)
    return now, later


SEVERITY_ORDER = {"critical": 0, "serious": 1, "general": 2}
PRIORITY_ORDER = {"emergency": 0, "urgent": 1, "elective": 2}


def helps(rows: Sequence[WaitingRow], tallied: Iterable[Tally], at: datetime) -> list[Help]:
    """For each department that people wait for: how long, and what its own and its allied beds could do now."""
    ids = {row.department_id for row in rows}
    departments = Department.objects.filter(id__in=ids).select_related("specialty", "site")
    found = {d.id: Help(d) for d in departments}
    for row in rows:
        entry = found[row.department_id]
        entry.waits.append(at - row.since)
        entry.bound += row.severity != "general"
    beds: dict[str, Counts] = {}
    for tally in tallied:
        beds[tally.department_id] = beds.get(tally.department_id, Counts()) + tally.counts
    for key, entry in found.items():
        own = beds.get(str(key), Counts())
        entry.own_free, entry.own_leaving = own.free, own.leaving
    alliances = Alliance.objects.filter(department_id__in=ids).values_list("department_id", "ally_id")
    for department_id, ally_id in alliances:
        ally = beds.get(str(ally_id), Counts())
        found[department_id].allied_free += ally.free
        found[department_id].allied_leaving += ally.leaving
    return sorted(found.values(), key=lambda h: (-len(h.waits), -h.longest))


def flow(*, actor: Actor, later: Iterable[WaitingRow], at: datetime | None = None) -> Flow:
    """Admissions held, confirmed and asked for, and announced departures, by hour."""
    at = at or clock.now()
    hour = at.replace(minute=0, second=0, microsecond=0)
    made = Flow(hour, [0] * HOURS, [0] * HOURS, [0] * HOURS, [0] * HOURS)
    params = {**_params(actor, at), "hour": hour, "end": hour + timedelta(hours=HOURS)}
    with connection.cursor() as cursor:
        cursor.execute(FLOWS, params)
        for what, hours, count in cursor:
            getattr(made, what)[max(int(hours), 0)] += count
    for row in later:
        hours = int((row.since - hour) / timedelta(hours=1))
        if hours < HOURS:
            made.wanted[max(hours, 0)] += 1
    return made


def left_today(*, actor: Actor, at: datetime | None = None) -> int:
    """Patients who have left hospital today; a move to another bed is no discharge."""
    return int(_one(LEFT_TODAY, actor, at))


def away_days(*, actor: Actor, at: datetime | None = None) -> float:
    """Days that patients have spent outside their home department since the first of the month."""
    return float(_one(AWAY_DAYS, actor, at))


def in_use(*, actor: Actor, at: datetime | None = None) -> list[int]:
    """Beds with a patient in them during the last 24 hours, every three hours, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(IN_USE, _params(actor, at or clock.now()))
        return [count for _, count in cursor.fetchall()]


def middle(waits: Sequence[timedelta]) -> timedelta:
    """The median of at least one wait."""
    ordered, half = sorted(waits), len(waits) // 2
    return ordered[half] if len(waits) % 2 else (ordered[half - 1] + ordered[half]) / 2


def grouped(sites: Sequence[Site], beds: Mapping[str, Counts]) -> list[Group]:
    """Sites by the organisation that divides them first, groups and sites with most beds first."""
    depth = _dividing_depth([site.organisation.path for site in sites])
    by_path: dict[str, list[Site]] = {}
    for site in sites:
        by_path.setdefault(_prefix(site.organisation.path, depth), []).append(site)
    organisations = {o.path: o for o in Organisation.objects.filter(path__in=by_path)}

    def size(site: Site) -> int:
        return beds.get(str(site.id), Counts()).beds

    groups = [Group(organisations[path], sorted(members, key=size, reverse=True)) for path, members in by_path.items()]
    return sorted(groups, key=lambda g: -sum(map(size, g.sites)))


def _dividing_depth(paths: Sequence[str]) -> int:
    """How many steps of the paths name the groups: one more than all of them share."""
    parts = [path.split(".")[:-1] for path in paths]
    shared = 0
    for step in zip(*parts, strict=False):
        if len(set(step)) > 1:
            break
        shared += 1
    return shared + 1


def _prefix(path: str, depth: int) -> str:
    return ".".join(path.split(".")[:-1][:depth]) + "."


def _params(actor: Actor, at: datetime) -> dict[str, Any]:
    return {"at": at, "paths": [p + "%" for p in actor.paths("beds.view")]}


def _one(sql: str, actor: Actor, at: datetime | None) -> float:
    with connection.cursor() as cursor:
        cursor.execute(sql, _params(actor, at or clock.now()))
        row = cursor.fetchone()
    return row[0]
