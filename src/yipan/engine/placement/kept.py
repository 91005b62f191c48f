"""What `pick` looks at, kept from one patient to the next: which beds are open, who lies where, what was worked out.

`judge` reads the whole network for each patient. Who asks for one bed after the other in a network that changes little
in between (the twin) keeps these facts instead and changes them with the network.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.placement.beds import Beds, Struct
from yipan.engine.placement.case import OFF
from yipan.engine.placement.codes import Part

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

MIXED = 255
"""Instead of a tier: a ward has beds of several."""
LEFTS = 16
"""For so many numbers of beds left, what a ward expects is remembered at a time."""
ROWS_FOR_EACH, MOST_ROWS = 4, 2**15


class Kept(NamedTuple):
    """K kinds of patients (rows of CASE), W wards, B beds, R rooms, D departments, G guests.

    A bed is open when it is known when it is ready (`facts.ready_at`): nobody has it, or it is promised to be left.
    """

    walk: Floats
    """(K, W) minutes on foot from home."""
    first_rank: Bytes
    """(K, W) rank of the best tier that a bed of the ward can be for the kind."""
    tier_at: Bytes
    """(K, W) tier of all beds of the ward for the kind, MIXED when they differ."""
    order: Ints
    """(K, W) wards by that rank."""
    alike: Ints
    """(B,) beds with the same number differ in nothing but their state and who lies in the room."""
    ward_first: Ints
    """(W + 1,) where the ward's beds begin in `ward_beds`, and its open ones in `open`."""
    ward_beds: Ints
    """(B,)"""
    open: Ints
    """(B,) the open beds of each ward."""
    opened: Ints
    """(W,) how many."""
    ready: Ints
    """(B,) minute from now at which an open bed is ready."""
    counted: Bytes
    """(B,) whether it stays free for a day then, and counts for its ward."""
    prompt: Ints
    """(W,) how many of those that count are ready at once."""
    free_of: Ints
    """(D,) beds that stand free."""
    first: Ints
    """(R,) first guest of the room, -1."""
    following: Ints
    """(G,) the next in the same room, -1."""


class Memo(NamedTuple):
    """What was worked out before. The rules are pure: the same question has the same answer."""

    sizes: NDArray[np.int64]
    """How many numbers `alike` has, and how many rows the table of questions, a power of two."""
    asked: NDArray[np.int64]
    """(rows, 2) kind of patient and bed, and company in the room; -1 for a row without an answer."""
    answer: NDArray[np.int64]
    """(rows,) tier, and rank above it; -1 when refused."""
    parts: Floats
    """(rows, Part) of the score, without those that depend on the hour."""
    chance_left: Ints
    chance: Floats
    """(W, LEFTS) `enough_tomorrow` for so many beds left, -1 for none."""
    short_left: Ints
    short: Floats
    """(W, LEFTS) `shortage_in` for so many beds left."""


def keep(beds: Beds, cases: Struct) -> Kept:
    """The facts about a network for these kinds of patients, before any bed is open and any guest in a room."""
    from yipan.engine.placement.pick import fixed_facts  # brings Numba along

    kinds, wards = len(cases), len(beds.wards)
    walk = np.zeros((kinds, wards))
    ranks, tiers = np.full((kinds, wards), OFF, np.uint8), np.full((kinds, wards), MIXED, np.uint8)
    fixed_facts(beds.arrays, cases, walk, ranks, tiers)
    counts = np.bincount(beds.beds["ward"], minlength=wards)
    return Kept(
        walk=walk,
        first_rank=ranks,
        tier_at=tiers,
        order=np.argsort(ranks, axis=1, kind="stable").astype(np.int32),
        alike=_alike(beds),
        ward_first=np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
        ward_beds=np.argsort(beds.beds["ward"], kind="stable").astype(np.int32),
        **_nobody(beds),
    )


def afresh(kept: Kept, beds: Beds) -> Kept:
    """The same facts with new arrays for what changes, of an empty and closed network."""
    return kept._replace(**_nobody(beds))


def _nobody(beds: Beds) -> dict[str, Any]:
    size, wards = len(beds), len(beds.wards)
    return {
        "open": np.zeros(size, np.int32),
        "opened": np.zeros(wards, np.int32),
        "ready": np.zeros(size, np.int32),
        "counted": np.ones(size, np.uint8),
        "prompt": np.zeros(wards, np.int32),
        "free_of": np.zeros(len(beds.departments), np.int32),
        "first": np.full(len(beds.rooms), -1, np.int32),
        "following": np.full(len(beds.guests), -1, np.int32),
    }


def new_memo(kept: Kept) -> Memo:
    """Room for answers; nothing is known yet."""
    kinds, wards = kept.walk.shape
    classes = int(kept.alike.max(initial=0)) + 1
    rows = 2 ** int(np.ceil(np.log2(min(ROWS_FOR_EACH * kinds * classes, MOST_ROWS))))
    return Memo(
        sizes=np.array([classes, rows]),
        asked=np.full((rows + 1, 2), -1),  # the last row is for what is not remembered
        answer=np.zeros(rows + 1, np.int64),
        parts=np.zeros((rows + 1, len(Part))),
        chance_left=np.full((wards, LEFTS), -1, np.int32),
        chance=np.zeros((wards, LEFTS)),
        short_left=np.full((wards, LEFTS), -1, np.int32),
        short=np.zeros((wards, LEFTS)),
    )


def _alike(beds: Beds) -> Ints:
    """A number for each kind of bed: ward, department, level, equipment, and what its room is for."""
    room = beds.rooms[beds.beds["room"]]
    columns = [beds.beds[name] for name in ("ward", "department", "level", "equipment")]
    columns += [room[name] for name in ("age_min", "age_max", "size", "sex", "isolation")]
    _, number = np.unique(np.column_stack(columns).astype(np.int64), axis=0, return_inverse=True)
    return number.astype(np.int32).reshape(-1)
