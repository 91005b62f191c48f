"""The reader takes what the benchmark writes and names the line of whatever is wrong."""

from __future__ import annotations

import pytest

from yipan.engine.optimise.pas import read
from yipan.engine.optimise.pas.tests.instances import TEXT
from yipan.kernel.errors import InvalidInput

BOB = "2 Bob 10 M | 0 3 | 2 1 1 2 2 | 2 | 1 0 | 0 0"


def test_everything_in_the_file_is_in_the_instance() -> None:
    """A room, a department and a patient as they stand in the file."""
    instance = read(TEXT.encode())
    assert instance.horizon == 3
    room = instance.rooms[1]
    assert (room.id, room.capacity, room.department, room.policy, room.levels) == (2, 2, 2, "D", {2: 3})
    assert (room.properties, room.beds) == ((False, True), (2, 3))
    assert (instance.departments[1].min_age, instance.departments[1].levels) == (16, {2: 1})
    bob = instance.patients[1]
    assert (bob.age, bob.sex, bob.specialisms, bob.preferred_capacity) == (10, "M", (1, 2, 2), 2)
    assert (bob.required, bob.preferred) == ((True, False), (False, False))


def test_a_stay_ends_with_the_horizon() -> None:
    """Who stays longer needs a bed until then only; a stay of no night, or after it, needs none."""
    instance = read(TEXT.encode())
    assert [list(instance.nights(each)) for each in instance.patients] == [[0, 1], [0, 1, 2], [1, 2], [], []]


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "value"),
    [
        ("Rooms: 3", "Rooms: three", "pas_number", 2, "three"),
        ("Rooms: 3", "Rooms: 0", "pas_number", 2, "0"),
        ("Beds: 4", "Bets: 4", "pas_heading", 4, "Bets: 4"),
        ("DEPARTMENTS:\n", "WARDS:\n", "pas_heading", 15, "WARDS:"),
        ("2 Medicine", "1 Medicine", "pas_twice", 13, 1),
        ("1 North 0 16 |", "1 North 0 16", "pas_parts", 16, "1 North 0 16 1 1 2 2"),
        ("1 North 0 16", "1 North 0", "pas_words", 16, "1 North 0"),
        ("| 1 1 2 2\n2 S", "| 1 1 2\n2 S", "pas_pairs", 16, "1 1 2"),
        ("| 1 1 2 2\n2 S", "| 1 1 2 7\n2 S", "pas_unknown_specialism", 16, 7),
        ("| 1 1 2 2\n2 S", "| 0 1 2 2\n2 S", "pas_number", 16, "0"),
        ("1 11 | 1 | 1 | N", "1 11 | 1 | 9 | N", "pas_unknown_department", 24, 9),
        ("1 11 | 1 | 1 | N", "1 11 | 1 | 1 | X", "pas_policy", 24, "X"),
        ("1 11 | 1 | 1 | N", "1 11 | 0 | 1 | N", "pas_number", 24, "0"),
        ("| 3 2 0 0 | 0 1", "| 3 2 0 0 | 0 2", "pas_number", 25, "2"),
        ("| 3 2 0 0 | 0 1", "| 3 2 0 0 | 0", "pas_words", 25, "0"),
        ("4 3\n", "4 8\n", "pas_unknown_room", 32, 8),
        ("4 3\n", "3 3\n", "pas_twice", 32, 3),
        (BOB, BOB.replace(" M ", " X "), "pas_sex", 36, "X"),
        (BOB, BOB.replace("0 3", "3 0"), "pas_stay_backwards", 36, 0),
        (BOB, BOB.replace("0 3", "-1 3"), "pas_number", 36, "-1"),
        (BOB, BOB.replace("2 1 1 2 2", "2 1 1 2 1"), "pas_nights_differ", 36, 2),
        (BOB, BOB.replace("2 1 1 2 2", "2 1 1 2 3"), "pas_number", 36, "3"),
        (BOB, BOB.replace("2 1 1 2 2", "2 1 1"), "pas_words", 36, "2 1 1"),
        (BOB, BOB.replace("2 1 1 2 2", "2 1 1 9 2"), "pas_unknown_specialism", 36, 9),
        (BOB, BOB.replace("| 2 |", "| 0 |"), "pas_number", 36, "0"),
        ("END.", "", "pas_ends_early", 41, None),
        ("END.", "6 Fay", "pas_heading", 41, "6 Fay"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(old: str, new: str, code: str, line: int, value: object) -> None:
    """Each mistake by its code, the line it stands in, and what stands there."""
    assert old in TEXT
    with pytest.raises(InvalidInput) as refused:
        read(TEXT.replace(old, new, 1).encode())
    assert (refused.value.code, refused.value.params["line"], refused.value.params.get("value")) == (code, line, value)


def test_a_room_has_as_many_beds_as_it_says() -> None:
    """A bed moved to another room makes both wrong; the first is named."""
    with pytest.raises(InvalidInput) as refused:
        read(TEXT.replace("4 3\n", "4 2\n").encode())
    assert (refused.value.code, refused.value.params) == ("pas_beds_differ", {"room": 2, "capacity": 2, "beds": 3})


def test_more_patients_than_beds_is_no_instance() -> None:
    """A night with too few beds is named: no plan is possible."""
    crowd = "".join(f"{i} Fay 20 F | 2 3 | 1 1 1 | 1 | 0 0 | 0 0\n" for i in range(6, 9))
    text = TEXT.replace("Patients: 5", "Patients: 8").replace("\nEND.", crowd + "\nEND.")
    with pytest.raises(InvalidInput) as refused:
        read(text.encode())
    assert (refused.value.code, refused.value.params) == ("pas_too_few_beds", {"night": 2, "patients": 5, "beds": 4})


@pytest.mark.parametrize("content", [b"", b"\n\n", b"no such thing", "ARTICLE\n\xff".encode("latin-1")])
def test_a_foreign_file_is_refused(content: bytes) -> None:
    """An empty file, another text and no text at all end in an error of ours."""
    with pytest.raises(InvalidInput):
        read(content)
