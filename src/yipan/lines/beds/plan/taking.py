"""From rows to an instance: who waits, who lies away from home, and the network they may come into."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection

from yipan.base.access import SYSTEM
from yipan.base.network.queries import placement_policy
from yipan.engine.optimise.admissions import A_DAY, Instance, Outlier
from yipan.engine.optimise.admissions import Waiting as Waits
from yipan.engine.placement import NEVER, Beds, Policy
from yipan.engine.placement.codes import BedState
from yipan.lines.beds.queries import arrays
from yipan.lines.beds.queries.arrays import Network
from yipan.lines.beds.queries.proposals import need_of
from yipan.lines.beds.queries.waiting import OUTLIERS, Standing, Waiting, waiting_list
from yipan.spine.models import Booking, Request
from yipan.spine.states import Purpose, State

ADMISSION_HOUR = time(14)
"""When people come on a day of the plan: beds that are left in the morning are ready by then."""


@dataclass(frozen=True, eq=False)
class Taken:
    """What a plan is made from. `requests` are in the order of the instance's people, `stays` the bookings of those
    who lie in a bed. `everywhere` is the instance with all beds open, for reasons; the plan itself keeps to the beds of
    its organisation or site. `later` counts those who wait for a day after the plan.
    """

    at: datetime
    network: Network
    instance: Instance
    everywhere: Instance
    requests: list[Request]
    stays: list[Booking]
    policies: dict[str, str]
    later: int

    def hour(self, day: int) -> datetime:
        return self.at + timedelta(minutes=self.instance.minute(day))


def take(*, path: str, site_id: UUID | None, days: int, at: datetime) -> Taken:
    """The beds and people of an organisation's subtree (or of one of its sites) at an instant.

    Departures are taken as announced or, where they are not, as stated on admission. Reads whatever it needs: the
    caller has checked who asks. Raises LookupError when there is no bed to plan with.
    """
    network, beds = arrays.live(at, stated=True)
    beds = _with_far_closures(beds, network)
    mine = _inside(network, path, site_id)
    if not mine.any():
        raise LookupError("no bed in this part of the network")
    rows = [r for r in waiting_list(actor=SYSTEM, at=at) if _wanted(r, path, site_id)]
    first = _first(at, rows[0].time_zone if rows else _zone(network, path))
    policies = _Policies()
    waiting, requests, later = _waiting(rows, network, policies, first, days, at)
    outliers, stays, moved = _outliers(network, mine, path, policies, first, at)
    everywhere = Instance(
        beds,
        policies.rows or [Policy()],
        waiting,
        outliers,
        first=round((first - at) / timedelta(minutes=1)),
        days=days,
    )
    away = [k for k in range(len(outliers)) if everywhere.places_now[len(waiting) + k] > 0]
    everywhere = replace(everywhere, outliers=[outliers[k] for k in away])
    return Taken(
        at,
        network,
        replace(everywhere, beds=_only(beds, mine)),
        everywhere,
        requests + [moved[k] for k in away],
        [stays[k] for k in away],
        policies.versions,
        later,
    )


class _Policies:
    """The policies in force where the people come from, each once."""

    def __init__(self) -> None:
        self.rows: list[Policy] = []
        self.versions: dict[str, str] = {}
        self._row: dict[str, int] = {}

    def row(self, path: str) -> int:
        if path not in self._row:
            policy, self.versions[path] = placement_policy(path)
            self._row[path] = len(self.rows)
            self.rows.append(policy)
        return self._row[path]


def _wanted(row: Waiting, path: str, site_id: UUID | None) -> bool:
    waits = row.standing in (Standing.WAITING, Standing.LATER)
    return waits and row.path.startswith(path) and site_id in (None, row.site_id)


def _first(at: datetime, zone: str) -> datetime:
    """Tomorrow's hour of admission at the place."""
    local = at.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date() + timedelta(days=1), ADMISSION_HOUR, local.tzinfo)


def _zone(network: Network, path: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT site.time_zone FROM network_site site JOIN network_organisation org"
            " ON org.id = site.organisation_id WHERE org.path LIKE %s ORDER BY org.path LIMIT 1",
            [path + "%"],
        )
        return str(cursor.fetchone()[0])


def _inside(network: Network, path: str, site_id: UUID | None) -> Any:
    inside = np.array([own.startswith(path) for own in network.paths], np.bool_)
    if site_id is not None:
        inside &= network.empty.wards["site"][network.empty.beds["ward"]] == network.site[site_id]
    return inside


def _only(beds: Beds, mine: Any) -> Beds:
    """The network with all other beds closed."""
    rows = beds.beds.copy()
    rows["state"][~mine], rows["available_at"][~mine] = BedState.CLOSED, NEVER
    return beds.with_changes(beds=rows)


def _with_far_closures(beds: Beds, network: Network) -> Beds:
    """Beds with a planned closure behind another reservation stay out of the plan: the arrays cannot tell of it."""
    planned = Booking.objects.filter(purpose=Purpose.CLOSURE, state__in=[State.HELD, State.CONFIRMED])
    rows = beds.beds.copy()
    reserved = np.unique(beds.guests["bed"][(beds.guests["bed"] >= 0) & (beds.guests["since"] > 0)])
    for bed_id in planned.values_list("capacity_id", flat=True):
        bed = network.bed.get(bed_id)
        if bed is not None and bed in reserved:
            rows["state"][bed], rows["available_at"][bed] = BedState.CLOSED, NEVER
    return beds.with_changes(beds=rows)


def _waiting(
    rows: list[Waiting], network: Network, policies: _Policies, first: datetime, days: int, at: datetime
) -> tuple[list[Waits], list[Request], int]:
    """Who waits, most urgent first, with their requests; and how many wait for a day after the plan."""
    due = {row.id: max(math.ceil((row.wanted_from - first) / timedelta(days=1)), 0) for row in rows}
    found = _requests(row.id for row in rows)
    people, requests = [], []
    for row in rows:
        if due[row.id] >= days:
            continue
        request = found[row.id]
        need = need_of(request, network, at=at, start=None, current_bed=-1)
        waited = max((at - row.since) / timedelta(days=1), 0.0)
        people.append(Waits(need, policies.row(_path(request)), due[row.id], waited))
        requests.append(request)
    return people, requests, len(rows) - len(people)


def _outliers(
    network: Network, mine: Any, path: str, policies: _Policies, first: datetime, at: datetime
) -> tuple[list[Outlier], list[Booking], list[Request]]:
    """Who lies in a bed of another department until after the plan's first day, and has no move planned yet."""
    with connection.cursor() as cursor:
        cursor.execute(OUTLIERS, {"at": at, "paths": [path + "%"]})
        ids = [(row[0], row[1]) for row in cursor.fetchall()]
    bookings, requests = Booking.objects.in_bulk([b for _, b in ids]), _requests(r for r, _ in ids)
    people: list[Outlier] = []
    stays, moved = [], []
    for request_id, booking_id in ids:
        booking, request = bookings[booking_id], requests[request_id]
        bed = network.bed.get(booking.capacity_id, -1)
        if bed < 0 or not mine[bed] or booking.end is None or booking.end < first + timedelta(minutes=A_DAY):
            continue
        need = need_of(request, network, at=at, start=None, current_bed=bed)
        until = math.ceil((booking.end - at) / timedelta(minutes=1))
        people.append(Outlier(need, until, policies.row(_path(request))))
        stays.append(booking)
        moved.append(request)
    return people, stays, moved


def _requests(ids: Iterable[UUID]) -> dict[UUID, Request]:
    rows = Request.objects.select_related("admission", "home_department__site__organisation")
    return rows.in_bulk(list(ids))


def _path(request: Request) -> str:
    return str(request.home_department.site.organisation.path)
