"""Small networks for tests: wards that are alike, and random ones from a seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from yipan.engine.placement import NEVER, Beds, Need, Policy
from yipan.engine.placement.beds import BED, DEPARTMENT, GUEST, NO_AGE_LIMIT, ROOM, WARD
from yipan.engine.placement.codes import Sex, Urgency
from yipan.engine.simulate import Demand, Lognormal, Option, Scenario, Stay

POOLED, SILO = ("own", "nearest"), ("own",)


def wards_alike(wards: int, per_ward: int, room_size: int = 1) -> Beds:
    """One site, one department and specialty a ward, three minutes from ward to ward."""
    size = wards * per_ward
    rooms = -(-per_ward // room_size)
    bed, room, ward = np.zeros(size, BED), np.zeros(wards * rooms, ROOM), np.zeros(wards, WARD)
    bed["ward"] = bed["department"] = np.arange(size) // per_ward
    bed["room"] = bed["ward"] * rooms + np.arange(size) % per_ward // room_size
    bed["available_at"] = bed["available_until"] = NEVER
    room["ward"], room["age_max"] = np.arange(wards * rooms) // rooms, NO_AGE_LIMIT
    ward["department"], ward["reserve"], ward["turnover"] = np.arange(wards), -1, -1
    department = np.zeros(wards, DEPARTMENT)
    department["specialty"] = np.arange(wards)
    return Beds(
        beds=bed,
        rooms=room,
        wards=ward,
        departments=department,
        guests=np.zeros(0, GUEST),
        competence=np.zeros((wards, wards)),
        alliance=np.zeros((wards, wards)),
        similarity=np.eye(wards),
        walk=np.full((wards, wards), 3.0),
        road=np.zeros((1, 1)),
    )


def option(name: str, tiers: tuple[str, ...] = POOLED, reserve: int = 0, **more: Any) -> Option:
    """A policy that differs from the default by its tiers and reserve."""
    told = {
        "tiers": {"order": list(tiers)},
        "reserve": {"default_beds": reserve, "open_to": []},
        "times": {"max_wait_minutes": {"emergency": 0}},  # no bed is promised while it is cleaned
    }
    return Option(name=name, policy=Policy.from_dict(told), **more)


def even(
    wards: int = 4,
    per_ward: int = 10,
    load: float = 0.9,
    stay: Stay | None = None,
    room_size: int = 1,
    patience: float = float("inf"),
    **more: Any,
) -> Scenario:
    """Wards that are alike under an even load of own emergencies; options silo and pooled unless others are given."""
    stay = stay or Lognormal(48.0, 1.0)
    demand = tuple(
        Demand(
            name=f"D{d}",
            need=Need(department=d, urgency=Urgency.EMERGENCY, sex=Sex.FEMALE),
            per_day=load * per_ward / (stay.mean / 24),
            stay=stay,
            patience=patience,
        )
        for d in range(wards)
    )
    settings: dict[str, Any] = {"penalty": 0.0, "days": 30.0, "cleaning": 0.0}
    return Scenario(
        name="even",
        beds=wards_alike(wards, per_ward, room_size),
        wards=tuple(f"W{w}" for w in range(wards)),
        departments=tuple(f"D{w}" for w in range(wards)),
        demand=demand,
        options=more.pop("options", (option("silo", SILO), option("pooled"))),
        **{**settings, **more},
    )
