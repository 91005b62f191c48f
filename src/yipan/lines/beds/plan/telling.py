"""From a solution to proposals: who, which bed, which day, why this one and why no better one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from yipan.engine.optimise.admissions import Place, Plan, Waiting, in_plan, occupancy
from yipan.engine.placement import rank
from yipan.engine.placement.codes import Refusal, Tier
from yipan.lines.beds.plan.changes import asked_of, relied_on
from yipan.lines.beds.plan.taking import Taken
from yipan.lines.beds.queries.proposals import Asked
from yipan.spine.models import Booking

ADMISSION, TRANSFER, REPATRIATION = "admission", "transfer", "repatriation"


@dataclass(frozen=True, slots=True)
class Proposed:
    """One place of a plan. `stay_id` is the booking of somebody who lies in a bed already. `asked` is what the request
    said, `relies` which departures the bed waits for; `after_id` names the request whose move frees the bed."""

    kind: str
    request_id: UUID
    stay_id: UUID | None
    bed_id: UUID
    start: datetime
    end: datetime
    tier: str
    tier_before: str
    score: float
    reasons: list[dict[str, Any]]
    why_not: list[dict[str, Any]]
    asked: dict[str, Any]
    relies: list[dict[str, Any]]
    after_id: UUID | None


@dataclass(frozen=True, slots=True)
class WardDays:
    """The occupancy of a ward now and at each day's hour: open beds, taken without the plan, and with it."""

    ward_id: UUID
    open: list[int]
    before: list[int]
    after: list[int]


def proposals_of(taken: Taken, plan: Plan) -> list[Proposed]:
    """The plan in full, by day. What placement would refuse with the rest of the plan booked is left out: never one,
    as a test of the engine shows, but nobody is to find out at a bedside."""
    leaving = _before(taken, plan)
    told = (_proposed(taken, plan, place, leaving) for place in sorted(plan, key=lambda p: (p.day, p.row)))
    return [one for one in told if one is not None]


def ward_days(taken: Taken, plan: Plan) -> list[WardDays]:
    """Every ward with a bed in the plan's part of the network."""
    opened, before, after = occupancy(taken.instance, plan)
    return [
        WardDays(taken.network.ward_ids[w], opened[w].tolist(), before[w].tolist(), after[w].tolist())
        for w in range(len(opened))
        if opened[w].any()
    ]


def _proposed(taken: Taken, plan: Plan, place: Place, leaving: dict[int, list[Booking]]) -> Proposed | None:
    instance, network = taken.everywhere, taken.network
    need, policy = instance.need_on(place.row, place.day), instance.policy_of(place.row)
    beds = in_plan(instance, plan, place)
    ranking = rank(beds, need, policy)
    if ranking.refusal(place.bed) is not Refusal.NONE or ranking.result.ready[place.bed] > 0:
        return None
    request, start = taken.requests[place.row], taken.hour(place.day)
    asked = Asked(start, network, beds, need, policy, "", ranking)
    choice = asked.choice(place.bed, 1)
    stay = taken.stays[place.row - len(instance.waiting)] if place.row >= len(instance.waiting) else None
    return Proposed(
        kind=ADMISSION if stay is None else REPATRIATION if choice.tier == "own" else TRANSFER,
        request_id=request.id,
        stay_id=stay.id if stay is not None else None,
        bed_id=choice.bed_id,
        start=start,
        end=start + timedelta(minutes=instance.stay_on(place.row, place.day)),
        tier=choice.tier,
        tier_before=_tier_before(taken, place) if stay is not None else "",
        score=choice.score,
        reasons=[_why_this_day(taken, place), *choice.reasons_as_data()],
        why_not=[r.as_data() for r in asked.refused(place.bed)],
        asked=asked_of(request),
        relies=relied_on(leaving.get(place.bed, []), stay, start),
        after_id=_moved_from(taken, plan, place),
    )


def _why_this_day(taken: Taken, place: Place) -> dict[str, Any]:
    """The day as a reason like those of the bed."""
    person = taken.instance.person(place.row)
    if not isinstance(person, Waiting):
        return {"code": "plan_day_move", "params": {}}
    later = place.day - person.due
    return {"code": "plan_day_later" if later else "plan_day_wished", "params": {"days": later}}


def _before(taken: Taken, plan: Plan) -> dict[int, list[Booking]]:
    """The bookings under way or ahead on the beds of the plan, by bed."""
    ids = {taken.network.bed_ids[place.bed]: place.bed for place in plan}
    found: dict[int, list[Booking]] = {}
    rows = Booking.objects.filter(capacity_id__in=list(ids), state__in=["held", "confirmed", "active"])
    for booking in rows.order_by("period"):
        found.setdefault(ids[booking.capacity_id], []).append(booking)
    return found


def _tier_before(taken: Taken, place: Place) -> str:
    need = taken.everywhere.person(place.row).need
    ranking = rank(taken.everywhere.beds, need, taken.everywhere.policy_of(place.row))
    return Tier(ranking.tier(need.current_bed)).name.lower()


def _moved_from(taken: Taken, plan: Plan, place: Place) -> UUID | None:
    """The request of whoever has to move out of the bed first."""
    outliers = taken.instance.outliers
    for other in plan:
        k = other.row - len(taken.instance.waiting)
        if k >= 0 and outliers[k].need.current_bed == place.bed and other.day < place.day:
            return UUID(str(taken.requests[other.row].id))
    return None
