"""Say why: three short reasons for a proposal, and why the beds of better tiers were not possible.

Answers are codes with plain parameters (see `codes.PARAMS`); sentences are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yipan.engine.placement.beds import Beds
from yipan.engine.placement.case import OFF
from yipan.engine.placement.codes import (
    BedState,
    Equipment,
    Flag,
    Isolation,
    Level,
    ReasonCode,
    Refusal,
    RoomSex,
    Tier,
)
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import Policy
from yipan.engine.placement.rank import Ranking

A_DAY = 24 * 60


@dataclass(frozen=True)
class Reason:
    """A code and its parameters: numbers only, rows of `Beds` for places, minutes from now for instants."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """One bed that may be proposed. `reasons` are where, who cares, what it costs tomorrow; `ready` is minutes."""

    bed: int
    ward: int
    department: int
    tier: Tier
    score: float
    ready: int
    needs_consult: bool
    reasons: tuple[Reason, Reason, Reason]
    notes: tuple[Reason, ...]


@dataclass(frozen=True)
class WardAnswer:
    """Why no bed of a ward was proposed in a tier: its beds there, and the reasons, the most telling first."""

    tier: Tier
    ward: int
    department: int
    total: int
    occupied: int
    free: int
    reasons: tuple[Reason, ...]


def explain(ranking: Ranking, beds: Beds, need: Need, policy: Policy, i: int) -> Proposal:
    """The proposal of bed row `i`.

    Raises ValueError when the ranking refused the bed.
    """
    if ranking.refusal(i) != Refusal.NONE:
        raise ValueError(f"bed row {i} was refused: {ranking.refusal(i).name}")
    bed = beds.beds[i]
    return Proposal(
        bed=i,
        ward=int(bed["ward"]),
        department=int(bed["department"]),
        tier=ranking.tier(i),
        score=ranking.score(i),
        ready=max(int(ranking.result.ready[i]), need.start),
        needs_consult=Flag.CONSULT in ranking.flags(i),
        reasons=(
            _where(ranking, beds, need, i),
            _who(ranking, beds, i),
            _cost(ranking, beds, policy, i),
        ),
        notes=tuple(_notes(ranking, beds, need, i)),
    )


def _where(ranking: Ranking, beds: Beds, need: Need, i: int) -> Reason:
    ward = beds.wards[beds.beds[i]["ward"]]
    minutes = float(ranking.result.travel[i])
    site, home = int(ward["site"]), int(ranking.case["department_site"][0])
    if site != home:
        if not np.isfinite(minutes):
            return Reason(ReasonCode.WHERE_SITE, {"site": site})
        return Reason(ReasonCode.WHERE_ROAD, {"site": site, "minutes": round(minutes)})
    if ward["department"] == need.department:
        return Reason(ReasonCode.WHERE_HOME)
    if not np.isfinite(minutes):
        return Reason(ReasonCode.WHERE_UNKNOWN)
    return Reason(ReasonCode.WHERE_WALK, {"minutes": round(minutes)})


def _who(ranking: Ranking, beds: Beds, i: int) -> Reason:
    bed = beds.beds[i]
    if bed["level"] == Level.INTENSIVE:
        return Reason(ReasonCode.CARE_INTENSIVE)
    team = _team(ranking, beds, int(bed["ward"]))
    if not team["total"]:
        return Reason(ReasonCode.CARE_HOME if ranking.tier(i) == Tier.OWN else ReasonCode.CARE_UNKNOWN)
    consult = Flag.CONSULT in ranking.flags(i)
    return Reason(ReasonCode.CARE_CONSULT if consult else ReasonCode.CARE_QUALIFIED, team)


def _team(ranking: Ranking, beds: Beds, ward: int) -> dict[str, Any]:
    specialty = int(ranking.case["specialty"][0])
    return {"qualified": int(beds.competence[ward, specialty]), "total": int(beds.wards[ward]["nurses"])}


def _reserve(beds: Beds, policy: Policy, ward: int) -> int:
    own, foreseen = int(beds.wards[ward]["reserve"]), bool(beds.wards[ward]["foreseen"])
    if own >= 0:
        return own
    return 0 if policy.strategy == "lookahead" and foreseen else policy.reserve.default_beds


def _ahead(beds: Beds, ward: int, left: int) -> dict[str, Any]:
    """What the next 24 hours bring to a ward, in whole patients."""
    need, leaving = float(beds.wards[ward]["expected_need"]), float(beds.wards[ward]["expected_leaving"])
    return {"left": left, "expected": round(need), "leaving": round(leaving), "until": A_DAY}


def _cost(ranking: Ranking, beds: Beds, policy: Policy, i: int) -> Reason:
    w = int(beds.beds[i]["ward"])
    ward, left = beds.wards[w], int(ranking.result.left[i])
    if Flag.FROM_RESERVE in ranking.flags(i):
        return Reason(ReasonCode.COST_RESERVE, {"left": left, "reserve": _reserve(beds, policy, w)})
    tight = float(ward["expected_need"]) > left + float(ward["expected_leaving"])
    if policy.strategy == "lookahead" and not ward["foreseen"]:
        return Reason(ReasonCode.COST_NO_FORECAST, {"left": left, "reserve": _reserve(beds, policy, w)})
    if policy.strategy == "lookahead":
        return Reason(ReasonCode.COST_AHEAD_TIGHT if tight else ReasonCode.COST_AHEAD, _ahead(beds, w, left))
    expected = round(float(ward["expected_need"]), 1)
    return Reason(ReasonCode.COST_TIGHT if tight else ReasonCode.COST_SPARE, {"left": left, "expected": expected})


def _notes(ranking: Ranking, beds: Beds, need: Need, i: int) -> Iterator[Reason]:
    """What else a coordinator wants to know before taking the bed."""
    bed = beds.beds[i]
    room = beds.rooms[bed["room"]]
    ready, others = int(ranking.result.ready[i]), int(ranking.result.others[i])
    if bed["state"] == BedState.OCCUPIED:
        yield Reason(ReasonCode.NOTE_LEAVING, {"at": ready})
    elif ready > need.start:
        yield Reason(ReasonCode.NOTE_WAIT, {"at": ready, "minutes": ready - need.start})
    if int(bed["equipment"]) & ~need.equipment & Equipment.MONITOR:
        yield Reason(ReasonCode.NOTE_MONITOR)
    if need.isolation != Isolation.NONE:
        if others:
            yield Reason(ReasonCode.NOTE_COHORT)
        if room["size"] - 1 - others > 0:
            yield Reason(ReasonCode.NOTE_BLOCKS, {"beds": int(room["size"]) - 1 - others})
        return
    if room["isolation"] != Isolation.NONE:
        yield Reason(ReasonCode.NOTE_ISOLATION_ROOM)
    if room["size"] == 1:
        yield Reason(ReasonCode.NOTE_SINGLE)
    elif others == 0 and room["sex"] == RoomSex.SAME:
        yield Reason(ReasonCode.NOTE_OPENS_ROOM, {"beds": int(room["size"]) - 1})


def why_not(
    ranking: Ranking,
    beds: Beds,
    need: Need,
    policy: Policy,
    *,
    bed: int | None = None,
    today: int = 24 * 60,
    limit: int = 20,
) -> tuple[WardAnswer, ...]:
    """Why the wards of better tiers have no bed for the patient, best tier and nearest ward first.

    Better than `bed`, by default the first of the ranking; every tier in use when nothing could be proposed. `today`
    is how many minutes of announced departures are worth telling. At most `limit` wards. Intensive care is not
    mentioned to those who do not need it.
    """
    wards = beds.beds["ward"]
    tiers = ranking.result.tier
    rank_of = ranking.case["tier_rank"][0].astype(np.int64)
    if bed is None and len(ranking.order):
        bed = int(ranking.order[0])
    better = int(rank_of[tiers[bed]]) if bed is not None else OFF
    asked = (rank_of[tiers] < better) & (ranking.result.refusal != Refusal.NONE)
    if not ranking.case["intensive_open"][0]:
        asked &= tiers != Tier.INTENSIVE
    rows = np.flatnonzero(asked)
    minutes = _minutes_from_home(ranking, beds)
    keys = np.unique(rank_of[tiers[rows]] * len(beds.wards) + wards[rows])
    nearest = sorted(keys.tolist(), key=lambda k: (k // len(beds.wards), minutes[k % len(beds.wards)], k))
    answers = []
    for key in nearest[: max(limit, 0)]:
        rank, ward = divmod(key, len(beds.wards))
        group = np.flatnonzero((rank_of[tiers] == rank) & (wards == ward))
        answers.append(_ward_answer(ranking, beds, policy, group, today))
    return tuple(answers)


def _minutes_from_home(ranking: Ranking, beds: Beds) -> NDArray[np.float64]:
    """Minutes to each ward: on foot at the home site, by road elsewhere and then after every ward at home."""
    case, wards = ranking.case[0], beds.wards
    homes = wards["department"] == case["department"]
    if case["ward"] >= 0:
        homes = np.arange(len(wards)) == case["ward"]
    walk = beds.walk[homes].min(axis=0).astype(np.float64) if homes.any() else np.full(len(wards), np.inf)
    far = wards["site"] != case["department_site"]
    return np.where(far, beds.road[case["department_site"], wards["site"]] + 24 * 60, np.minimum(walk, 24 * 60))


def _ward_answer(ranking: Ranking, beds: Beds, policy: Policy, group: NDArray[np.int64], today: int) -> WardAnswer:
    """The answer for the beds of one ward in one tier."""
    first = int(group[0])
    state = beds.beds["state"][group]
    refusals = ranking.result.refusal[group]
    occupied = int((state == BedState.OCCUPIED).sum())
    blocks = []
    for number in np.unique(refusals[refusals != Refusal.NONE]).tolist():
        hit = group[refusals == number]
        free = int((beds.beds["state"][hit] == BedState.FREE).sum())
        blocks.append(((-free, -len(hit), number), Refusal(number), hit))
    reasons: list[Reason] = []
    for _order, refusal, hit in sorted(blocks, key=lambda block: block[0]):
        reasons.append(_block(ranking, beds, policy, refusal, hit, occupied, len(group)))
    leaving = beds.beds["available_at"][group[(state == BedState.OCCUPIED)]]
    leaving = leaving[leaving <= today]
    if len(leaving) and not (refusals == Refusal.NOT_READY).any():
        told = {"leaving": len(leaving), "earliest": max(int(leaving.min()), 0)}
        at = next((k for k, r in enumerate(reasons, 1) if r.code == Refusal.OCCUPIED.code), len(reasons))
        reasons.insert(at, Reason(ReasonCode.WARD_LEAVING, told))
    return WardAnswer(
        tier=ranking.tier(first),
        ward=int(beds.beds["ward"][first]),
        department=int(beds.beds["department"][first]),
        total=len(group),
        occupied=occupied,
        free=int((state == BedState.FREE).sum()),
        reasons=tuple(reasons),
    )


def _block(
    ranking: Ranking, beds: Beds, policy: Policy, refusal: Refusal, hit: NDArray[np.int64], occupied: int, total: int
) -> Reason:
    """One refusal of some beds of a ward, with what there is to say about it."""
    w = int(beds.beds["ward"][hit[0]])
    ward = beds.wards[w]
    params: dict[str, Any] = {"count": len(hit)}
    if refusal == Refusal.OCCUPIED:
        params = {"count": occupied, "total": total}
    elif refusal == Refusal.NOT_READY:
        params["earliest"] = int(ranking.result.ready[hit].min())
    elif refusal == Refusal.PROMISED:
        params["until"] = int(beds.beds["available_until"][hit].max())
    elif refusal == Refusal.EQUIPMENT:
        params["missing"] = int(ranking.case["equipment"][0] & ~beds.beds["equipment"][hit[0]])
    elif refusal == Refusal.COMPETENCE:
        params |= _team(ranking, beds, w)
    elif refusal == Refusal.RESERVE:
        params["reserve"] = _reserve(beds, policy, w)
    elif refusal == Refusal.KEPT_FOR_TOMORROW:
        params["keep"] = int(ward["keep"])
    elif refusal == Refusal.ROAD:
        minutes = float(beds.road[ranking.case["site"][0], ward["site"]])
        if not np.isfinite(minutes):
            return Reason(ReasonCode.ROAD_UNKNOWN, params)
        params["minutes"] = round(minutes)
    elif refusal == Refusal.WALK:
        params["minutes"] = round(float(_minutes_from_home(ranking, beds)[w]))
    elif refusal == Refusal.OWN_BED_SOON:
        params["minutes"] = int(beds.departments[ranking.case["department"][0]]["own_in"])
    elif refusal == Refusal.WORTH_MORE:
        params |= _ahead(beds, w, int(ranking.result.left[hit].max()))
    return Reason(refusal.code, params)
