"""A bound that knows rooms: what every night of a stay is worth, and the cheapest schedule of each room at that.

Let every night of every stay be worth something, whatever it is. Each night lies in one room, so that no plan costs
less than

    Σ worth + Σ over rooms of the cheapest schedule, at cost − worth (`schedules`; an empty one costs nothing):

Lagrangian duality once more, but with the rooms for the parts, so that a bed that stays empty because a woman and a man
do not share a room, or because somebody leaves a day too late, is counted as what it is. Classes stand for their rooms.
A horizon longer than `LONGEST_WINDOW` is cut into windows, between which a transfer costs nothing.

The worth is bettered by a proximal bundle method (C. Lemaréchal, "Nondifferentiable optimization", in Handbooks in
Operations Research 1, 1989): of the schedules seen so far the best mixture is taken, nights that are missing from it
become worth more and nights taken twice less, in proportion; then each room says what is its best now. The sums are
made in whole parts of a tenth, so that rounding never makes the bound wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.engine.optimise.pas.classes import Classes
from yipan.engine.optimise.pas.evaluating import GENDER, TRANSFER
from yipan.engine.optimise.pas.kernel import KERNEL
from yipan.engine.optimise.pas.model import Ints, Model
from yipan.engine.optimise.pas.schedules import Stints, Whole
from yipan.engine.optimise.pas.weighing import LITTLE, Known

PARTS = 1000
"""Of a tenth, in which prices and worth are whole numbers."""
LONGEST_WINDOW = 15
SERIOUS = 0.1
"""Part of what the known schedules promise that makes a step worth to go on from."""
PULL, LEAST_PULL, MOST_PULL = 10.0, 2.0, 200.0
"""Tenths by which a night becomes worth more when it is missing; at first, and the limits."""
LONGER, SHORTER = 1.3, 0.95
"""How the pull changes after a serious step, and after another."""
FORGET, TIDY = 30, 10
"""Rounds after which a schedule that is not in use is forgotten, and rounds between two looks for such."""
MEMORY = 0.9
"""How much of what the mixture was counts beside what it is."""


def stints(model: Model) -> Stints:
    """The stays of a model, cut into windows of nights that are as equal as can be."""
    count = -(-model.horizon // LONGEST_WINDOW)
    edges = np.linspace(0, model.horizon, count + 1).round().astype(np.int32)
    windows = np.searchsorted(edges, model.nights, side="right") - 1
    cuts = np.union1d(model.offset[:-1], np.flatnonzero(np.diff(windows, prepend=0)))
    ends = np.append(cuts[1:], len(windows))
    order = np.argsort(windows[cuts], kind="stable")
    begin, end = cuts[order].astype(np.int32), ends[order].astype(np.int32)
    sexes = np.repeat(model.sex, np.diff(model.offset))
    return Stints(
        begin=begin,
        end=end,
        first=(model.nights[begin] - edges[windows[begin]]).astype(np.int32),
        sex=sexes[begin].astype(np.int32),
        window=np.searchsorted(windows[begin], np.arange(count + 1)).astype(np.int32),
        nights=np.diff(edges).astype(np.int32),
    )


@dataclass(frozen=True)
class Answer:
    """Of each block, the cheapest schedule: what it costs, in parts, and its spells (begin, end), so many."""

    value: Whole
    spells: Ints
    count: Ints


class Blocks:
    """A class of rooms in one window is a block: number class · windows + window."""

    def __init__(self, model: Model, classes: Classes) -> None:
        self._stints = stints(model)
        self._beds = model.capacity[classes.room]
        self._apart = model.same[classes.room] & (self._beds > 1)
        self._price = model.price[:, classes.room].T.astype(np.int64) * PARTS
        self.windows = len(self._stints.nights)
        self.count = len(self._beds) * self.windows
        self.rooms = np.repeat(classes.beds // self._beds, self.windows).astype(np.int64)
        self._most = int(self._beds.max(initial=1)) * int(self._stints.nights.max(initial=1))

    def answer(self, worth: Whole, parts: int = 1, pool: Executor | None = None) -> Answer:
        """Every block's cheapest schedule at cost less worth (stays, in parts)."""
        asked = self._price - worth
        answer = Answer(
            np.zeros(self.count, np.int64),
            np.zeros((self.count, self._most, 2), np.int32),
            np.zeros(self.count, np.int32),
        )

        def ask(part: int) -> None:
            KERNEL.schedules(
                self._stints, asked, self._beds, self._apart, TRANSFER * PARTS // 2, GENDER * PARTS, part, parts,
                answer.value, answer.spells, answer.count,
            )  # fmt: skip

        list((pool.map if pool else map)(ask, range(parts)))
        return answer

    def total(self, worth: Whole, answer: Answer) -> int:
        """What no plan costs less than, in parts."""
        return int(worth.sum()) + int((self.rooms * answer.value).sum())


@dataclass
class _Schedule:
    """`stays` ascending; `cost` in tenths, without any worth; `used`: the last round in which it was in the mixture."""

    stays: Ints
    cost: float
    used: int
    taken: float = 0.0


class Bundle:
    """Rounds of asking the blocks and mixing what they answered. The same whatever the parts; no clock."""

    def __init__(self, model: Model, classes: Classes, worth: Whole, ask: Callable[[Blocks, Whole], Answer]) -> None:
        self._blocks = Blocks(model, classes)
        self._ask = ask
        self.cost = -(1 << 62)
        self._center = self._worth = worth
        self._promise, self._pull, self._round = 0.0, PULL, 0
        self._known: list[dict[bytes, _Schedule]] = [{} for _ in range(self._blocks.count)]
        self._empty = self._blocks.rooms.astype(float)
        self._classes = len(classes.beds)
        self.lies = np.zeros((len(model.price), self._classes))

    def step(self) -> None:
        """Ask once at the worth of now, keep it when it proves more, and find the next."""
        answer = self._ask(self._blocks, self._worth)
        cost = self._blocks.total(self._worth, answer)
        if self._round == 0 or (cost - self.cost) >= SERIOUS * (self._promise - self.cost):
            self._center = self._worth
            self._pull = min(self._pull * LONGER, MOST_PULL) if self._round else self._pull
        else:
            self._pull = max(self._pull * SHORTER, LEAST_PULL)
        self.cost = max(cost, self.cost)
        self._learn(answer)
        self._mix()
        self._round += 1

    def _learn(self, answer: Answer) -> None:
        """Keep the schedules that are new; now and then forget old ones."""
        for block in np.flatnonzero(answer.count):
            spells = answer.spells[block, : answer.count[block]]
            stays = np.sort(np.concatenate([np.arange(begin, end, dtype=np.int64) for begin, end in spells]))
            key = np.sort(spells, axis=0).tobytes()
            if key not in self._known[block]:
                cost = (answer.value[block] + self._worth[stays].sum()) / PARTS
                self._known[block][key] = _Schedule(stays, float(cost), self._round)
        if self._round % TIDY == TIDY - 1:
            old = self._round - FORGET
            self._known = [{key: one for key, one in some.items() if one.used > old} for some in self._known]

    def _mix(self) -> None:
        """Weigh the known schedules; what is missing or double in the mixture says what nights are worth next."""
        schedules = [one for some in self._known for one in some.values()]
        sizes = np.array([len(some) for some in self._known])
        lengths = np.array([len(one.stays) for one in schedules], np.int64)
        stays = np.concatenate([np.zeros(0, np.int64), *(one.stays for one in schedules)])
        start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        owner = np.repeat(np.arange(len(schedules)), lengths)
        cost = np.array([one.cost for one in schedules], float)
        block = np.repeat(np.arange(self._blocks.count), sizes)
        taken = np.array([one.taken for one in schedules], float)
        missing = 1 - np.bincount(stays, taken[owner], len(self.lies))
        center = self._center / PARTS
        reduced = cost - np.bincount(owner, center[stays], len(schedules)).astype(float)
        known = Known(np.concatenate([[0], np.cumsum(sizes)]), start, stays, reduced)
        KERNEL.weigh(known, taken, self._empty, missing, self._pull)
        for one, share in zip(schedules, taken, strict=True):
            one.taken = float(share)
            one.used = self._round if share > LITTLE else one.used
        self._worth = np.rint((center + self._pull * missing) * PARTS).astype(np.int64)
        self._promised(block, cost - np.bincount(owner, self._worth[stays] / PARTS, len(schedules)))
        self._remember(stays, (block // self._blocks.windows)[owner], taken[owner])

    def _promised(self, block: Whole, reduced: NDArray[np.float64]) -> None:
        """What the bound would be at the next worth if there were no other schedules."""
        least = np.zeros(self._blocks.count)
        np.minimum.at(least, block, reduced)
        self._promise = float(self._worth.sum() + (self._blocks.rooms * least).sum() * PARTS)

    def _remember(self, stays: Whole, classes: Whole, taken: NDArray[np.float64]) -> None:
        cells = np.bincount(stays * self._classes + classes, taken, self.lies.size).reshape(self.lies.shape)
        self.lies = MEMORY * self.lies + (1 - MEMORY) * cells
