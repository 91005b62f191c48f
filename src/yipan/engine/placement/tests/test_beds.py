"""A network is checked before anybody is ranked on it."""

from dataclasses import replace

import numpy as np
import pytest

from yipan.engine.placement.beds import BED, GUEST, ROOM, Beds
from yipan.engine.placement.codes import RoomSex
from yipan.engine.placement.tests.networks import Plan
from yipan.kernel.errors import InvalidInput


def problems(plan):
    with pytest.raises(InvalidInput) as caught:
        plan.beds()
    assert caught.value.code == "beds_invalid"
    return [(p["array"], p["code"], p.get("row")) for p in caught.value.params["problems"]]


def set_row(name, row, **values):
    def change(plan):
        getattr(plan, name)[row].update(values)

    return change


def set_cell(name, place, value):
    def change(plan):
        getattr(plan, name)[place] = value

    return change


@pytest.mark.parametrize(
    ("change", "array", "code", "row"),
    [
        (set_row("beds_rows", 3, room=99), "beds", "beds_out_of_range", 3),
        (set_row("beds_rows", 3, state=9), "beds", "beds_out_of_range", 3),
        (set_row("beds_rows", 3, department=-1), "beds", "beds_out_of_range", 3),
        (set_row("beds_rows", 3, room=4), "beds", "beds_room_in_other_ward", 3),
        (set_row("rooms", 2, sex=7), "rooms", "beds_out_of_range", 2),
        (set_row("rooms", 2, age_min=20, age_max=10), "rooms", "beds_age_range_empty", 2),
        (set_row("wards", 1, site=5), "wards", "beds_out_of_range", 1),
        (set_row("wards", 1, workload=float("nan")), "wards", "beds_out_of_range", 1),
        (set_row("departments", 0, specialty=8), "departments", "beds_out_of_range", 0),
        (set_cell("competence", (1, 2), 11), "competence", "beds_more_qualified_than_nurses", 1),
        (set_cell("competence", (1, 2), -1), "competence", "beds_negative", 1),
        (set_cell("alliance", (4, 0), -2), "alliance", "beds_negative", 4),
        (set_cell("similarity", (2, 1), 1.2), "similarity", "beds_not_share", 2),
        (set_cell("walk", (0, 1), np.nan), "walk", "beds_negative", 0),
        (set_cell("road", (1, 0), -3), "road", "beds_negative", 1),
    ],
)
def test_a_bad_row_is_named(change, array, code, row):
    """Every check names the array, the code and the first bad row."""
    plan = Plan()
    change(plan)
    assert problems(plan) == [(array, code, row)]


def test_all_bad_columns_are_named_together():
    """One look shows every column that is wrong."""
    plan = Plan()
    plan.beds_rows[0]["room"], plan.wards[2]["site"] = -1, 9
    assert problems(plan) == [("beds", "beds_out_of_range", 0), ("wards", "beds_out_of_range", 2)]


def test_a_guest_in_no_bed_of_the_network_is_refused():
    """Guests lie in beds that exist, or in none."""
    plan = Plan()
    plan.guests = [{"bed": -1}, {"bed": 12}]
    assert problems(plan) == [("guests", "beds_out_of_range", 1)]


@pytest.mark.parametrize("name", ["competence", "alliance", "similarity", "walk", "road"])
def test_a_matrix_of_another_shape_is_refused(name):
    """Shapes follow from the numbers of wards, departments, specialties and sites."""
    plan = Plan()
    setattr(plan, name, getattr(plan, name)[:, :1])
    assert problems(plan)[0][1] == "beds_wrong_shape"
    setattr(plan, name, np.zeros(3))
    assert problems(plan) == [(name, "beds_wrong_shape", None)]


def test_columns_may_come_in_another_type_and_order():
    """Rows of another layout are copied into the one that the kernel is compiled for."""
    b = Plan().beds()
    loose = np.zeros(len(b), [(name, "i8") for name in reversed(BED.names)])
    for name in BED.names:
        loose[name] = b.beds[name]
    again = Beds(loose, b.rooms, b.wards, b.departments, b.guests, *b.arrays[5:])
    assert again.beds.dtype == BED
    np.testing.assert_array_equal(again.beds, b.beds)


def test_missing_columns_are_refused():
    """An array without one of the columns is refused with the names that are expected."""
    b = Plan().beds()
    with pytest.raises(InvalidInput) as caught:
        Beds(b.beds[["room", "ward"]], b.rooms, b.wards, b.departments, b.guests, *b.arrays[5:])
    assert caught.value.params["problems"][0]["code"] == "beds_wrong_columns"


def test_values_that_do_not_fit_the_column_are_refused():
    """A number too large for its column is an error, not another number."""
    b = Plan().beds()
    loose = b.beds.astype([(name, "i8") for name in BED.names])
    loose["state"][4] = 256
    with pytest.raises(InvalidInput) as caught:
        Beds(loose, b.rooms, b.wards, b.departments, b.guests, *b.arrays[5:])
    assert caught.value.params["problems"][0] == {"array": "beds", "code": "beds_wrong_values", "column": "state"}


def test_the_size_of_a_room_is_the_number_of_its_beds():
    """The size is counted, and written into a copy of the caller's rooms."""
    plan = Plan()
    plan.beds_rows.append(plan.bed(0))
    rooms = np.zeros(6, ROOM)
    rooms["ward"], rooms["age_max"], rooms["sex"] = range(6), 200, RoomSex.SAME
    b = plan.beds()
    again = Beds(b.beds, rooms, b.wards, b.departments, b.guests, *b.arrays[5:])
    assert again.rooms["size"].tolist() == [3, 2, 2, 2, 2, 2]
    assert rooms["size"].tolist() == [0] * 6


def test_changed_arrays_are_checked_as_in_the_beginning():
    """Other beds, wards, departments and guests of a network are refused for what refuses a network made of them."""
    b = Plan().beds()
    bad = {"beds": ("state", 9), "wards": ("site", 5), "departments": ("own_in", -1), "guests": ("bed", 99)}
    for name, (column, value) in bad.items():
        rows = getattr(b, name).copy() if name != "guests" else np.zeros(1, GUEST)
        rows[column][0] = value
        with pytest.raises(InvalidInput) as anew:
            replace(b, **{name: rows})
        with pytest.raises(InvalidInput) as changed:
            b.with_changes(**{name: rows})
        assert changed.value.params == anew.value.params


def test_changed_arrays_must_go_with_what_stays():
    """A bed moved to another ward than its room's, or fewer nurses than are qualified, is refused; so is a lost bed."""
    b = Plan().beds()
    beds, wards = b.beds.copy(), b.wards.copy()
    beds["ward"][3], wards["nurses"][1] = 4, 0
    for changes, code in (
        ({"beds": beds}, "beds_room_in_other_ward"),
        ({"wards": wards}, "beds_more_qualified_than_nurses"),
        ({"beds": b.beds[:-1]}, "beds_wrong_shape"),
    ):
        with pytest.raises(InvalidInput) as caught:
            b.with_changes(**changes)
        assert [p["code"] for p in caught.value.params["problems"]] == [code]


def test_a_changed_network_leaves_the_former_as_it_was():
    """What is given is new, the rest is the same memory, and sizes of rooms are counted anew in a copy."""
    b = Plan().beds()
    beds = b.beds.copy()
    beds["state"][0], beds["room"][2], beds["ward"][2] = 1, beds["room"][0], beds["ward"][0]
    made = b.with_changes(beds=beds)
    assert (made.beds["state"][0], b.beds["state"][0]) == (1, 0)
    assert made.walk is b.walk
    assert made.rooms["size"].tolist() != b.rooms["size"].tolist()
    np.testing.assert_array_equal(replace(b, beds=beds).rooms, made.rooms)


def test_arrays_share_the_memory():
    """The kernel sees later changes of the same arrays; nothing is copied for a ranking."""
    b = Plan().beds()
    b.arrays.beds["state"][0] = 2
    assert b.beds["state"][0] == 2
