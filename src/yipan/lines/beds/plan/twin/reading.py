"""What the twin is made from: stays of the last weeks, who lies in which bed, and the network as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from yipan.engine.placement import Beds
from yipan.lines.beds.plan.twin.demand import Lying, Person, Stay
from yipan.lines.beds.queries import arrays
from yipan.lines.beds.queries.arrays import Network

WEEKS = 8
"""How far back stays are read."""

STAYS = """
SELECT request.home_department_id, request.priority, coalesce(admission.severity, 'general'),
       coalesce(admission.sex, ''),
       coalesce(admission.level_of_care, 'general'), coalesce(admission.age_years, -1),
       extract(epoch FROM min(lower(booking.period)) - %(since)s)::float8 / 3600,
       CASE WHEN bool_or(booking.state = 'active') THEN NULL
            ELSE extract(epoch FROM max(upper(booking.period)) - %(since)s)::float8 / 3600 END,
       coalesce(sum(lain.hours) FILTER (WHERE host.specialty_id = home.specialty_id), 0)::float8,
       coalesce(sum(lain.hours) FILTER (WHERE host.specialty_id <> home.specialty_id), 0)::float8,
       extract(hour FROM min(lower(booking.period)) AT TIME ZONE site.time_zone)::int,
       extract(isodow FROM min(lower(booking.period)) AT TIME ZONE site.time_zone)::int - 1
FROM spine_request request
JOIN spine_booking booking ON booking.request_id = request.id
JOIN spine_capacity capacity ON capacity.id = booking.capacity_id
JOIN network_bed bed ON bed.id = capacity.bed_id
JOIN network_department host ON host.id = bed.department_id
JOIN network_department home ON home.id = request.home_department_id
JOIN network_site site ON site.id = home.site_id
JOIN network_organisation org ON org.id = site.organisation_id
LEFT JOIN beds_admissionrequest admission ON admission.request_id = request.id
CROSS JOIN LATERAL (SELECT greatest(extract(epoch FROM
    CASE WHEN booking.state = 'active' THEN %(now)s ELSE least(upper(booking.period), %(now)s) END
    - greatest(lower(booking.period), %(since)s)), 0) / 3600 AS hours) lain
WHERE booking.purpose = 'care' AND booking.state IN ('active', 'done') AND org.path LIKE %(paths)s
  AND request.id IN (
    SELECT seen.request_id FROM spine_booking seen
    WHERE seen.purpose = 'care' AND seen.state IN ('active', 'done') AND seen.period && tstzrange(%(since)s, %(now)s)
  )
GROUP BY request.id, site.time_zone, admission.severity, admission.sex, admission.level_of_care, admission.age_years
"""

LYING = """
SELECT request.home_department_id, request.priority, coalesce(admission.severity, 'general'),
       coalesce(admission.sex, ''),
       coalesce(admission.level_of_care, 'general'), coalesce(admission.age_years, -1),
       bed.id, greatest(extract(epoch FROM %(now)s - came.at), 0)::float8 / 3600
FROM spine_booking booking
JOIN spine_request request ON request.id = booking.request_id
JOIN spine_capacity capacity ON capacity.id = booking.capacity_id
JOIN network_bed bed ON bed.id = capacity.bed_id
LEFT JOIN beds_admissionrequest admission ON admission.request_id = request.id
CROSS JOIN LATERAL (SELECT min(lower(first.period)) AS at FROM spine_booking first
    WHERE first.request_id = request.id AND first.purpose = 'care'
      AND (first.state IN ('active', 'done') OR first.id = booking.id)) came
WHERE booking.purpose = 'care' AND (booking.state = 'active'
   OR booking.state IN ('held', 'confirmed') AND lower(booking.period) <= %(now)s
      AND (booking.expires_at IS NULL OR booking.expires_at > %(now)s))
ORDER BY bed.id, booking.state = 'active' DESC
"""

WAITING = """
SELECT request.home_department_id, request.priority, coalesce(admission.severity, 'general'),
       coalesce(admission.sex, ''),
       coalesce(admission.level_of_care, 'general'), coalesce(admission.age_years, -1)
FROM spine_request request
LEFT JOIN beds_admissionrequest admission ON admission.request_id = request.id
JOIN network_department home ON home.id = request.home_department_id
JOIN network_site site ON site.id = home.site_id
JOIN network_organisation org ON org.id = site.organisation_id
WHERE request.line = 'beds' AND request.cancelled_at IS NULL AND request.created_at > %(since)s
  AND request.wanted_from <= %(now)s AND org.path LIKE %(paths)s
  AND NOT EXISTS (SELECT 1 FROM spine_booking booking WHERE booking.request_id = request.id
    AND booking.purpose = 'care' AND booking.state IN ('active', 'done', 'confirmed', 'held'))
"""

ZONE = """
SELECT site.time_zone FROM network_site site JOIN network_organisation org ON org.id = site.organisation_id
WHERE org.path LIKE %s ORDER BY org.path LIMIT 1
"""


@dataclass(frozen=True, eq=False)
class Seen:
    """Everything that was read. `at` is the instant in the zone of the place; `stays` are told in hours from `since`.

    `mine` says of each row of `network.bed_ids` whether the bed belongs to what is simulated. `waiting` are those who
    wait now.
    """

    at: datetime
    since: datetime
    network: Network
    beds: Beds
    mine: list[bool]
    stays: list[Stay]
    lying: list[Lying]
    waiting: list[Person]

    @property
    def hours(self) -> float:
        """From `since` to `at`."""
        return (self.at - self.since) / timedelta(hours=1)


def read(*, path: str, at: datetime) -> Seen:
    """The beds of an organisation's subtree and their patients at an instant; the caller has checked who asks.

    Raises LookupError when there is no bed.
    """
    network, beds = arrays.live(at)
    mine = [own.startswith(path) for own in network.paths]
    if not any(mine):
        raise LookupError("no bed in this part of the network")
    since = at - timedelta(weeks=WEEKS)
    params = {"now": at, "since": since, "paths": path + "%"}
    local = at.astimezone(ZoneInfo(str(_rows(ZONE, [path + "%"])[0][0])))
    return Seen(
        local,
        since,
        network,
        beds,
        mine,
        [_stay(row) for row in _rows(STAYS, params)],
        _one_a_bed(_rows(LYING, params), network),
        [_person(row) for row in _rows(WAITING, {**params, "since": at - timedelta(days=7)})],
    )


def _person(row: tuple[Any, ...]) -> Person:
    """From the first six columns."""
    return Person(*row[:6])


def _stay(row: tuple[Any, ...]) -> Stay:
    return Stay(_person(row), *row[6:])


def _one_a_bed(rows: list[tuple[Any, ...]], network: Network) -> list[Lying]:
    """Who lies in a bed comes before who is expected there."""
    found: dict[UUID, Lying] = {}
    for row in rows:
        bed, hours = row[6:]
        if bed in network.bed:
            found.setdefault(bed, Lying(_person(row), network.bed[bed], hours))
    return list(found.values())


def _rows(sql: str, params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
