"""Rank the beds of a network for one patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.engine.placement.beds import (
    BED,
    DEPARTMENT,
    GUEST,
    NEVER,
    NO_AGE_LIMIT,
    ROOM,
    WARD,
    Beds,
    Struct,
)
from yipan.engine.placement.case import resolve
from yipan.engine.placement.codes import Flag, Refusal, Tier
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import Policy
from yipan.engine.placement.result import REFUSED, Result, new_result

_INDEX = 2**32 - 1


@dataclass(frozen=True, eq=False)
class Ranking:
    """The answer about every bed.

    `order` holds the rows of the proposed beds, best first: tiers in the policy's order, then score, then row.
    `counts` is how many beds each tier could offer, before any limit. `result` holds one row a bed: refusal, tier,
    flags, score, parts, ready, left, travel (see Result). `case` is the resolved patient.
    """

    order: NDArray[np.int64]
    counts: dict[Tier, int]
    result: Result
    case: Struct

    def tier(self, bed: int) -> Tier:
        return Tier(int(self.result.tier[bed]))

    def refusal(self, bed: int) -> Refusal:
        """The first rule that the bed does not pass; Refusal.NONE when it may be proposed."""
        return Refusal(int(self.result.refusal[bed]))

    def score(self, bed: int) -> float:
        """0..100, two decimals; 0 when refused."""
        return float(self.result.score[bed])

    def flags(self, bed: int) -> Flag:
        return Flag(int(self.result.flags[bed]))

    def __len__(self) -> int:
        """How many beds may be proposed, before any limit."""
        return sum(self.counts.values())


def rank(beds: Beds, need: Need, policy: Policy, limit: int | None = None) -> Ranking:
    """Filter every bed by the hard rules, then rank the rest strictly by tier, then by score, then by row.

    `limit` shortens `order`; every bed still has its refusal. Raises InvalidInput when the need points outside
    `beds`.
    """
    from yipan.engine.placement.kernel import assess  # brings Numba along: only for processes that rank

    case = resolve(need, policy, beds)
    result = new_result(len(beds))
    accepted = assess(beds.arrays, case, 0, result)
    keys = result.key[result.key < REFUSED]
    if limit is not None and limit < accepted:
        keys = np.partition(keys, limit)[: max(limit, 0)]
    order = np.sort(keys) & _INDEX
    tiers = np.bincount(result.tier[result.refusal == 0], minlength=max(Tier) + 1)
    return Ranking(order, {tier: int(tiers[tier]) for tier in Tier}, result, case)


def warm_up() -> None:
    """Compile the kernel, or load it from the cache, before the first patient waits for it."""
    from yipan.engine.placement.kernel import best

    beds = Beds(
        beds=np.array([(0, 0, 0, NEVER, NEVER, 0, 0, 0)], BED),
        rooms=np.array([(0, 0, NO_AGE_LIMIT, 0, 0, 0)], ROOM),
        wards=np.array([(0.0, 0.0, 0.0, 0, 0, 0, -1, 0, -1, 0)], WARD),
        departments=np.zeros(1, DEPARTMENT),
        guests=np.zeros(0, GUEST),
        competence=np.zeros((1, 1), np.int32),
        alliance=np.zeros((1, 1), np.int16),
        similarity=np.ones((1, 1)),
        walk=np.zeros((1, 1), np.float32),
        road=np.zeros((1, 1)),
    )
    best(rank(beds, Need(department=0), Policy()).result)
