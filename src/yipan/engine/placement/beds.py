"""The network as arrays: what `rank` looks at. Built by the caller from its own tables, checked once here.

Every index is a row number of the array it points to. Times are whole minutes from now; `NEVER` is no time at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from yipan.engine.placement.codes import BedState, Isolation, Level, RoomSex, Sex
from yipan.kernel.errors import InvalidInput

NEVER = 2**31 - 1
NO_AGE_LIMIT = 200

Struct = NDArray[np.void]

BED = np.dtype(
    [
        ("room", "i4"),  # row of rooms
        ("ward", "i4"),  # row of wards, the room's
        ("department", "i4"),  # row of departments: who owns the bed
        ("available_at", "i4"),  # occupied: announced departure; cleaning, closed: its end; NEVER when not announced
        ("available_until", "i4"),  # start of the next booking, NEVER when there is none
        ("state", "u1"),  # BedState
        ("level", "u1"),  # Level
        ("equipment", "u1"),  # bits of Equipment
    ],
    align=True,
)
ROOM = np.dtype(
    [
        ("ward", "i4"),  # row of wards
        ("age_min", "i2"),  # years, inclusive; 0 is no limit
        ("age_max", "i2"),  # years, inclusive; NO_AGE_LIMIT is no limit
        ("size", "i2"),  # beds in the room; filled by Beds
        ("sex", "u1"),  # RoomSex
        ("isolation", "u1"),  # Isolation
    ],
    align=True,
)
WARD = np.dtype(
    [
        ("workload", "f8"),  # nursing work over what the team on duty can do; 0 when not known
        ("expected_need", "f8"),  # own patients who wait or are expected in the next 24 hours
        ("expected_leaving", "f8"),  # departures expected in the next 24 hours
        ("site", "i4"),
        ("department", "i4"),  # row of departments whose home the ward is, -1 when none
        ("nurses", "i4"),  # nurses of the team; 0 when not known
        ("reserve", "i4"),  # beds kept for emergencies, -1 for the policy's default
        ("keep", "i4"),  # beds kept for tomorrow's own patients by a fixed number; 0 when there is none
        ("turnover", "i4"),  # minutes from departure to ready, -1 for the policy's default
        ("foreseen", "u1"),  # 1: a usable forecast says what is expected
    ],
    align=True,
)
DEPARTMENT = np.dtype(
    [
        ("specialty", "i4"),
        ("site", "i4"),
        ("own_in", "i4"),  # minutes until a bed of its own is expected for the next who waits, NEVER when not known
    ],
    align=True,
)
GUEST = np.dtype(
    [
        ("bed", "i4"),  # row of beds, -1 for nobody
        ("since", "i4"),  # minutes from now; below zero or 0 for those who are there
        ("until", "i4"),  # minutes from now, NEVER when the departure is not announced
        ("pathogen", "i4"),  # the caller's number for it, 0 when not known or none
        ("sex", "u1"),
        ("isolation", "u1"),
    ],
    align=True,
)


def copy_of(rows: Struct) -> Struct:
    """A copy of whole rows at once: what NumPy copies column by column takes forty times as long."""
    return _whole(rows).copy().view(rows.dtype)


def rows_where(rows: Struct, chosen: NDArray[np.bool_]) -> Struct:
    """A copy of the chosen rows, whole rows at once."""
    return _whole(rows)[chosen].view(rows.dtype)


def rows_with(rows: Struct, more: Struct) -> Struct:
    """Rows and more of them in one new array, whole rows at once."""
    return np.concatenate([_whole(rows), _whole(more)]).view(rows.dtype)


def _whole(rows: Struct) -> Struct:
    return rows.view(np.dtype((np.void, rows.dtype.itemsize)))


class Arrays(NamedTuple):
    """What the compiled kernel takes; the twin may change the values in place, never the shapes."""

    beds: Struct
    rooms: Struct
    wards: Struct
    departments: Struct
    guests: Struct
    competence: NDArray[np.int32]
    alliance: NDArray[np.int16]
    similarity: NDArray[np.float64]
    walk: NDArray[np.float32]
    road: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Beds:
    """A checked network.

    Shapes, with B beds, R rooms, W wards, D departments, S specialties, L sites, G guests:
    `beds` (B,) of BED; `rooms` (R,) of ROOM; `wards` (W,) of WARD; `departments` (D,) of DEPARTMENT; `guests` (G,) of
    GUEST: everybody who lies in, is held for or is booked into a bed; `competence` (W, S) nurses qualified for the
    specialty; `alliance` (D, D) row's order among the allies it asks, 1 first, 0 none; `similarity` (S, S) in 0..1;
    `walk` (W, W) and `road` (L, L) minutes, infinite when not known. A patient from row finds column.

    Arrays are copied when their dtype or layout differs. Raises InvalidInput("beds_invalid", problems=[{array, code,
    row, …}]) naming the first bad row of every check that fails.
    """

    beds: Struct
    rooms: Struct
    wards: Struct
    departments: Struct
    guests: Struct
    competence: NDArray[np.int32]
    alliance: NDArray[np.int16]
    similarity: NDArray[np.float64]
    walk: NDArray[np.float32]
    road: NDArray[np.float64]

    def __post_init__(self) -> None:
        self._check(Arrays._fields)

    def with_changes(
        self,
        *,
        beds: Struct | None = None,
        wards: Struct | None = None,
        departments: Struct | None = None,
        guests: Struct | None = None,
    ) -> Beds:
        """The same network with other rows of these arrays, as many as before but for guests. Only they are checked.

        Raises InvalidInput as making one does.
        """
        given = {"beds": beds, "wards": wards, "departments": departments, "guests": guests}
        changed = {name: array for name, array in given.items() if array is not None}
        made = object.__new__(Beds)
        for name in Arrays._fields:
            object.__setattr__(made, name, changed.get(name, getattr(self, name)))
        made._check(changed)
        for name in changed:
            if name != "guests" and len(getattr(made, name)) != len(getattr(self, name)):
                raise _refuse(name, "beds_wrong_shape", shape=str(getattr(made, name).shape))
        return made

    def _check(self, names: Collection[str]) -> None:
        """Bring the named arrays into their dtype and layout, and check them and how the others go with them."""
        for name in names:
            array = getattr(self, name)
            made = _struct(name, array, _STRUCTS[name]) if name in _STRUCTS else _matrix(name, array, _PLAIN[name])
            object.__setattr__(self, name, made)
        _check_shapes(self)
        problems = _bad_rows(self, names)
        if problems:
            raise InvalidInput("beds_invalid", problems=problems)
        if "beds" in names or "rooms" in names:
            object.__setattr__(self, "rooms", copy_of(self.rooms))  # not the caller's: the size is written
            self.rooms["size"] = np.bincount(self.beds["room"], minlength=len(self.rooms))

    @property
    def arrays(self) -> Arrays:
        """The arrays as the kernel takes them; the same memory."""
        return Arrays(*(getattr(self, name) for name in Arrays._fields))

    def __len__(self) -> int:
        return len(self.beds)


_STRUCTS = {"beds": BED, "rooms": ROOM, "wards": WARD, "departments": DEPARTMENT, "guests": GUEST}
_PLAIN: dict[str, type] = {
    "competence": np.int32,
    "alliance": np.int16,
    "similarity": np.float64,
    "walk": np.float32,
    "road": np.float64,
}


def _refuse(array: str, code: str, **params: Any) -> InvalidInput:
    return InvalidInput("beds_invalid", problems=[{"array": array, "code": code, **params}])


def _struct(name: str, array: Any, kind: np.dtype[np.void]) -> Struct:
    """`array` in the one dtype and layout that the kernel is compiled for."""
    array = np.asarray(array)
    if array.ndim != 1 or array.dtype.names is None or set(array.dtype.names) != set(kind.names or ()):
        raise _refuse(name, "beds_wrong_columns", expected=", ".join(kind.names or ()))
    if array.dtype == kind and array.flags.c_contiguous and array.flags.writeable:
        return array
    out = np.empty(len(array), kind)
    for column in kind.names or ():
        out[column] = array[column]
        if not np.array_equal(out[column], array[column], equal_nan=out[column].dtype.kind == "f"):
            raise _refuse(name, "beds_wrong_values", column=column)
    return out


def _matrix(name: str, array: Any, kind: type) -> Any:
    array = np.asarray(array)
    if array.ndim != 2:
        raise _refuse(name, "beds_wrong_shape", shape=str(array.shape))
    out = np.require(array, dtype=kind, requirements=["C", "W"])
    if out.dtype.kind == "i" and not np.array_equal(out, array):
        raise _refuse(name, "beds_wrong_values")
    return out


def _check_shapes(b: Beds) -> None:
    wards, departments = len(b.wards), len(b.departments)
    specialties, sites = len(b.similarity), len(b.road)
    expected = {
        "competence": (wards, specialties),
        "alliance": (departments, departments),
        "similarity": (specialties, specialties),
        "walk": (wards, wards),
        "road": (sites, sites),
    }
    for name, shape in expected.items():
        if getattr(b, name).shape != shape:
            raise _refuse(name, "beds_wrong_shape", shape=str(getattr(b, name).shape), expected=str(shape))


def _bad_rows(b: Beds, names: Collection[str]) -> list[dict[str, Any]]:
    """The first bad row of every check that concerns the named arrays."""
    rooms, wards, departments = len(b.rooms), len(b.wards), len(b.departments)
    specialties, sites = len(b.similarity), len(b.road)
    ranges = (
        ("beds", "room", 0, rooms - 1),
        ("beds", "ward", 0, wards - 1),
        ("beds", "department", 0, departments - 1),
        ("beds", "state", 0, max(BedState)),
        ("beds", "level", 0, max(Level)),
        ("rooms", "ward", 0, wards - 1),
        ("rooms", "sex", 0, max(RoomSex)),
        ("rooms", "isolation", 0, max(Isolation)),
        ("wards", "site", 0, sites - 1),
        ("wards", "department", -1, departments - 1),
        ("wards", "nurses", 0, NEVER),
        ("wards", "reserve", -1, NEVER),
        ("wards", "keep", 0, NEVER),
        ("wards", "turnover", -1, 24 * 60),
        ("wards", "workload", 0, np.inf),
        ("wards", "foreseen", 0, 1),
        ("wards", "expected_need", 0, 1e6),
        ("wards", "expected_leaving", 0, 1e6),
        ("departments", "specialty", 0, specialties - 1),
        ("departments", "site", 0, sites - 1),
        ("departments", "own_in", 0, NEVER),
        ("guests", "bed", -1, len(b.beds) - 1),
        ("guests", "sex", 0, max(Sex)),
        ("guests", "isolation", 0, max(Isolation)),
    )
    problems = []
    for array, column, low, high in ranges:
        if array not in names:
            continue
        values = getattr(b, array)[column]
        if not len(values) or (low <= values.min() and values.max() <= high):  # false for what is not a number
            continue
        row = int(np.flatnonzero(~((values >= low) & (values <= high)))[0])
        where = {"array": array, "column": column, "row": row, "value": values[row].item()}
        problems.append({**where, "code": "beds_out_of_range"})
    if not problems:
        problems += _bad_relations(b, names)
    return problems


def _bad_relations(b: Beds, names: Collection[str]) -> list[dict[str, Any]]:
    checks: tuple[tuple[str, str, str, Callable[[], Any]], ...] = (
        ("beds", "rooms", "beds_room_in_other_ward", lambda: b.rooms["ward"][b.beds["room"]] != b.beds["ward"]),
        ("rooms", "rooms", "beds_age_range_empty", lambda: b.rooms["age_min"] > b.rooms["age_max"]),
        (
            "competence",
            "wards",
            "beds_more_qualified_than_nurses",
            lambda: (b.competence > b.wards["nurses"][:, None]).any(axis=1),
        ),
        ("competence", "competence", "beds_negative", lambda: (b.competence < 0).any(axis=1)),
        ("alliance", "alliance", "beds_negative", lambda: (b.alliance < 0).any(axis=1)),
        (
            "similarity",
            "similarity",
            "beds_not_share",
            lambda: ~((b.similarity >= 0) & (b.similarity <= 1)).all(axis=1),
        ),
        ("walk", "walk", "beds_negative", lambda: ~(b.walk >= 0).all(axis=1)),
        ("road", "road", "beds_negative", lambda: ~(b.road >= 0).all(axis=1)),
    )
    found = []
    for array, other, code, check in checks:
        if (array in names or other in names) and (bad := check()).any():
            found.append({"array": array, "code": code, "row": int(np.flatnonzero(bad)[0])})
    return found
