"""A part of the network as a network of its own: the beds that are simulated, renumbered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yipan.engine.placement import Beds

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Part:
    """`beds` with, for each of its rows, the row that it was; and back, -1 for what is not in it."""

    beds: Beds
    wards: Rows
    departments: Rows
    bed_of: Rows
    ward_of: Rows
    department_of: Rows


def part_of(beds: Beds, mine: Sequence[bool], departments: Sequence[int]) -> Part:
    """The beds that `mine` marks, their rooms and wards, and the departments that own them, live there or are named.

    Sites and specialties stay as they are, and nobody lies there: who does is told apart.
    """
    kept = np.flatnonzero(np.asarray(mine, np.bool_))
    rows = beds.beds[kept].copy()
    rooms, wards = np.unique(rows["room"]), np.unique(rows["ward"])
    home = beds.wards["department"][wards]
    owners = np.unique(np.concatenate((rows["department"], home[home >= 0], np.asarray(departments, np.int64))))
    bed_of = _numbered(kept, len(beds))
    room_of, ward_of = _numbered(rooms, len(beds.rooms)), _numbered(wards, len(beds.wards))
    department_of = _numbered(owners, len(beds.departments))
    rows["room"], rows["ward"] = room_of[rows["room"]], ward_of[rows["ward"]]
    rows["department"] = department_of[rows["department"]]
    its_rooms, its_wards = beds.rooms[rooms].copy(), beds.wards[wards].copy()
    its_rooms["ward"] = ward_of[its_rooms["ward"]]
    its_wards["department"] = np.where(home >= 0, department_of[home], -1)
    made = Beds(
        beds=rows,
        rooms=its_rooms,
        wards=its_wards,
        departments=beds.departments[owners],
        guests=beds.guests[:0],
        competence=beds.competence[wards],
        alliance=beds.alliance[np.ix_(owners, owners)],
        similarity=beds.similarity,
        walk=beds.walk[np.ix_(wards, wards)],
        road=beds.road,
    )
    return Part(made, wards, owners, bed_of, ward_of, department_of)


def _numbered(kept: Rows, size: int) -> Rows:
    back = np.full(size, -1, np.int64)
    back[kept] = np.arange(len(kept))
    return back
