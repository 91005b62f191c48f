"""The parts of the score, each 0..1; formulas: docs/reference/policy.md.

Compiled; called by `kernel` only.
"""

from __future__ import annotations

import math

import numpy as np

from yipan.engine.placement.codes import Equipment, Isolation, RoomSex, Tier
from yipan.engine.placement.compiled import inner

MONITOR, VENTILATOR = int(Equipment.MONITOR), int(Equipment.VENTILATOR)


@inner
def nearness(minutes, half):  # type: ignore[no-untyped-def]
    """1 at 0 minutes, a half at `half`, towards 0 for infinity."""
    return 1.0 / (1.0 + minutes / half)


@inner
def enough_tomorrow(left, ward):  # type: ignore[no-untyped-def]
    """Probability that the beds left cover tomorrow's own patients: Poisson distribution function."""
    spare = math.floor(left + ward.expected_leaving)
    if spare < 0:
        return 0.0
    term = total = math.exp(-ward.expected_need)
    for k in range(1, spare + 1):
        term *= ward.expected_need / k
        total += term
    return min(total, 1.0)


@inner
def room_fit(case, bed, room, others):  # type: ignore[no-untyped-def]
    """1 less what is lost to patients who need this bed more."""
    spare = bed.equipment & ~case.equipment
    cost = 0.0
    cost += case.cost_monitor if spare & MONITOR else 0.0
    cost += case.cost_ventilator if spare & VENTILATOR else 0.0
    if bed.level > case.level:  # before the subtraction: the columns are unsigned
        cost += case.cost_level * (bed.level - case.level)
    if case.isolation != Isolation.NONE:
        cost += case.cost_blocked_bed * max(room.size - 1 - others, 0)
    else:
        cost += case.cost_isolation if room.isolation != Isolation.NONE else 0.0
        cost += case.cost_single if room.size == 1 else 0.0
        cost += case.cost_opens_room if room.size > 1 and others == 0 and room.sex == RoomSex.SAME else 0.0
    return max(1.0 - cost, 0.0)


@inner
def closeness(case, bed, tier, ally, likeness):  # type: ignore[no-untyped-def]
    """1 for the home department and for intensive care, 1/order for an ally, else similarity of the specialties."""
    if bed.department == case.department or tier == Tier.INTENSIVE:
        return 1.0
    return 1.0 / ally if tier == Tier.ALLIED else likeness


@inner
def nursing_fit(case, ward, share, consult):  # type: ignore[no-untyped-def]
    """The team's competence, less when a consult is needed and when the team is overloaded."""
    fit = 0.5 if share < 0 else min(1.0, share / case.enough)
    if consult:
        fit *= case.consult_factor
    return fit * min(1.0, max(0.0, 2.0 - ward.workload))


@inner
def travel(case, ward, minutes):  # type: ignore[no-untyped-def]
    """1 next door, a half at `travel_half` minutes; `minutes` is infinite when not known."""
    if minutes == np.inf and ward.site == case.department_site:
        minutes = case.unknown_walk
    return nearness(minutes, case.travel_half)


@inner
def parts_of(  # type: ignore[no-untyped-def]
    case, bed, ward, room, tier, ally, likeness, share, consult, minutes, family, at, chance, others
):
    """All parts in the order of Part: `chance` is that of `enough_tomorrow`, `family` the drive from home."""
    return (
        nursing_fit(case, ward, share, consult),
        travel(case, ward, minutes),
        chance,
        room_fit(case, bed, room, others),
        nearness(at - case.start, case.wait_half),
        closeness(case, bed, tier, ally, likeness),
        nearness(0.0 if case.home_site == ward.site else family, case.home_half),
    )
