"""One patient under one policy, resolved into a row of plain numbers for the compiled kernel.

The kernel never sees a policy: whatever depends on the patient's severity, urgency or isolation is decided here once,
so that ranking 20,000 beds asks only the beds. The twin makes one row for each patient of a run.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from yipan.engine.placement.beds import Beds, Struct
from yipan.engine.placement.codes import Isolation, Level, Reach, Rule, Tier, Urgency
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import ROOM_KINDS, TIERS, Policy, Weights
from yipan.kernel.errors import InvalidInput

OFF = 99
"""Rank of a tier that the policy does not use."""

CASE = np.dtype(
    [
        ("weights", "f8", (len(fields(Weights)),)),  # of the parts, sum 1
        ("min_similarity", "f8"),
        ("max_road", "f8"),
        ("consult_below", "f8"),
        ("refuse_below", "f8"),
        ("max_workload", "f8"),
        ("enough", "f8"),
        ("consult_factor", "f8"),
        ("travel_half", "f8"),
        ("home_half", "f8"),
        ("wait_half", "f8"),
        ("cost_monitor", "f8"),
        ("cost_ventilator", "f8"),
        ("cost_level", "f8"),
        ("cost_isolation", "f8"),
        ("cost_single", "f8"),
        ("cost_opens_room", "f8"),
        ("cost_blocked_bed", "f8"),
        ("away", "f8"),  # minutes of waiting that a stay outside the own specialty costs the network
        ("pressure", "f8"),  # how often more it costs in a bed that its own specialty will surely need
        ("max_walk", "f8"),
        ("unknown_walk", "f8"),
        ("department", "i4"),
        ("specialty", "i4"),
        ("department_site", "i4"),
        ("ward", "i4"),
        ("site", "i4"),
        ("home_site", "i4"),
        ("current_bed", "i4"),
        ("pathogen", "i4"),
        ("start", "i4"),
        ("stay", "i4"),
        ("latest", "i4"),  # latest minute at which the bed must be ready
        ("horizon", "i4"),  # latest announced departure that is trusted
        ("turnover", "i4"),
        ("reserve", "i4"),
        ("patience", "i4"),  # longest expected wait for an own bed that is asked of the patient, minutes
        ("age", "i2"),
        ("children_room_max", "i2"),
        ("rules", "u2"),  # bits of Rule
        ("tier_rank", "u1", (len(TIERS) + 1,)),  # by Tier; OFF when not used
        ("sex", "u1"),
        ("isolation", "u1"),
        ("isolation_rooms", "u1"),  # bit k: a room of Isolation k is suitable
        ("cohort", "u1"),
        ("equipment", "u1"),
        ("level", "u1"),
        ("own_reach", "u1"),  # Reach
        ("stays", "u1"),  # too ill to leave the own specialty
        ("intensive_open", "u1"),
        ("nursing_stays", "u1"),  # nursing level too high to leave the own department
        ("other_site", "u1"),
        ("reserve_any", "u1"),  # may use any ward's reserve
        ("reserve_own", "u1"),  # may use the reserve of the own tier's wards
        ("child", "u1"),
        ("ahead", "u1"),  # the strategy is lookahead
    ],
    align=True,
)


def resolve(need: Need, policy: Policy, beds: Beds) -> Struct:
    """One row of CASE, shape (1,).

    Raises InvalidInput("need_invalid", problems=[…]) when an index of the need is not a row of `beds`.
    """
    _check_rows(need, beds)
    row = np.zeros(1, CASE)
    department = beds.departments[need.department]
    home = int(department["site"])
    values: dict[str, object] = {
        "department": need.department,
        "specialty": need.specialty if need.specialty >= 0 else int(department["specialty"]),
        "department_site": home,
        "ward": need.ward,
        "site": need.site if need.site >= 0 else home,
        "home_site": need.home_site,
        "current_bed": need.current_bed,
        "pathogen": need.pathogen,
        "start": need.start,
        "stay": need.stay_minutes,
        "age": need.age,
        "sex": need.sex,
        "isolation": need.isolation,
        "equipment": need.equipment,
        "level": need.level,
    }
    for name, value in (values | _by_patient(need, policy) | _by_policy(policy)).items():
        row[name] = value
    return row


def _by_patient(need: Need, policy: Policy) -> dict[str, object]:
    """What the policy says for this severity, urgency, nursing level, isolation and age."""
    severity, urgency = need.severity.name.lower(), need.urgency.name.lower()
    rooms, cohort = 0, False
    if need.isolation:
        rule = getattr(policy.isolation, need.isolation.name.lower())
        rooms = sum(1 << ROOM_KINDS.index(kind) for kind in rule.rooms)
        cohort = rule.cohort
    open_to = policy.reserve.open_to
    emergency = need.urgency == Urgency.EMERGENCY
    return {
        "latest": need.start + getattr(policy.times.max_wait_minutes, urgency),
        "patience": getattr(policy.lookahead.patience_minutes, urgency),
        "away": policy.lookahead.off_service_penalty * policy.lookahead.bed_hour_price * need.stay_minutes,
        "other_site": getattr(policy.distance.other_site, urgency),
        "max_road": getattr(policy.distance.max_road_minutes, urgency),
        "isolation_rooms": rooms,
        "cohort": cohort,
        "stays": severity not in policy.severity.shared,
        "intensive_open": need.level == Level.INTENSIVE or severity in policy.severity.intensive_open_to,
        "nursing_stays": need.nursing_level.name.lower() not in policy.nursing.shared_levels,
        "reserve_any": (severity == "critical" and "critical" in open_to) or (emergency and "any_emergency" in open_to),
        "reserve_own": emergency and "own_emergency" in open_to,
        "child": policy.age.children_together and 0 <= need.age < policy.age.child_under,
    }


def _by_policy(policy: Policy) -> dict[str, object]:
    """What is the same for every patient."""
    rank = [OFF] * (len(TIERS) + 1)
    for place, name in enumerate(policy.tiers.order):
        if policy.strategy != "silo" or name in ("own", "intensive"):
            rank[Tier[name.upper()]] = place
    weights = np.array([getattr(policy.score.weights, f.name) for f in fields(Weights)], dtype=np.float64)
    costs = policy.score.room_costs
    unasked = (Rule.RESERVE,) if policy.strategy in ("silo", "tiers") else ()
    return {
        "weights": weights / weights.sum(),
        "tier_rank": rank,
        "rules": sum(rule for rule in Rule if rule not in unasked and getattr(policy.rules, (rule.name or "").lower())),
        "ahead": policy.strategy == "lookahead",
        "pressure": policy.lookahead.pressure,
        "own_reach": Reach[policy.tiers.own_reach.upper()],
        "min_similarity": policy.tiers.min_similarity,
        "max_walk": policy.distance.max_walk_minutes,
        "unknown_walk": policy.distance.unknown_walk_minutes,
        "horizon": policy.times.reservation_horizon_hours * 60,
        "turnover": policy.times.turnover_minutes,
        "reserve": policy.reserve.default_beds,
        "consult_below": policy.nursing.consult_below,
        "refuse_below": policy.nursing.refuse_below,
        "max_workload": policy.nursing.max_workload,
        "enough": policy.score.competence_enough,
        "consult_factor": policy.score.consult_factor,
        "travel_half": policy.score.travel_half_minutes,
        "home_half": policy.score.home_half_minutes,
        "wait_half": policy.score.wait_half_minutes,
        "children_room_max": policy.age.children_room_max,
        **{f"cost_{f.name}": getattr(costs, f.name) for f in fields(costs)},
    }


def _check_rows(need: Need, beds: Beds) -> None:
    limits = (
        ("department", 0, len(beds.departments)),
        ("specialty", -1, len(beds.similarity)),
        ("ward", -1, len(beds.wards)),
        ("site", -1, len(beds.road)),
        ("home_site", -1, len(beds.road)),
        ("current_bed", -1, len(beds)),
    )
    problems = [
        {"path": name, "value": getattr(need, name), "code": "need_out_of_range", "low": low, "high": size - 1}
        for name, low, size in limits
        if not low <= getattr(need, name) < size
    ]
    if problems:
        raise InvalidInput("need_invalid", problems=problems)


assert tuple(kind.name.lower() for kind in Isolation)[1:] == ROOM_KINDS[1:]
