"""The network of a scenario file as the arrays that placement ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from yipan.engine.placement import NEVER, Beds
from yipan.engine.placement.beds import BED, DEPARTMENT, GUEST, NO_AGE_LIMIT, ROOM, WARD
from yipan.engine.placement.codes import Isolation, Level, RoomSex
from yipan.kernel.tables import Table, text

MAIN_SITE = "main"
MOST_BEDS = 100_000


@dataclass(frozen=True, eq=False)
class Layout:
    """The network and the names of its rows."""

    beds: Beds
    wards: list[str]
    departments: list[str]

    def department(self, row: Table, key: str) -> str:
        """The department that `row` names."""
        return row.choice(key, None, self.departments)

    def beds_of(self, ward: str) -> list[int]:
        """Rows of the ward's beds."""
        rows: list[int] = np.flatnonzero(self.beds.beds["ward"] == self.wards.index(ward)).tolist()
        return rows


def lay_out(top: Table) -> Layout:
    """Reads departments, wards, alliances, similarities, walks and roads."""
    sites: list[str] = []
    specialties: list[str] = []
    departments = _departments(top, specialties, sites)
    beds, rooms, wards, names = _wards(top, list(departments), sites)
    size = {"departments": len(departments), "specialties": len(specialties), "wards": len(names), "sites": len(sites)}
    alliance = np.zeros((size["departments"],) * 2, np.int16)
    for row in top.rows("alliances"):
        home = list(departments).index(row.choice("department", None, list(departments)))
        for order, ally in enumerate(row.list("allies", None, None, lambda p, v: _one_of(p, v, list(departments))), 1):
            alliance[home, list(departments).index(ally)] = order
        row.nothing_else()
    similarity = _pairs(top, "similarities", ("a", "b"), specialties, "value", 1.0, np.eye(size["specialties"]))
    walk = _pairs(top, "walks", ("a", "b"), names, "minutes", 1440.0, _unknown(size["wards"]))
    road = _pairs(top, "roads", ("a", "b"), sites, "minutes", 10_000.0, _unknown(size["sites"]))
    made = Beds(
        beds=beds,
        rooms=rooms,
        wards=wards,
        departments=np.array([(*row, NEVER) for row in departments.values()], DEPARTMENT),
        guests=np.zeros(0, GUEST),
        competence=np.zeros((size["wards"], size["specialties"]), np.int32),
        alliance=alliance,
        similarity=similarity,
        walk=walk.astype(np.float32),
        road=road,
    )
    return Layout(made, names, list(departments))


def _unknown(size: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    minutes = np.full((size, size), np.inf)
    np.fill_diagonal(minutes, 0)
    return minutes


def _row_of(names: list[str], name: str) -> int:
    if name not in names:
        names.append(name)
    return names.index(name)


def _one_of(path: str, value: Any, names: list[str]) -> str:
    from yipan.kernel.tables import wrong

    if text("twin_wrong", path, value) not in names:
        raise wrong("twin_wrong", path, value, ", ".join(names))
    return str(value)


def _departments(top: Table, specialties: list[str], sites: list[str]) -> dict[str, tuple[int, int]]:
    """Specialty and site of each department, by name."""
    departments: dict[str, tuple[int, int]] = {}
    for row in top.rows("departments", least=1):
        name = row.text("name")
        if name in departments:
            raise row.wrong("name", name, "names that differ")
        specialty = _row_of(specialties, row.text("specialty", name))
        departments[name] = (specialty, _row_of(sites, row.text("site", MAIN_SITE)))
        row.nothing_else()
    return departments


def _wards(top: Table, departments: list[str], sites: list[str]) -> tuple[Any, Any, Any, list[str]]:
    """Rows of beds, rooms and wards, and the wards' names. A ward has rooms of `room_size` beds, the last one fewer."""
    beds: list[tuple[int, ...]] = []
    rooms: list[tuple[int, ...]] = []
    wards: list[tuple[int, ...]] = []
    names: list[str] = []
    for row in top.rows("wards", least=1):
        name = row.text("name")
        if name in names:
            raise row.wrong("name", name, "names that differ")
        department = departments.index(row.choice("department", None, departments))
        site = _row_of(sites, row.text("site", MAIN_SITE))
        count, size = row.whole("beds", None, 1, MOST_BEDS), row.whole("room_size", 1, 1, MOST_BEDS)
        sex = RoomSex[row.choice("rooms", "any", [kind.name.lower() for kind in RoomSex]).upper()]
        isolation = Isolation[row.choice("isolation", "none", [kind.name.lower() for kind in Isolation]).upper()]
        level = Level[row.choice("level", "general", [kind.name.lower() for kind in Level]).upper()]
        ages = row.whole("age_min", 0, 0, NO_AGE_LIMIT), row.whole("age_max", NO_AGE_LIMIT, 0, NO_AGE_LIMIT)
        reserve, turnover = row.whole("reserve", -1, -1, 1000), row.whole("turnover_minutes", -1, -1, 1440)
        row.nothing_else()
        for bed in range(count):
            if bed % size == 0:
                rooms.append((len(names), *ages, 0, sex, isolation))
            beds.append((len(rooms) - 1, len(names), department, NEVER, NEVER, 0, level, 0))
        wards.append((site, department, reserve, turnover))
        names.append(name)
    made = np.zeros(len(wards), WARD)
    for column, values in zip(("site", "department", "reserve", "turnover"), zip(*wards, strict=True), strict=True):
        made[column] = values
    return np.array(beds, BED), np.array(rooms, ROOM), made, names


def _pairs(
    top: Table, key: str, ends: tuple[str, str], names: list[str], what: str, high: float, start: Any
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A symmetric matrix from rows of two names and a number."""
    matrix: np.ndarray[Any, np.dtype[np.float64]] = start
    for row in top.rows(key):
        a, b = (names.index(row.choice(end, None, names)) for end in ends)
        matrix[a, b] = matrix[b, a] = row.number(what, None, 0, high)
        row.nothing_else()
    return matrix
