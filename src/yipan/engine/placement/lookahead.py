"""What a bed is worth to its own specialty over the next day, and when a bed of the own specialty falls free.

The strategy `lookahead` lends a bed only to somebody for whom waiting would cost more than the bed. Both are counted in
minutes of waiting (docs/reference/policy.md, "Looking ahead"):

- a stay outside the own specialty lasts longer by the off-service penalty, and every bed-hour lost makes others wait;
- the bed costs the more, the likelier its own specialty runs out of beds within 24 hours.

Compiled. The kernel asks `weighs_price`, `shortage_in` and `refuse_price`; the live board and the twin fill what they
look at with `look_ahead` or, one department at a time, `own_bed_in`.
"""

from __future__ import annotations

import math

import numpy as np

from yipan.engine.placement.beds import NEVER
from yipan.engine.placement.codes import BedState, Refusal, Rule, Tier
from yipan.engine.placement.compiled import entry, inner

A_DAY = 24 * 60
OWN, INTENSIVE, RULE_RESERVE = int(Tier.OWN), int(Tier.INTENSIVE), int(Rule.RESERVE)
FREE = int(BedState.FREE)
NEGLIGIBLE = 1e-9


@inner
def shortage(left, need, leaving):  # type: ignore[no-untyped-def]
    """Chance that own patients outnumber the beds: P(N > left + L), N and L Poisson with means `need` and `leaving`."""
    if left < 0:
        return 1.0
    term = covered = math.exp(-need)
    for k in range(1, left + 1):
        term *= need / k
        covered += term
    chance, share, rest, k = 0.0, math.exp(-leaving), 1.0, left
    while True:
        chance += share * max(1.0 - covered, 0.0)
        rest -= share
        if rest < NEGLIGIBLE or covered > 1.0 - NEGLIGIBLE or k > left + 2 * (need + leaving) + 60:
            return min(chance, 1.0)
        k += 1
        term *= need / k
        covered += term
        share *= leaving / (k - left)


@inner
def shortage_in(ward, left):  # type: ignore[no-untyped-def]
    """`shortage` of a ward with `left` beds that stay free; 0 when no forecast says what comes."""
    return shortage(left, ward.expected_need, ward.expected_leaving) if ward.foreseen else 0.0


@inner
def own_bed_stands_free(beds, department):  # type: ignore[no-untyped-def]
    """Whether a bed of the department is empty. Whoever cannot have it waits for another reason than departures."""
    free = False
    for i in range(beds.shape[0]):
        free |= beds[i].department == department and beds[i].state == FREE
    return free


@inner
def weighs_price(case, tier, own_in):  # type: ignore[no-untyped-def]
    """Whether waiting for an own bed is weighed at all: by those who want a bed now and can be asked to wait.

    `own_in` is when a bed of the own department falls free, NEVER while one stands free."""
    if not case.ahead or not case.rules & RULE_RESERVE or case.reserve_any or case.start > 0:
        return False
    return tier not in (OWN, INTENSIVE) and own_in <= case.patience


@inner
def refuse_price(case, own_in, short):  # type: ignore[no-untyped-def]
    """Whether waiting for an own bed costs less than this one, whose ward runs out with the chance `short`."""
    if own_in < case.away:
        return Refusal.OWN_BED_SOON.value
    return Refusal.WORTH_MORE.value if own_in < case.away * (1.0 + case.pressure * short) else 0


@entry
def own_bed_in(waiting, leaving):  # type: ignore[no-untyped-def]
    """Minutes until a bed falls free for whoever waits next: `waiting` before them, `leaving` departures a day."""
    if leaving <= 0.0:
        return NEVER
    return int(min((waiting + 1.0) * A_DAY / leaving, NEVER))


@entry
def look_ahead(wards, departments, waiting, arriving, leaving):  # type: ignore[no-untyped-def]
    """Write an expectation of the next 24 hours into `wards` and `departments` (arrays of `Beds`), in place.

    `waiting` (D,) patients who wait for a bed of the department now; `arriving` and `leaving` (W,) own patients who
    come to a ward and patients who leave it, both expected, NaN where no forecast says. Who waits is shared out among
    the department's wards by their departures.
    """
    first, rows = wards_by_department(wards, departments.shape[0])
    for d in range(departments.shape[0]):
        look_ahead_of(wards, departments, d, rows, first[d], first[d + 1], waiting[d], arriving, leaving)


@inner
def wards_by_department(wards, departments):  # type: ignore[no-untyped-def]
    """Rows of the wards by department, and where those of each begin; wards of no department are left out."""
    first, rows = np.zeros(departments + 1, np.int32), np.zeros(wards.shape[0], np.int32)
    for w in range(wards.shape[0]):
        if wards[w].department >= 0:
            first[wards[w].department + 1] += 1
    for d in range(departments):
        first[d + 1] += first[d]
    place = first.copy()
    for w in range(wards.shape[0]):
        d = wards[w].department
        if d >= 0:
            rows[place[d]] = w
            place[d] += 1
    return first, rows


@inner
def look_ahead_of(  # type: ignore[no-untyped-def]
    wards, departments, d, rows, begin, end, waiting, arriving, leaving
):
    """As `look_ahead`, for department `d` only, whose wards are `rows` from `begin` to `end`."""
    total, known = 0.0, 0
    for place in range(begin, end):
        w = rows[place]
        if not math.isnan(arriving[w]) and not math.isnan(leaving[w]):
            total += leaving[w]
            known += 1
    departments[d].own_in = own_bed_in(float(waiting), total) if known else NEVER
    for place in range(begin, end):
        w = rows[place]
        foreseen = not math.isnan(arriving[w]) and not math.isnan(leaving[w])
        wards[w].foreseen = foreseen
        share = leaving[w] / total if foreseen and total > 0.0 else 1.0 / max(known, 1)
        wards[w].expected_need = arriving[w] + waiting * share if foreseen else 0.0
        wards[w].expected_leaving = leaving[w] if foreseen else 0.0
