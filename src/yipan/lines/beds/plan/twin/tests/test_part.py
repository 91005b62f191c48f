"""A part of the network is a network: what its rows point to is what they pointed to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from yipan.engine.placement import Policy, rank
from yipan.engine.placement.beds import NEVER
from yipan.engine.placement.codes import BedState
from yipan.engine.placement.tests.networks import random_beds, random_need
from yipan.lines.beds.plan.twin.part import part_of


@pytest.mark.parametrize("seed", range(12))
def test_placement_in_a_part_is_placement_with_the_rest_closed(seed: int) -> None:
    """The same beds come out in the same order, whether the others are left out or closed."""
    beds = replace(random_beds(seed), guests=random_beds(seed).guests[:0])
    wards = np.unique(beds.beds["ward"])[::2]
    mine = np.isin(beds.beds["ward"], wards)
    closed = beds.beds.copy()
    closed["state"][~mine], closed["available_at"][~mine] = BedState.CLOSED, NEVER
    department = int(beds.beds["department"][mine][0])
    part = part_of(beds, mine, [department])
    need = replace(random_need(seed, beds), department=department, ward=int(wards[0]), current_bed=-1)
    whole = rank(replace(beds, beds=closed), need, Policy())
    renamed = replace(need, department=int(part.department_of[department]), ward=int(part.ward_of[wards[0]]))
    inside = rank(part.beds, renamed, Policy())
    assert inside.order.tolist() == part.bed_of[whole.order].tolist()
    assert np.array_equal(inside.result.refusal, whole.result.refusal[np.flatnonzero(mine)])
