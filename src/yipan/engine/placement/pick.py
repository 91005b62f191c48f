"""The best bed alone, quickly: the rules and the score of `kernel`, asked about as few beds as decide it.

`pick` finds the bed that `best` finds after `assess`, by the same functions, and no other answer: no refusals, no
ranking. Who asks again and again keeps facts (`Kept`) and answers (`Memo`). Three things spare work, and none may
change the answer (`tests/test_pick.py` compares with `rank`): wards whose best tier is behind a bed already found are
not asked; a ward that keeps its beds refuses for all of them at once; beds that are alike, with alike company, are
asked once.
"""

from __future__ import annotations

import numpy as np

from yipan.engine.placement.beds import NEVER
from yipan.engine.placement.case import OFF
from yipan.engine.placement.codes import Part
from yipan.engine.placement.compiled import entry, fingerprint, inlined
from yipan.engine.placement.facts import company_in, turnover_of, walk_from_home
from yipan.engine.placement.kept import LEFTS, MIXED
from yipan.engine.placement.kernel import ALONE, key_of, needs_consult, ranks_of, weigh, weights_of
from yipan.engine.placement.lookahead import refuse_price, shortage_in, weighs_price
from yipan.engine.placement.result import REFUSED
from yipan.engine.placement.rules import (
    refuse_distance,
    refuse_kept,
    refuse_kind,
    refuse_room,
    refuse_team,
    refuse_time,
    share_of,
    tier_of,
)
from yipan.engine.placement.score import enough_tomorrow, nearness, parts_of

ANY_WARD = -1
CLASSES, ROWS = 0, 1
"""Places in `Memo.sizes`."""
_ROW, _RANK_BITS = 2**32 - 1, 48
_TIER, _TIER_BITS = 255, 8
_TOO_MANY = 1024
"""People in a room: more are not remembered."""
_PARTS = tuple(int(part) for part in Part)
_TOMORROW, _WAIT = int(Part.TOMORROW), int(Part.WAIT)
assert _PARTS == (0, 1, _TOMORROW, 3, _WAIT, 5, 6)


@inlined
def tier_in(net, case, i):  # type: ignore[no-untyped-def]
    """Tier of the bed for the patient."""
    bed = net.beds[i]
    specialty = net.departments[bed.department].specialty
    ally, likeness = net.alliance[case.department, bed.department], net.similarity[case.specialty, specialty]
    tier, _ = tier_of(case, ranks_of(case), bed, net.wards[bed.ward], specialty, ally, likeness)
    return tier


def _make_fixed_facts(sources: int):  # type: ignore[no-untyped-def]
    @entry
    def fixed_facts(net, cases, walk, first_rank, tier_at):  # type: ignore[no-untyped-def]
        """Fill these facts of `Kept` for each kind of patient; `first_rank` is OFF, `tier_at` MIXED before."""
        for k in range(cases.shape[0] if sources else 0):
            case = cases[k]
            ranks, minutes = ranks_of(case), walk_from_home(net.wards, net.walk, case)
            for w in range(net.wards.shape[0]):
                walk[k, w] = minutes[w]
            seen = np.zeros(net.wards.shape[0], np.uint8)
            for i in range(net.beds.shape[0]):
                w, tier = net.beds[i].ward, tier_in(net, case, i)
                first_rank[k, w] = min(first_rank[k, w], ranks[tier])
                tier_at[k, w] = tier if not seen[w] or tier_at[k, w] == tier else MIXED
                seen[w] = 1

    return fixed_facts


fixed_facts = _make_fixed_facts(fingerprint())


@inlined
def pick(net, kept, memo, case, k, only):  # type: ignore[no-untyped-def]
    """The best bed for `case`, of kind `k`, in ward `only` or (ANY_WARD) in any.

    Returns (bed, tier, beds left in its ward), (-1, 0, 0) when none may be proposed.
    """
    own_in = net.departments[case.department].own_in
    if case.ahead and kept.free_of[case.department] > 0:
        own_in = NEVER
    key, tier, left = REFUSED, 0, 0
    first, last = (0, net.wards.shape[0]) if only < 0 else (only, only + 1)
    for place in range(first, last):
        w = kept.order[k, place] if only < 0 else place
        rank = kept.first_rank[k, w]
        if rank == OFF or rank > key >> _RANK_BITS:
            break  # wards are in the order of their ranks
        if kept.opened[w] > 0:
            key, tier, left = best_of_ward(net, kept, memo, case, k, w, own_in, key, tier, left)
    if key == REFUSED:
        return -1, 0, 0
    return key & _ROW, tier, left


@inlined
def best_of_ward(net, kept, memo, case, k, w, own_in, key, tier, left):  # type: ignore[no-untyped-def]
    """The better of the bed found so far (its key, tier, and beds left) and the ward's open beds."""
    ward, weights, turnover = net.wards[w], weights_of(case), turnover_of(case, net.wards[w])
    spare = kept.prompt[w] - 1
    if case.current_bed >= 0 and net.beds[case.current_bed].ward == w:
        spare += 1  # a move inside the ward gives its bed back
    only_tier, agreed = kept.tier_at[k, w], False
    if kept.opened[w] == kept.prompt[w] and only_tier != MIXED:  # all are ready and count: as many are left by each
        if refuse_all(memo, case, ward, w, only_tier, spare, own_in):
            return key, tier, left
        agreed = True
    begin = kept.ward_first[w]
    row_before, at_before, left_before, rank, score = -1, 0, 0, 0, -1
    for place in range(begin, begin + kept.opened[w]):
        i = kept.open[place]
        bed, ready = net.beds[i], kept.ready[i]
        if refuse_time(case, i, bed, ready, turnover) != 0:
            continue
        at, company, its_left = max(ready, case.start), ALONE, spare + 1 - kept.counted[i]
        if kept.first[bed.room] >= 0:
            company = company_in(net.guests, case, i, at, kept.first[bed.room], kept.following)
        if ready > case.start:
            its_left += ready_by(kept, w, case.start, ready)
        row, is_new = look(net, kept, memo, case, k, i, w, company)
        if is_new or row != row_before or at != at_before or its_left != left_before:
            row_before, at_before, left_before, score = row, at, its_left, -1
            if memo.answer[row] < 0:
                continue
            its_tier, rank = memo.answer[row] & _TIER, memo.answer[row] >> _TIER_BITS
            if not agreed and refuse_all(memo, case, ward, w, its_tier, its_left, own_in):
                continue
            score = score_of(memo, case, ward, w, weights, row, its_left, at)
        if score >= 0 and key_of(rank, score, i) < key:
            key, tier, left = key_of(rank, score, i), memo.answer[row] & _TIER, its_left
    return key, tier, left


@inlined
def refuse_all(memo, case, ward, w, tier, left, own_in):  # type: ignore[no-untyped-def]
    """The rules that ask nothing of a bed but its tier and how many are left in its ward."""
    if refuse_kept(case, ward, tier, left) != 0:
        return True
    if not weighs_price(case, tier, own_in):
        return False
    place = left & (LEFTS - 1)
    if memo.short_left[w, place] != left:
        memo.short_left[w, place], memo.short[w, place] = left, shortage_in(ward, left)
    return refuse_price(case, own_in, memo.short[w, place]) != 0


@inlined
def ready_by(kept, w, after, minute):  # type: ignore[no-untyped-def]
    """How many of the ward's open beds that count are ready by then, of those ready after `after`."""
    count, begin = 0, kept.ward_first[w]
    for place in range(begin, begin + kept.opened[w]):
        i = kept.open[place]
        count += kept.counted[i] and after < kept.ready[i] <= minute
    return count


@inlined
def look(net, kept, memo, case, k, i, w, company):  # type: ignore[no-untyped-def]
    """The row of `memo` with what the rules say of bed `i` in that company, whenever it is and whatever is left; and
    whether it was filled only now, in place of another question's answer."""
    others, men, women, infected, protected, same = company
    asked = np.int64(k) * memo.sizes[CLASSES] + kept.alike[i]
    people = others | men << 10 | women << 20 | infected << 30 | protected << 40 | same << 50
    mixed = asked * 1_000_003 + people * 998_244_353
    row = (mixed ^ (mixed >> 29)) & (memo.sizes[ROWS] - 1)
    if others >= _TOO_MANY:
        row = memo.sizes[ROWS]
    elif memo.asked[row, 0] == asked and memo.asked[row, 1] == people:
        return row, False
    memo.asked[row, 0], memo.asked[row, 1] = asked, people
    first_look(net, kept, memo, case, k, i, w, company, row)
    return row, True


@inlined
def first_look(net, kept, memo, case, k, i, w, company, row):  # type: ignore[no-untyped-def]
    """Fill the row: the rules about bed, room, nurses and distance, and the parts of the score."""
    bed, ward, walk = net.beds[i], net.wards[w], kept.walk[k, w]
    room, specialty = net.rooms[bed.room], net.departments[bed.department].specialty
    ally, likeness = net.alliance[case.department, bed.department], net.similarity[case.specialty, specialty]
    tier, rank = tier_of(case, ranks_of(case), bed, ward, specialty, ally, likeness)
    share = share_of(bed, ward, net.competence[w, case.specialty])
    drive = 0.0 if ward.site == case.site else net.road[case.site, ward.site]
    memo.answer[row] = -1
    if refuse_kind(case, bed, tier, rank, specialty) != 0 or refuse_room(case, bed, room, tier, company) != 0:
        return
    if refuse_team(case, bed, ward, tier, share) != 0 or refuse_distance(case, ward, tier, drive, walk) != 0:
        return
    memo.answer[row] = tier | np.int64(rank) << _TIER_BITS
    minutes = walk if ward.site == case.department_site else net.road[case.department_site, ward.site]
    family = 0.0 if case.home_site < 0 else net.road[case.home_site, ward.site]
    consult, at = needs_consult(case, tier, share), case.start
    parts = parts_of(case, bed, ward, room, tier, ally, likeness, share, consult, minutes, family, at, 0.0, company[0])
    for part in range(len(parts)):
        memo.parts[row, part] = parts[part]


@inlined
def score_of(memo, case, ward, w, weights, row, left, at):  # type: ignore[no-untyped-def]
    """The score in hundredths: the parts of the row, with those that depend on the hour."""
    place = left & (LEFTS - 1)
    if memo.chance_left[w, place] != left:
        memo.chance_left[w, place], memo.chance[w, place] = left, enough_tomorrow(left, ward)
    wait, chance, parts = nearness(at - case.start, case.wait_half), memo.chance[w, place], memo.parts
    return weigh(weights, (parts[row, 0], parts[row, 1], chance, parts[row, 3], wait, parts[row, 5], parts[row, 6]))


@inlined
def forget(memo, w):  # type: ignore[no-untyped-def]
    """To be called when what the ward expects has changed."""
    for place in range(LEFTS):
        memo.chance_left[w, place] = -1
        memo.short_left[w, place] = -1
