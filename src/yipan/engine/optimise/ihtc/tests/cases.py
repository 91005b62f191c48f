"""Small problems by chance, and where the competition's files lie."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

ROOT = Path(__file__).parents[6]
DATA = Path(os.environ.get("YIPAN_DATA", ROOT.parent / "shared" / "data")) / "ihtc"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the competition's files are not here; YIPAN_DATA names the directory that holds ihtc/"
)

Json = dict[str, Any]


def small(seed: int, *, days: int = 4, patients: int = 6, nurses: int = 4, shifts: int = 2) -> Json:
    """A problem in the competition's format in which a plan exists, drawn by a seed."""
    chance = random.Random(seed)
    names = ["early", "late", "night"][:shifts]
    rooms = [{"id": f"r{i}", "capacity": chance.choice((1, 2, 2, 3))} for i in range(3)]

    def person(stay: int) -> Json:
        return {
            "gender": chance.choice("AB"),
            "age_group": chance.choice(("child", "adult", "old")),
            "length_of_stay": stay,
            "workload_produced": [chance.randint(0, 3) for _ in range(stay * shifts)],
            "skill_level_required": [chance.randint(0, 2) for _ in range(stay * shifts)],
        }

    def patient(number: int) -> Json:
        release = chance.randint(0, days - 1)
        mandatory = chance.random() < 0.2
        due = {"surgery_due_day": days - 1} if mandatory else {}
        unfit = [room["id"] for room in rooms[1:] if chance.random() < 0.2]
        return {
            "id": f"p{number}",
            **person(chance.randint(1, days)),
            "mandatory": mandatory,
            "surgery_release_day": min(release, 1) if mandatory else release,
            **due,
            "surgery_duration": chance.choice((30, 60, 90)),
            "surgeon_id": f"s{chance.randint(0, 1)}",
            "incompatible_room_ids": unfit,
        }

    def nurse(number: int) -> Json:
        roster = []
        for day in range(days):
            # the first nurses work every shift, so that each is staffed
            position = number if number < shifts else chance.randint(0, shifts - 1)
            if number < shifts or chance.random() < 0.8:
                roster.append({"day": day, "shift": names[position], "max_load": chance.randint(0, 6)})
        return {"id": f"n{number}", "skill_level": chance.randint(0, 2), "working_shifts": roster}

    return {
        "days": days,
        "skill_levels": 3,
        "shift_types": names,
        "age_groups": ["child", "adult", "old"],
        "weights": {
            "room_mixed_age": chance.randint(0, 5),
            "room_nurse_skill": chance.randint(0, 10),
            "continuity_of_care": chance.randint(0, 5),
            "nurse_eccessive_workload": chance.randint(0, 10),
            "open_operating_theater": chance.randint(0, 30),
            "surgeon_transfer": chance.randint(0, 10),
            "patient_delay": chance.randint(0, 10),
            "unscheduled_optional": chance.randint(50, 150),
        },
        "occupants": [{"id": "o0", **person(chance.randint(1, 2)), "room_id": "r0"}],
        "patients": [patient(number) for number in range(patients)],
        "surgeons": [
            {"id": f"s{i}", "max_surgery_time": [chance.choice((90, 120, 180)) for _ in range(days)]} for i in range(2)
        ],
        "operating_theaters": [
            {"id": f"t{i}", "availability": [chance.choice((90, 120, 240)) for _ in range(days)]} for i in range(2)
        ],
        "rooms": rooms,
        "nurses": [nurse(number) for number in range(nurses)],
    }


def problems() -> st.SearchStrategy[str]:
    """Texts of small problems of several shapes."""
    return st.builds(
        lambda seed, days, patients, nurses, shifts: json.dumps(
            small(seed, days=days, patients=patients, nurses=nurses, shifts=shifts)
        ),
        st.integers(0, 10**6),
        st.integers(2, 6),
        st.integers(1, 14),
        st.integers(3, 6),
        st.integers(1, 3),
    )
