"""The evaluator, on cases worked out by hand. Rooms of `TEXT`: 1 north single N, 2 south double D, 3 south single F."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yipan.engine.optimise.pas import plans, read, write
from yipan.engine.optimise.pas.evaluating import evaluate, violations
from yipan.engine.optimise.pas.tests.instances import TEXT
from yipan.kernel.errors import InvalidInput

INSTANCE = read(TEXT.encode())
ANN, BOB, CAI = (patient.id for patient in INSTANCE.patients[:3])
PLAN = {ANN: (3, 3), BOB: (1, 1, 1), CAI: (2, 2)}


def cost(**stays: tuple[int, ...]) -> dict[str, int]:
    """The components that are not 0, in tenths, of PLAN with other stays."""
    ids = {"ann": ANN, "bob": BOB, "cai": CAI}
    components = evaluate(INSTANCE, {**PLAN, **{ids[name]: stay for name, stay in stays.items()}})
    return {name: part for name, part in components.items() if part}


def test_each_rule_has_its_price() -> None:
    """Bob is treated for 2 on two nights, one level below the first in department 1 and room 1; Cai in room 2 is two
    levels below.
    """
    assert cost() == {"department": 20, "room": 20 + 40}


def test_a_specialism_that_is_not_listed_is_below_all_levels() -> None:
    """The lowest level in the file is 3, so that none counts as the fourth: 3 for the department, 3 for the room."""
    assert cost(bob=(2, 1, 1))["department"] == 20 + 30
    assert cost(bob=(2, 1, 1))["room"] == 60 + 30


def test_departments_may_be_left_out() -> None:
    """Then only the room's level counts."""
    instance = INSTANCE.without_department_levels()
    assert {name: part for name, part in evaluate(instance, PLAN).items() if part} == {"room": 60}


def test_the_sex_of_the_room_and_of_its_patients() -> None:
    """A man in the women's room pays 5; a man and a woman in a room for one sex at a time pay 5 together."""
    assert cost(bob=(3, 1, 1), ann=(1, 3))["gender"] == 50
    assert cost(ann=(3, 2))["gender"] == 50
    assert cost(ann=(3, 2), bob=(1, 2, 1))["gender"] == 50


def test_age_properties_and_beds_a_room() -> None:
    """Ann, 30, in the children's department without oxygen that she likes; Bob, 10, and telemetry that he needs."""
    assert {"age": 100, "preferred": 20}.items() <= cost(ann=(3, 1)).items()
    assert {"age": 100, "required": 50, "transfer": 110}.items() <= cost(bob=(2, 1, 1)).items()
    assert cost(ann=(2, 3))["capacity"] == 8


def test_every_change_of_room_is_a_transfer() -> None:
    """There and back again is two."""
    assert cost(bob=(1, 2, 1))["transfer"] == 220


def test_a_room_takes_as_many_as_it_has_beds() -> None:
    """Patients above the capacity count by room and night, and so do nights without a room."""
    assert violations(INSTANCE, PLAN) == {"beds": 0, "nights": 0}
    assert violations(INSTANCE, {**PLAN, CAI: (1, 1)}) == {"beds": 2, "nights": 0}
    assert violations(INSTANCE, {ANN: (3,), BOB: (1, 1, 1)}) == {"beds": 0, "nights": 3}


def test_the_file_names_a_bed_for_each_night() -> None:
    """The id of the patient and of her bed each night; who needs none is not there. Read again it is the same plan."""
    text = write(INSTANCE, PLAN)
    assert text == "1 4 4\n2 1 1 1\n3 2 2\n"
    assert plans.read(INSTANCE, text.encode()) == PLAN


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("1 4 4", "4 4", "pas_unknown_patient"), ("1 4 4", "1 4", "pas_words"), ("3 2 2", "3 2 9", "pas_unknown_bed")],
)
def test_a_plan_for_another_instance_is_refused(old: str, new: str, code: str) -> None:
    """Unknown patients and beds, and stays of another length."""
    with pytest.raises(InvalidInput, match=code):
        plans.read(INSTANCE, write(INSTANCE, PLAN).replace(old, new).encode())


def test_nobody_shares_a_bed() -> None:
    """Two in a room have two beds, each the same bed while she stays."""
    plan = {**PLAN, ANN: (2, 2), CAI: (2, 2)}
    beds = dict(line.split(maxsplit=1) for line in write(INSTANCE, plan).splitlines())
    assert beds["1"] != beds["3"]
    assert all(len(set(stay.split())) == 1 for stay in beds.values())


def test_no_patients_is_no_cost() -> None:
    """An empty house has an empty plan."""
    assert not any(evaluate(replace(INSTANCE, patients=()), {}).values())
