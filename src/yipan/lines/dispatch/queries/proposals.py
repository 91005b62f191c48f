"""Which vehicles can take somebody from one site to another, who is there first, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.dispatch import policy
from yipan.lines.dispatch.models import Vehicle
from yipan.lines.dispatch.policy import Roads, Trip
from yipan.lines.dispatch.queries import facts


@dataclass(frozen=True, slots=True)
class Proposal:
    """A vehicle, its trip, and what speaks for it: `first` is with the patient first of all."""

    vehicle: Vehicle
    trip: Trip
    roads: Roads
    first: bool
    more: bool
    waits: timedelta


def proposals(
    *,
    start: Site,
    end: Site,
    level: str,
    wanted_from: datetime | None = None,
    until: datetime | None = None,
    limit: int = 6,
) -> list[Proposal]:
    """Vehicles that may carry this patient, best first. `until` is the latest time to be with the patient."""
    now = clock.now()
    wanted = max(wanted_from or now, now)
    latest = until or wanted + policy.LOOK_AHEAD
    every = [v for v in facts.vehicles().filter(in_service=True) if policy.may_carry(v.level, level)]
    horizon = latest + timedelta(hours=12)
    taken = facts.taken([v.pk for v in every], now - timedelta(hours=12), horizon)
    found: list[tuple[policy.Candidate, Roads]] = []
    for vehicle in every:
        try:
            roads = facts.roads_between(vehicle.capacity.site, start, end)
        except Conflict:
            continue  # nobody knows how far it is
        leave = policy.earliest_leave(now, wanted, roads, timedelta(minutes=vehicle.preparation_minutes))
        length = policy.trip(leave, roads).back - leave
        trip = policy.trip(policy.first_gap(leave, length, taken.get(vehicle.pk, ())), roads)
        if trip.at_patient <= latest:
            found.append((policy.Candidate(vehicle, trip, vehicle.level != level), roads))
    ways = {id(c): roads for c, roads in found}
    soonest = min((c.trip.at_patient for c, _ in found), default=None)
    return [
        Proposal(c.key, c.trip, ways[id(c)], c.trip.at_patient == soonest, c.more, c.trip.at_patient - wanted)  # type: ignore[arg-type]
        for c in policy.ranked([c for c, _ in found])[:limit]
    ]
