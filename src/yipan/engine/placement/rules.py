"""The hard rules in their order; each answers with the number of the refusal, 0 when the bed passes.

Compiled; called by `kernel` only. What each rule means: docs/reference/policy.md.
"""

from __future__ import annotations

import numpy as np

from yipan.engine.placement.beds import NEVER, NO_AGE_LIMIT
from yipan.engine.placement.case import OFF
from yipan.engine.placement.codes import BedState, Isolation, Level, Reach, Refusal, RoomSex, Rule, Sex, Tier
from yipan.engine.placement.compiled import inner

OWN, INTENSIVE, ALLIED, SIMILAR, NEAREST = (int(tier) for tier in Tier)
RULE_LEVEL, RULE_SEVERITY, RULE_ISOLATION = int(Rule.LEVEL), int(Rule.SEVERITY), int(Rule.ISOLATION)
RULE_SEX, RULE_AGE, RULE_EQUIPMENT = int(Rule.SEX), int(Rule.AGE), int(Rule.EQUIPMENT)
RULE_NURSING, RULE_RESERVE, RULE_DISTANCE = int(Rule.NURSING), int(Rule.RESERVE), int(Rule.DISTANCE)


@inner
def tier_of(case, ranks, bed, ward, specialty, ally, likeness):  # type: ignore[no-untyped-def]
    """Tier of the bed and its rank in the policy's order; the best enabled tier that the bed satisfies."""
    own = bed.department == case.department
    if specialty == case.specialty:
        own |= case.own_reach == Reach.NETWORK
        own |= case.own_reach == Reach.SITE and ward.site == case.department_site
    if own:
        return OWN, ranks[OWN]
    if bed.level == Level.INTENSIVE:
        return INTENSIVE, ranks[INTENSIVE]
    similar = likeness >= case.min_similarity
    tier = ALLIED if ally > 0 else (SIMILAR if similar else NEAREST)
    rank = ranks[tier]
    if similar and ranks[SIMILAR] < rank:
        tier, rank = SIMILAR, ranks[SIMILAR]
    if ranks[NEAREST] < rank:
        tier, rank = NEAREST, ranks[NEAREST]
    return tier, rank


@inner
def refuse_time(case, i, bed, ready, turnover):  # type: ignore[no-untyped-def]
    """Is the bed there at the wanted time, and for as long as the patient stays?"""
    if i == case.current_bed:
        return Refusal.CURRENT_BED.value
    if bed.state == BedState.CLOSED and ready == NEVER:
        return Refusal.CLOSED.value
    if bed.state == BedState.HELD:
        return Refusal.HELD.value
    if ready == NEVER:
        return Refusal.OCCUPIED.value
    if ready > case.latest:
        return Refusal.NOT_READY.value
    if bed.available_until < max(ready, case.start) + case.stay + turnover:
        return Refusal.PROMISED.value
    return 0


@inner
def refuse_kind(case, bed, tier, rank, specialty):  # type: ignore[no-untyped-def]
    """Level of care, severity, and the tiers in use."""
    if case.rules & RULE_LEVEL:
        if bed.level < case.level:
            return Refusal.LEVEL_TOO_LOW.value
        if bed.level == Level.INTENSIVE and not case.intensive_open:
            return Refusal.INTENSIVE_KEPT.value
    away = tier != Tier.OWN and specialty != case.specialty and bed.level != Level.INTENSIVE
    if case.rules & RULE_SEVERITY and case.stays and away:
        return Refusal.SEVERITY.value
    if rank == OFF:
        return Refusal.TIER_OFF.value
    return 0


@inner
def refuse_room(case, bed, room, tier, company):  # type: ignore[no-untyped-def]
    """Cross-infection, sex, age, equipment."""
    refusal = 0
    if case.rules & RULE_ISOLATION:
        refusal = refuse_isolation(case, room, company)
    if refusal == 0 and case.rules & RULE_SEX:
        refusal = refuse_sex(case, room, company)
    if refusal == 0 and case.rules & RULE_AGE:
        refusal = refuse_age(case, room, tier)
    if refusal == 0 and case.rules & RULE_EQUIPMENT and (case.equipment & ~bed.equipment) != 0:
        refusal = Refusal.EQUIPMENT.value
    return refusal


@inner
def refuse_isolation(case, room, company):  # type: ignore[no-untyped-def]
    others, _, _, infected, protected, same = company
    if case.isolation != Isolation.NONE:
        if not (case.isolation_rooms >> room.isolation) & 1:
            return Refusal.ISOLATION_ROOM.value
        if others > 0 and not (case.cohort and same == others):
            return Refusal.ISOLATION_COMPANY.value
        return 0
    if infected > 0:
        return Refusal.ROOM_INFECTED.value
    return Refusal.ROOM_PROTECTED.value if protected > 0 else 0


@inner
def refuse_sex(case, room, company):  # type: ignore[no-untyped-def]
    others, men, women = company[0], company[1], company[2]
    if room.sex == RoomSex.ANY:
        return 0
    if room.sex == RoomSex.MALE and case.sex == Sex.FEMALE:
        return Refusal.ROOM_FOR_MEN.value
    if room.sex == RoomSex.FEMALE and case.sex == Sex.MALE:
        return Refusal.ROOM_FOR_WOMEN.value
    if case.sex == Sex.UNKNOWN:
        lone = others == 0 and (room.sex == RoomSex.SAME or room.size == 1)
        return 0 if lone else Refusal.ROOM_SEX_UNKNOWN.value
    if case.sex == Sex.FEMALE and men > 0:
        return Refusal.ROOM_WITH_MEN.value
    if case.sex == Sex.MALE and women > 0:
        return Refusal.ROOM_WITH_WOMEN.value
    return Refusal.ROOM_SEX_UNKNOWN.value if others > men + women else 0


@inner
def refuse_age(case, room, tier):  # type: ignore[no-untyped-def]
    limited = room.age_min > 0 or room.age_max < NO_AGE_LIMIT
    if limited and not room.age_min <= case.age <= room.age_max:
        return Refusal.AGE.value
    if case.child and tier != Tier.OWN and room.age_max > case.children_room_max:
        return Refusal.CHILD.value
    return 0


@inner
def refuse_ward(case, bed, ward, tier, left, share, drive, walk):  # type: ignore[no-untyped-def]
    """Nursing, the ward's kept beds, distance."""
    refusal = refuse_team(case, bed, ward, tier, share)
    if refusal == 0:
        refusal = refuse_kept(case, ward, tier, left)
    if refusal == 0:
        refusal = refuse_distance(case, ward, tier, drive, walk)
    return refusal


@inner
def refuse_team(case, bed, ward, tier, share):  # type: ignore[no-untyped-def]
    """Can the ward's nurses care for somebody of another specialty?"""
    if not case.rules & RULE_NURSING or tier == Tier.OWN:
        return 0
    if case.nursing_stays and bed.level == Level.GENERAL:
        return Refusal.NURSING_LEVEL.value
    if 0 <= share < case.refuse_below:
        return Refusal.COMPETENCE.value
    return Refusal.WORKLOAD.value if ward.workload > case.max_workload else 0


@inner
def refuse_kept(case, ward, tier, left):  # type: ignore[no-untyped-def]
    """Does the ward keep what it would have left for others?"""
    if not case.rules & RULE_RESERVE or case.reserve_any:
        return 0
    if left < reserve_of(case, ward) and not (case.reserve_own and tier == Tier.OWN):
        return Refusal.RESERVE.value
    return Refusal.KEPT_FOR_TOMORROW.value if left < ward.keep and tier != Tier.OWN else 0


@inner
def refuse_distance(case, ward, tier, drive, walk):  # type: ignore[no-untyped-def]
    """Is the ward too far to be taken there, or for the doctor to come?"""
    if not case.rules & RULE_DISTANCE or tier == Tier.OWN:
        return 0
    if ward.site != case.department_site and not case.other_site:
        return Refusal.OTHER_SITE.value
    if drive > case.max_road:
        return Refusal.ROAD.value
    return Refusal.WALK.value if ward.site == case.department_site and case.max_walk < walk != np.inf else 0


@inner
def reserve_of(case, ward):  # type: ignore[no-untyped-def]
    """The ward's own number, else the policy's; who looks ahead needs the policy's only where no forecast says."""
    if ward.reserve >= 0:
        return ward.reserve
    return 0 if case.ahead and ward.foreseen else case.reserve


@inner
def share_of(bed, ward, qualified):  # type: ignore[no-untyped-def]
    """Share of the team qualified for the patient's specialty; 1 in intensive care, -1 when not known."""
    if bed.level == Level.INTENSIVE:
        return 1.0
    return qualified / ward.nurses if ward.nurses > 0 else -1.0
