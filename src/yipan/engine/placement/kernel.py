"""The compiled heart: every hard rule and every part of the score, one bed at a time.

Plain arrays and scalars only, so that other compiled code (the twin) calls `assess` and `best` directly. Rules and
formulas are described in docs/reference/policy.md; the same in slow and obvious Python is `tests/oracle.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from yipan.engine.placement.codes import Flag, Tier
from yipan.engine.placement.compiled import entry, fingerprint, inner
from yipan.engine.placement.facts import (
    company_in,
    count_late,
    guests_by_room,
    nowhere,
    survey,
    turnover_of,
    walk_from_home,
)
from yipan.engine.placement.result import REFUSED
from yipan.engine.placement.rules import (
    refuse_kind,
    refuse_room,
    refuse_time,
    refuse_ward,
    reserve_of,
    share_of,
    tier_of,
)
from yipan.engine.placement.score import closeness, enough_tomorrow, nursing_fit, room_fit, travel

CONSULT, FROM_RESERVE = int(Flag.CONSULT), int(Flag.FROM_RESERVE)
ALONE = (0, 0, 0, 0, 0, 0)


@inner
def judge(net, case, out):  # type: ignore[no-untyped-def]
    """Judge every bed. Arrays become locals and helpers get scalars: each array handed over costs two atomic counts."""
    beds, rooms, wards, departments, guests = net.beds, net.rooms, net.wards, net.departments, net.guests
    competence, alliance, similarity, road = net.competence, net.alliance, net.similarity, net.road
    refusals, tiers, readies, keys = out.refusal, out.tier, out.ready, out.key
    ready, counted, prompt, late_first, late_next = survey(beds, wards, case)
    first, following = guests_by_room(guests, beds, rooms)
    walk = walk_from_home(wards, net.walk, case)
    weights = (
        case.weights[0],
        case.weights[1],
        case.weights[2],
        case.weights[3],
        case.weights[4],
        case.weights[5],
        case.weights[6],
    )
    return 0
