"""What a roster costs and which rules it breaks, straight from the definitions; the search is tested against it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.nursing.instance import Week

COMPONENTS = ("overload", "skill", "uncovered", "continuity", "fairness", "change", "staff")
HOUR = 60

Works = NDArray[np.bool_]
Cover = NDArray[np.int64]


def violations(week: Week, works: Works, cover: Cover) -> dict[str, int]:
    """How often each hard rule is broken: away, most, rest, row, absent (a room's nurse does not work)."""
    broken = dict.fromkeys(("away", "most", "rest", "row", "absent"), 0)
    for n, nurse in enumerate(week.nurses):
        mine = np.flatnonzero(works[n]).tolist()
        broken["away"] += sum(slot in nurse.off for slot in mine)
        broken["most"] += max(len(mine) - nurse.most, 0)
        broken["rest"] += sum(week.apart(a, b) for k, a in enumerate(mine) for b in mine[k + 1 :])
        days = {slot // len(week.shifts) for slot in mine}
        runs = [all(day + k in days for k in range(week.rules.row + 1)) for day in range(week.days)]
        broken["row"] += sum(runs)
    for room in range(len(week.rooms)):
        for slot in range(week.slots):
            n = int(cover[room, slot])
            broken["absent"] += n >= 0 and not works[n, slot]
    return broken


def costs(week: Week, works: Works, cover: Cover) -> dict[str, float]:
    """The cost by component, in points."""
    prices, work, wanted = week.prices, week.work, week.wanted
    total = dict.fromkeys(COMPONENTS, 0.0)
    for slot in range(week.slots):
        total["staff"] += prices.staff * max(week.least[slot % len(week.shifts)] - int(works[:, slot].sum()), 0)
        for n, nurse in enumerate(week.nurses):
            minutes = int(work[cover[:, slot] == n, slot].sum())
            total["overload"] += prices.overload * max(minutes - nurse.load, 0) / HOUR
        for room in range(len(week.rooms)):
            n = int(cover[room, slot])
            if work[room, slot] and n < 0:
                total["uncovered"] += prices.uncovered
            elif work[room, slot]:
                total["skill"] += prices.skill * max(int(wanted[room, slot]) - week.nurses[n].skill, 0)
    for room, guest in week.guests:
        met = {int(cover[room, slot]) for slot in week.there(guest)} - {-1}
        total["continuity"] += prices.continuity * max(len(met) - 1, 0)
    for n, nurse in enumerate(week.nurses):
        total["fairness"] += prices.fairness * abs(int(works[n].sum()) - nurse.contract)
        if nurse.present:
            present = np.isin(np.arange(week.slots), sorted(nurse.present))
            total["change"] += prices.change * int((works[n] != present).sum())
    return total
