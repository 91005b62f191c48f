"""Weeks for tests: random ones, and a small one that can be searched by hand."""

from __future__ import annotations

import numpy as np

from yipan.engine.optimise.nursing import Guest, Nurse, Prices, Room, Rules, Shift, Week

SHIFTS = (Shift("early", 7 * 60, 15 * 60), Shift("late", 14 * 60, 22 * 60), Shift("night", 22 * 60, 7 * 60))
MINUTES = {"special": (240, 200, 150), "1": (120, 100, 60), "2": (60, 50, 30), "3": (30, 20, 15)}
SKILL = {"special": 3, "1": 2, "2": 1, "3": 1}


def random_week(seed: int, *, days: int = 4, rooms: int = 5, nurses: int = 6) -> Week:
    r = np.random.default_rng(seed)
    kinds = SHIFTS[: int(r.integers(1, 4))]
    slots = days * len(kinds)

    def some(share: float) -> frozenset[int]:
        return frozenset(np.flatnonzero(r.random(slots) < share).tolist())

    def guest(name: str) -> Guest:
        first = int(r.integers(days))
        return Guest(name, str(r.choice(list(MINUTES))), first, int(r.integers(first, days)))

    return Week(
        days,
        kinds,
        tuple(Room(f"R{k}", tuple(guest(f"P{k}.{g}") for g in range(int(r.integers(0, 4))))) for k in range(rooms)),
        tuple(
            Nurse(f"N{k}", int(r.integers(1, 4)), int(r.integers(0, days + 1)), int(r.integers(0, days + 1)),
                  int(r.choice([120, 300])), some(0.2), some(0.15) if r.random() < 0.5 else frozenset())
            for k in range(nurses)
        ),
        {level: minutes[: len(kinds)] for level, minutes in MINUTES.items()},
        SKILL,
        tuple(int(r.integers(0, 3)) for _ in kinds),
        Rules(int(r.choice([0, 600, 660, 1500])), int(r.integers(1, 5))),
        Prices(),
    )  # fmt: skip


def two_nurses(**more: object) -> Week:
    """Two days of one shift, two rooms with a patient each, two nurses who owe both days."""
    rooms = tuple(Room(f"R{k}", (Guest(f"P{k}", "2", 0, 1),)) for k in range(2))
    nurses = tuple(Nurse(f"N{k}", 1, 2, 2, 120) for k in range(2))
    told: dict[str, object] = {
        "days": 2,
        "shifts": SHIFTS[:1],
        "rooms": rooms,
        "nurses": nurses,
        "minutes": {level: minutes[:1] for level, minutes in MINUTES.items()},
        "skill": SKILL,
        "least": (1,),
    }
    return Week(**(told | more))  # type: ignore[arg-type]
