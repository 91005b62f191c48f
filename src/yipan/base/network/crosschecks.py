"""Rules between rows: what no single cell can tell."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yipan.base.network.problems import STORED, Problem
from yipan.base.network.schema import Table

SUGGESTED = 50


@dataclass(frozen=True, slots=True)
class Placed:
    """A typed row and where it stands."""

    file: str
    number: int
    row: Any

    def problem(self, column: str, code: str, **params: Any) -> Problem:
        return Problem(self.file, self.number, column, _shown(getattr(self.row, column)), code, params)


def stored(table: Table, row: Any) -> Placed:
    """A row of the database; its place says which one, and its number is 0."""
    return Placed(f"{STORED} {table.name} {' '.join(table.key_of(row))}", 0, row)


Rows = Mapping[str, Mapping[tuple[str, ...], Placed]]


class Suggestions:
    """The nearest existing code, for the first unknown ones: beyond that a file has another trouble than typing."""

    def __init__(self, keys: Mapping[str, set[tuple[str, ...]]]) -> None:
        self._keys, self._asked = keys, 0

    def __call__(self, table: str, code: str) -> tuple[str, str]:
        """(kind, code): "zeros" for a code that is the same number, "near" for one alike, "unknown" and nothing."""
        self._asked += 1
        if self._asked > SUGGESTED:
            return "unknown", ""
        codes = [key[0] for key in self._keys[table]]
        for other in codes:
            if other.lstrip("0").rstrip("0.") == code.lstrip("0").rstrip("0."):
                return "zeros", other
        near = difflib.get_close_matches(code, codes, n=1)
        return ("near", near[0]) if near else ("unknown", "")


def run(rows: Rows) -> list[Problem]:
    """Every breach of a rule, in the order of the rules below."""
    return [problem for rule in RULES for problem in rule(rows)]


def _tree(rows: Rows) -> Iterator[Problem]:
    """No organisation is above itself; each cycle is reported once."""
    parents = {key[0]: placed.row.parent for key, placed in rows["organisations"].items()}
    safe: set[str] = {""}
    for key, placed in rows["organisations"].items():
        trail: list[str] = []
        code = key[0]
        while code not in safe and code in parents:
            if code in trail:
                yield placed.problem("parent", "network_cycle", organisation=" → ".join([*trail, code]))
                break
            trail.append(code)
            code = parents[code]
        safe.update(trail)


def _coordinates(rows: Rows) -> Iterator[Problem]:
    for placed in rows["sites"].values():
        site = placed.row
        if (site.latitude is None) != (site.longitude is None):
            column = "latitude" if site.latitude is None else "longitude"
            yield placed.problem(column, "network_coordinate_half")


def _one_site(rows: Rows) -> Iterator[Problem]:
    """A ward is at the site of its department, a bed at the site of its."""
    departments = {key[0]: placed.row.site for key, placed in rows["departments"].items()}
    wards = {key[0]: placed.row.site for key, placed in rows["wards"].items()}
    for placed in rows["wards"].values():
        ward = placed.row
        if departments.get(ward.department, ward.site) != ward.site:
            yield placed.problem("department", "network_other_site", site=departments[ward.department], here=ward.site)
    for placed in rows["beds"].values():
        bed = placed.row
        here = wards.get(bed.ward)
        if here is not None and departments.get(bed.department, here) != here:
            yield placed.problem("department", "network_other_site", site=departments[bed.department], here=here)


def _ages(rows: Rows) -> Iterator[Problem]:
    for placed in rows["rooms"].values():
        room = placed.row
        if room.age_min is not None and room.age_max is not None and room.age_min > room.age_max:
            yield placed.problem("age_max", "network_ages_order", age_min=room.age_min)


def _nurses(rows: Rows) -> Iterator[Problem]:
    """Not more nurses are qualified than there are."""
    for placed in rows["competences"].values():
        ward = rows["wards"].get((placed.row.ward,))
        if ward is not None and placed.row.nurses_qualified > ward.row.nurses_total:
            yield placed.problem("nurses_qualified", "network_nurses_too_many", total=ward.row.nurses_total)


def _two(table: str, one: str, other: str) -> Callable[[Rows], Iterator[Problem]]:
    """A rule: the two ends of a row differ."""

    def rule(rows: Rows) -> Iterator[Problem]:
        for placed in rows[table].values():
            if getattr(placed.row, one) == getattr(placed.row, other):
                yield placed.problem(other, "network_same_twice")

    return rule


def _once(table: str, column: str, code: str, within: str) -> Callable[[Rows], Iterator[Problem]]:
    """A rule: the value of `column` appears once within each value of `within`."""

    def rule(rows: Rows) -> Iterator[Problem]:
        seen: dict[tuple[Any, Any], Placed] = {}
        for placed in sorted(rows[table].values(), key=lambda p: p.number):
            pair = (getattr(placed.row, within), getattr(placed.row, column))
            if pair in seen:
                yield placed.problem(column, code, first=seen[pair].number or STORED, within=pair[0])
            seen.setdefault(pair, placed)

    return rule


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


RULES: tuple[Callable[[Rows], Iterator[Problem]], ...] = (
    _tree,
    _coordinates,
    _one_site,
    _ages,
    _nurses,
    _two("alliances", "department", "ally"),
    _two("similarities", "specialty", "other"),
    _two("walks", "from_ward", "to_ward"),
    _two("roads", "from_site", "to_site"),
    _once("alliances", "rank", "network_rank_twice", within="department"),
    _once("beds", "label", "network_bed_label_twice", within="ward"),
)
