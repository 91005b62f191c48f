"""The rules of placement that look at other people, asked for everybody at once: the same compiled functions.

Which rules there are: `yipan.engine.placement.rules`. Two of them depend on the rest of a plan: who lies in the room
(each other person refuses or does not, so pairs say everything), and how many beds stay ready in the ward (a number
from which on the rule passes).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from yipan.engine.placement.codes import Rule
from yipan.engine.placement.compiled import entry, fingerprint
from yipan.engine.placement.facts import company_in, walk_from_home
from yipan.engine.placement.rules import refuse_isolation, refuse_sex, refuse_ward, share_of

MOST_LEFT = 1000
ALONE = (0, 0, 0, 0, 0, 0)
RULE_ISOLATION, RULE_SEX = int(Rule.ISOLATION), int(Rule.SEX)
HERE = Path(__file__).parent
SOURCES = fingerprint(HERE, HERE.parent, HERE.parents[1] / "placement")


def _make_least_left(sources: int) -> Callable[..., None]:
    @entry
    def least_left(net, cases, row, tiers, chosen, out):  # type: ignore[no-untyped-def]
        """For each bed in `chosen`: the fewest beds left in its ward with which `cases[row]` may take it."""
        case = cases[row]
        walk = walk_from_home(net.wards, net.walk, case)
        for n in range(chosen.shape[0] if sources else 0):
            bed = net.beds[chosen[n]]
            w = bed.ward
            ward = net.wards[w]
            share = share_of(bed, ward, net.competence[w, case.specialty])
            drive = 0.0 if ward.site == case.site else net.road[case.site, ward.site]
            left = 0
            while left < MOST_LEFT:
                if refuse_ward(case, bed, ward, tiers[chosen[n]], left, share, drive, walk[w]) == 0:
                    break
                left += 1
            out[n] = left

    return least_left


def _make_strangers(sources: int) -> Callable[..., None]:
    @entry
    def strangers(cases, guests, rooms, alone, out):  # type: ignore[no-untyped-def]
        """`out[k, p, g]`: in a room like `rooms[k]`, `cases[p]` may not come to `guests[g]`.

        `alone` is an array of one -1: nobody follows the guest in the room.
        """
        for k in range(rooms.shape[0] if sources else 0):
            room = rooms[k]
            for p in range(cases.shape[0]):
                case = cases[p]
                for g in range(guests.shape[0]):
                    company = company_in(guests[g : g + 1], case, -1, 0, 0, alone)
                    apart = False
                    if case.rules & RULE_ISOLATION and refuse_isolation(case, room, ALONE) == 0:
                        apart = refuse_isolation(case, room, company) != 0
                    if not apart and case.rules & RULE_SEX and refuse_sex(case, room, ALONE) == 0:
                        apart = refuse_sex(case, room, company) != 0
                    out[k, p, g] = apart

    return strangers


least_left: Any = _make_least_left(SOURCES)
strangers: Any = _make_strangers(SOURCES)


def room_kinds(rooms: Any) -> tuple[Any, Any]:
    """One room of each kind that tells people apart (sex, isolation), and the kind of each room."""
    _, first, kind = np.unique(
        rooms["sex"].astype(np.int64) * 16 + rooms["isolation"], return_index=True, return_inverse=True
    )
    return np.ascontiguousarray(rooms[first]), kind.astype(np.int64)
