"""What the reader refuses, and how it says where."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from yipan.engine.optimise.ihtc.reading import read
from yipan.engine.optimise.ihtc.tests.cases import DATA, Json, needs_data, small
from yipan.kernel.errors import InvalidInput


def crowd(raw: Json) -> None:
    raw["rooms"][0]["capacity"] = 3
    raw["occupants"] = [raw["occupants"][0] | {"id": f"o{number}"} for number in range(4)]


def mix(raw: Json) -> None:
    first = raw["occupants"][0]
    raw["rooms"][0]["capacity"] = 3
    raw["occupants"] = [first | {"gender": "A"}, first | {"id": "o1", "gender": "B"}]


def must(raw: Json, **more: object) -> None:
    raw["patients"][0] |= {"mandatory": True, "surgery_due_day": 3, "surgery_release_day": 0, **more}


def hours(raw: Json) -> list[int]:
    return raw["operating_theaters"][0]["availability"]


def duties(raw: Json) -> list[Json]:
    return raw["nurses"][0]["working_shifts"]


FAULTS: list[tuple[Callable[[Json], object], str, str, str | None]] = [
    (lambda raw: raw.pop("weights"), "missing", "weights", None),
    (
        lambda raw: raw["patients"][3].update(surgery_release_day=40),
        "past_last_day",
        "patients[3].surgery_release_day",
        "40",
    ),
    (lambda raw: must(raw, surgery_due_day=40), "past_last_day", "patients[0].surgery_due_day", "40"),
    (
        lambda raw: must(raw, surgery_due_day=0, surgery_release_day=2),
        "due_before_release",
        "patients[0].surgery_due_day",
        "0",
    ),
    (lambda raw: raw.update(days="4"), "not_whole", "days", '"4"'),
    (lambda raw: raw.update(days=True), "not_whole", "days", "true"),
    (lambda raw: raw.update(days=0), "range", "days", "0"),
    (lambda raw: raw.update(rooms=[]), "empty", "rooms", "[]"),
    (lambda raw: raw.update(nurses={}), "not_list", "nurses", "{}"),
    (lambda raw: raw["patients"].append(7), "not_object", "patients[6]", "7"),
    (lambda raw: raw["patients"][0].update(gender="C"), "gender", "patients[0].gender", '"C"'),
    (lambda raw: raw["patients"][0].update(mandatory=1), "not_flag", "patients[0].mandatory", "1"),
    (lambda raw: raw["patients"][1].update(id="p0"), "twice", "patients[1].id", '"p0"'),
    (lambda raw: raw["patients"][1].update(id=""), "not_text", "patients[1].id", '""'),
    (lambda raw: raw["patients"][2].update(surgeon_id="x"), "unknown", "patients[2].surgeon_id", '"x"'),
    (lambda raw: raw["occupants"][0].update(room_id=None), "unknown", "occupants[0].room_id", "null"),
    (lambda raw: raw["occupants"][0].update(age_group="young"), "unknown", "occupants[0].age_group", '"young"'),
    (lambda raw: raw["surgeons"][1]["max_surgery_time"].pop(), "length", "surgeons[1].max_surgery_time", None),
    (lambda raw: hours(raw).__setitem__(2, -1), "range", "operating_theaters[0].availability[2]", "-1"),
    (lambda raw: raw["nurses"][0].update(skill_level=3), "range", "nurses[0].skill_level", "3"),
    (
        lambda raw: duties(raw)[1].update(duties(raw)[0]),
        "twice",
        "nurses[0].working_shifts[1]",
        '{"day": 0, "shift": "early", "max_load"…',
    ),
    (lambda raw: duties(raw)[1].update(shift="noon"), "unknown", "nurses[0].working_shifts[1].shift", '"noon"'),
    (crowd, "room_overfull", "occupants[3]", None),
    (mix, "genders_mixed", "occupants[1]", None),
    (lambda raw: must(raw, incompatible_room_ids=["r0", "r1", "r2"]), "no_room", "patients[0]", None),
    (lambda raw: must(raw, surgery_duration=500), "no_day", "patients[0]", None),
    (lambda raw: [nurse.update(working_shifts=[]) for nurse in raw["nurses"]], "no_nurse", "occupants[0]", None),
]


@pytest.mark.parametrize(("spoil", "code", "path", "value"), FAULTS)
def test_a_fault_is_told_with_its_place_and_value(
    spoil: Callable[[Json], object], code: str, path: str, value: str | None
) -> None:
    """Each fault has its code, the JSON path, and the value where one stands there."""
    raw = small(3)
    spoil(raw)
    with pytest.raises(InvalidInput) as caught:
        read(json.dumps(raw))
    told = caught.value
    assert (told.code, told.params.get("path"), told.params.get("value")) == (f"ihtc_{code}", path, value)


@pytest.mark.parametrize("text", ["", "{", "[1]", "7", b"\xff\xfe{", "[" * 100000, '{"days": NaN}'])
def test_what_is_no_problem_at_all_is_refused(text: str | bytes) -> None:
    """Texts that are not JSON, or not an object, give an error of ours."""
    with pytest.raises(InvalidInput):
        read(text)


@needs_data
@pytest.mark.parametrize("name", [f"i{number:02}" for number in range(1, 31)])
def test_the_competitions_problems_are_read(name: str) -> None:
    """All thirty public problems pass every check."""
    assert read((DATA / f"{name}.json").read_bytes()).patients
