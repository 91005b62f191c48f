"""The plain model: wards that are alike, one specialty each, emergencies only, lognormal stays."""

from __future__ import annotations

from typing import Any

import numpy as np

from yipan.engine.placement import NEVER, Beds, Need, Policy
from yipan.engine.placement.beds import BED, DEPARTMENT, GUEST, NO_AGE_LIMIT, ROOM, WARD
from yipan.engine.placement.codes import Sex, Urgency
from yipan.engine.simulate import Demand, Lognormal, Option, Scenario, Stay


def wards(count: int, beds: int, room_size: int) -> Beds:
    """`count` wards of `beds` beds, three minutes from one to the other."""
    size, rooms = count * beds, -(-beds // room_size)
    bed, room, ward = np.zeros(size, BED), np.zeros(count * rooms, ROOM), np.zeros(count, WARD)
    bed["ward"] = bed["department"] = np.arange(size) // beds
    bed["room"] = bed["ward"] * rooms + np.arange(size) % beds // room_size
    bed["available_at"] = bed["available_until"] = NEVER
    room["ward"], room["age_max"] = np.arange(count * rooms) // rooms, NO_AGE_LIMIT
    ward["department"], ward["reserve"], ward["turnover"] = np.arange(count), -1, -1
    department = np.zeros(count, DEPARTMENT)
    department["specialty"], department["own_in"] = np.arange(count), NEVER
    return Beds(
        beds=bed,
        rooms=room,
        wards=ward,
        departments=department,
        guests=np.zeros(0, GUEST),
        competence=np.zeros((count, count)),
        alliance=np.zeros((count, count)),
        similarity=np.eye(count),
        walk=np.full((count, count), 3.0),
        road=np.zeros((1, 1)),
    )


def option(name: str, *, strategy: str, reserve: int = 0, repatriate: bool = False, **lookahead: Any) -> Option:
    """A policy with two tiers, own and nearest."""
    told = {
        "strategy": strategy,
        "tiers": {"order": ["own", "nearest"]},
        "reserve": {"default_beds": reserve},
        "lookahead": lookahead,
    }
    return Option(name=name, policy=Policy.from_dict(told), repatriate=repatriate)


def model(
    options: tuple[Option, ...],
    *,
    count: int = 20,
    beds: int = 40,
    load: float = 0.92,
    stay: Stay | None = None,
    penalty: float = 0.23,
    room_size: int = 2,
    **more: Any,
) -> Scenario:
    """`count` wards at the same load. Both rooms' and patients' rules are asked; nobody is isolated."""
    stay = stay or Lognormal(7.5 * 24, 1.0)
    names = tuple(f"D{d}" for d in range(count))
    demand = tuple(
        Demand(
            name=name,
            need=Need(department=d, urgency=Urgency.EMERGENCY, sex=Sex.FEMALE),
            per_day=load * beds / (stay.mean / 24),
            stay=stay,
        )
        for d, name in enumerate(names)
    )
    return Scenario(
        name="plain model",
        beds=wards(count, beds, room_size),
        wards=names,
        departments=names,
        demand=demand,
        options=options,
        penalty=penalty,
        **{"days": 365.0, "cleaning": 0.0, **more},
    )
