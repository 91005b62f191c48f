"""A roster as JSON: each nurse's week, and who has which rooms in each shift."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from yipan.engine.optimise.nursing.instance import Week

if TYPE_CHECKING:
    from yipan.engine.optimise.nursing.problem import Roster


def write(week: Week, roster: Roster) -> str:
    """{"nurses": {name: [shift or "" for each day]}, "rooms": [{day, shift, rooms: {name: nurse or null}}]}."""
    kinds = len(week.shifts)
    nurses: dict[str, list[str]] = {}
    for n, nurse in enumerate(week.nurses):
        row = [""] * week.days
        for slot in roster.works[n].nonzero()[0].tolist():
            row[slot // kinds] = week.shifts[slot % kinds].name
        nurses[nurse.name] = row
    rooms: list[dict[str, Any]] = []
    for slot in range(week.slots):
        had = {room.name: int(roster.cover[r, slot]) for r, room in enumerate(week.rooms) if week.work[r, slot]}
        told = {name: week.nurses[n].name if n >= 0 else None for name, n in had.items()}
        rooms.append({"day": slot // kinds + 1, "shift": week.shifts[slot % kinds].name, "rooms": told})
    return json.dumps({"nurses": nurses, "rooms": rooms}, ensure_ascii=False, indent=1) + "\n"
