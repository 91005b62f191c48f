"""Networks for tests: one small ward plan to change by hand, and random ones from a seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from yipan.engine.placement.beds import BED, DEPARTMENT, GUEST, NEVER, NO_AGE_LIMIT, ROOM, WARD, Beds
from yipan.engine.placement.codes import (
    BedState,
    Equipment,
    Isolation,
    Level,
    NursingLevel,
    Refusal,
    RoomSex,
    Severity,
    Sex,
    Urgency,
)
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import (
    NURSING_LEVELS,
    RESERVE_USERS,
    ROOM_KINDS,
    SEVERITIES,
    TIERS,
    Policy,
)
from yipan.engine.placement.rank import rank

OWN, ALLY, KIN, FAR, ICU, AWAY = range(6)
"""Wards and departments of `plan`, one room of two beds each: home, allied, similar, other, intensive, other site."""


def struct(kind: np.dtype[np.void], rows: list[dict[str, Any]], **default: Any) -> np.ndarray:
    """A struct array from dicts."""
    out = np.zeros(len(rows), kind)
    for i, row in enumerate(rows):
        for name, value in (default | row).items():
            out[name][i] = value
    return out


class Plan:
    """Six wards in dicts, free to change before `beds()`: home, allied, similar, unrelated, intensive, other site."""

    def __init__(self) -> None:
        self.beds_rows = [self.bed(room) for room in range(6) for _ in range(2)]
        self.rooms = [self.room(w) for w in range(6)]
        self.wards = [self.ward(w) for w in range(6)]
        self.departments = [{"specialty": s, "site": 0, "own_in": NEVER} for s in range(5)]
        self.departments.append({"specialty": 0, "site": 1, "own_in": NEVER})
        for i in (2 * ICU, 2 * ICU + 1):
            self.beds_rows[i]["level"] = Level.INTENSIVE
        self.guests: list[dict[str, Any]] = []
        self.competence = np.full((6, 5), 8)
        self.alliance = np.zeros((6, 6), int)
        self.alliance[OWN, ALLY] = 1
        self.similarity = np.eye(5)
        self.similarity[OWN, KIN] = 0.7
        self.walk = np.full((6, 6), 5.0)
        np.fill_diagonal(self.walk, 0)
        self.road = np.array([[0.0, 25.0], [25.0, 0.0]])

    @staticmethod
    def bed(room: int) -> dict[str, Any]:
        return {"room": room, "ward": room, "department": room, "available_at": NEVER, "available_until": NEVER}

    @staticmethod
    def room(ward: int) -> dict[str, Any]:
        return {"ward": ward, "age_max": NO_AGE_LIMIT, "sex": RoomSex.SAME}

    @staticmethod
    def ward(w: int) -> dict[str, Any]:
        return {"site": int(w == AWAY), "department": w, "nurses": 10, "reserve": 0, "turnover": -1}

    def fill(self, *wards: int) -> Plan:
        """Occupy every bed of the wards, nobody announced to leave."""
        for row in self.beds_rows:
            if row["ward"] in wards:
                row["state"] = BedState.OCCUPIED
        return self

    def guest(self, bed: int, sex: Sex, **more: Any) -> Plan:
        """Somebody in a bed, who stays."""
        self.beds_rows[bed]["state"] = BedState.OCCUPIED
        self.guests.append({"bed": bed, "sex": sex, "until": NEVER} | more)
        return self

    def beds(self) -> Beds:
        return Beds(
            struct(BED, self.beds_rows),
            struct(ROOM, self.rooms),
            struct(WARD, self.wards),
            struct(DEPARTMENT, self.departments),
            struct(GUEST, self.guests),
            self.competence,
            self.alliance,
            self.similarity,
            self.walk,
            self.road,
        )


MAN = {"department": OWN, "sex": Sex.MALE, "age": 50}
"""An ordinary patient of the home department, as keywords of Need."""


def refusal(plan: Plan, bed: int, policy: dict[str, Any] | None = None, **need: Any) -> Refusal:
    """What `rank` says about one bed for `MAN` with other values."""
    return rank(plan.beds(), Need(**(MAN | need)), Policy.from_dict(policy or {})).refusal(bed)


def random_beds(seed: int, size: int = 40) -> Beds:
    """A network with every kind of room, ward, guest and state in it, and some values that are not known."""
    r = np.random.default_rng(seed)
    specialties, sites, departments, wards = 4, 3, 6, 7
    rooms = max(size // 2, wards)
    kinds = [0, 0, 0, 0, 1, 2, 3, 4]
    room_rows = [
        {
            "ward": int(r.integers(wards)),
            "age_min": int(r.choice([0, 0, 0, 0, 14])),
            "age_max": int(r.choice([NO_AGE_LIMIT] * 4 + [17])),
            "sex": int(r.choice([0, 1, 2, 3, 3, 3])),
            "isolation": int(r.choice(kinds)),
        }
        for _ in range(rooms)
    ]
    ward_rows = [
        {
            "workload": float(r.choice([0, 0.8, 1.1, 1.6])),
            "expected_need": float(r.choice([0, 0.4, 2.5, 6])),
            "expected_leaving": float(r.choice([0, 0.5, 1.5])),
            "site": int(r.choice([0, 0, 0, 1, 2])),
            "department": int(r.integers(-1, departments)),
            "nurses": int(r.choice([0, 5, 10])),
            "reserve": int(r.choice([-1, 0, 0, 1])),
            "keep": int(r.choice([0, 0, 0, 2])),
            "turnover": int(r.choice([-1, 0, 45])),
            "foreseen": int(r.choice([0, 1, 1])),
        }
        for _ in range(wards)
    ]
    bed_rows = [_random_bed(r, room_rows, departments) for _ in range(size)]
    for bed in bed_rows:  # most departments have no bed that stands free
        if bed["department"] < departments - 2 and bed["state"] == BedState.FREE:
            bed["state"] = int(BedState.OCCUPIED)
    nurses = np.array([w["nurses"] for w in ward_rows])
    walk, road = r.choice([0, 3, 8, 15, 30, np.inf], (wards, wards)), r.choice([10, 40, 90, np.inf], (sites, sites))
    np.fill_diagonal(walk, 0)
    np.fill_diagonal(road, 0)
    similarity = r.choice([0, 0.3, 0.6, 0.9], (specialties, specialties))
    np.fill_diagonal(similarity, 1)
    return Beds(
        struct(BED, bed_rows),
        struct(ROOM, room_rows),
        struct(WARD, ward_rows),
        struct(
            DEPARTMENT,
            [_random_department(r, specialties) for _ in range(departments)],
        ),
        struct(GUEST, _random_guests(r, bed_rows)),
        (r.random((wards, specialties)) * (nurses[:, None] + 1)).astype(int),
        r.choice([0, 0, 0, 1, 2], (departments, departments)),
        similarity,
        walk,
        road,
    )


def _random_bed(r: np.random.Generator, rooms: list[dict[str, Any]], departments: int) -> dict[str, Any]:
    room = int(r.integers(len(rooms)))
    return {
        "room": room,
        "ward": rooms[room]["ward"],
        "department": int(r.integers(departments)),
        "available_at": int(r.choice([NEVER, -20, 30, 90, 600, 2000, 4000])),
        "available_until": int(r.choice([NEVER] * 20 + [60, 3000, 9000])),
        "state": int(r.choice([0, 0, 0, 0, 0, 0, 1, 2, 2, 3, 4])),
        "level": int(r.choice([0, 0, 0, 0, 1, 2])),
        "equipment": int(r.choice([0, 1, 1, 3, 7])),
    }


def _random_department(r: np.random.Generator, specialties: int) -> dict[str, Any]:
    own_in = int(r.choice([20, 40, 90, 150, 200, 300, 350, NEVER]))
    return {"specialty": int(r.integers(specialties)), "site": int(r.integers(2)), "own_in": own_in}


def _random_guests(r: np.random.Generator, beds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    guests = []
    for i, bed in enumerate(beds):
        if bed["state"] in (BedState.HELD, BedState.OCCUPIED) or r.random() < 0.05:
            since = int(r.choice([-500, 0, 700]))
            guests.append(
                {
                    "bed": int(i if r.random() < 0.95 else -1),
                    "since": since,
                    "until": int(r.choice([NEVER, NEVER, since + 100, since + 5000])),
                    "pathogen": int(r.choice([0, 1, 2])),
                    "sex": int(r.choice([0] + [1] * 6 + [2] * 6)),
                    "isolation": int(r.choice([0] * 12 + [1, 2, 3, 4])),
                }
            )
    return guests


def random_need(seed: int, beds: Beds) -> Need:
    """A patient with anything, mostly what is common."""
    r = np.random.default_rng(seed + 1_000_003)
    return Need(
        department=int(r.integers(len(beds.departments))),
        specialty=int(r.choice([-1, -1, 0, 2])),
        severity=Severity(int(r.choice([0, 0, 0, 1, 2]))),
        nursing_level=NursingLevel(int(r.choice([0, 1, 2, 2, 3]))),
        urgency=Urgency(int(r.integers(3))),
        sex=Sex(int(r.choice([0, 1, 1, 2, 2]))),
        age=int(r.choice([-1, 5, 15, 40, 70, 80])),
        isolation=Isolation(int(r.choice([0] * 8 + [1, 2, 3, 4]))),
        pathogen=int(r.choice([0, 1, 2])),
        equipment=Equipment(int(r.choice([0, 0, 0, 1, 1, 3, 7]))),
        level=Level(int(r.choice([0] * 10 + [1, 2]))),
        start=int(r.choice([0, 0, 0, 60, 2880])),
        stay_days=float(r.choice([0.5, 2, 8])),
        ward=int(r.choice([-1, -1, 0])),
        site=int(r.choice([-1, 0, 1])),
        home_site=int(r.choice([-1, 0, 2])),
        current_bed=int(r.choice([-1, -1, 0, 3])),
    )


def random_policy(seed: int) -> Policy:
    """The default with anything changed."""
    r = np.random.default_rng(seed + 2_000_003)

    def some(names: tuple[str, ...], share: float = 0.7) -> list[str]:
        return [name for name in names if r.random() < share]

    if r.random() < 0.3:
        return Policy()
    rest = [str(t) for t in r.permutation(TIERS[1:])] if r.random() < 0.3 else list(TIERS[1:])
    flags = {u: bool(r.random() < 0.7) for u in ("emergency", "urgent", "elective")}
    rule = {
        kind: {"rooms": some(ROOM_KINDS, 0.6), "cohort": bool(r.random() < 0.6)}
        for kind in ("contact", "droplet", "airborne", "protective")
    }
    return Policy.from_dict(
        {
            "strategy": str(r.choice(["silo", "tiers", "reserve"] + ["lookahead"] * 5)),
            "lookahead": {
                "off_service_penalty": float(r.choice([0.1, 0.23])),
                "pressure": float(r.choice([0, 20, 60])),
            },
            "tiers": {
                "order": ["own", *(t for t in rest if r.random() < 0.85)],
                "own_reach": str(r.choice(["department", "site", "network"])),
                "min_similarity": float(r.choice([0.3, 0.6, 0.95])),
            },
            "severity": {"shared": ["general", *some(SEVERITIES[1:], 0.2)], "intensive_open_to": some(SEVERITIES, 0.4)},
            "times": {"reservation_horizon_hours": int(r.choice([1, 24, 48])), "turnover_minutes": 20},
            "distance": {
                "other_site": flags,
                "max_road_minutes": {"urgent": int(r.choice([10, 60]))},
                "max_walk_minutes": int(r.choice([5, 20])),
            },
            "reserve": {"default_beds": int(r.integers(3)), "open_to": some(RESERVE_USERS, 0.5)},
            "nursing": {
                "shared_levels": some(NURSING_LEVELS),
                "consult_below": 0.5,
                "refuse_below": float(r.choice([0, 0.3])),
            },
            "isolation": rule,
            "age": {"children_together": bool(r.random() < 0.7)},
            "score": {"weights": {"nursing": float(r.choice([0, 10, 50])), "room": float(r.choice([1, 33]))}},
            "rules": {name: bool(r.random() < 0.9) for name in Policy().to_dict()["rules"]},
        }
    )
