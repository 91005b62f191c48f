"""A ward's week from a TOML file; docs/reference/nurses.md shows a whole one. Every error names path and value."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from functools import partial
from typing import Any

from yipan.engine.optimise.nursing.instance import LEVELS, Guest, Nurse, Prices, Room, Rules, Shift, Week
from yipan.kernel.errors import InvalidInput
from yipan.kernel.tables import Table, text, wrong

MOST_DAYS = 28
WRONG = "nurses_wrong"
_wrong = partial(wrong, WRONG)


def read(content: bytes) -> Week:
    """The week in a file. Raises InvalidInput("nurses_not_toml") or InvalidInput("nurses_wrong", path, value, …)."""
    try:
        data = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput("nurses_not_toml", why=str(error)) from None
    top = Table(data, "", WRONG)
    days = top.whole("days", 7, 1, MOST_DAYS)
    shifts = tuple(_shift(row) for row in top.rows("shifts", least=1))
    if len({shift.name for shift in shifts}) < len(shifts):
        raise _wrong("shifts", [shift.name for shift in shifts], "names that differ")
    week = _Week(days, shifts)
    minutes, skill = _levels(top.table("levels"), len(shifts))
    rooms = tuple(week.room(row) for row in top.rows("rooms"))
    nurses = tuple(week.nurse(row) for row in top.rows("nurses", least=1))
    least = top.list("least", [1] * len(shifts), len(shifts), _count)
    told, rules = top.table("prices"), top.table("rules")
    prices = Prices(**{f.name: told.whole(f.name, getattr(Prices(), f.name), 0, 10_000) for f in fields(Prices)})
    hard = Rules(rules.whole("rest_hours", 11, 0, 72) * 60, rules.whole("days_in_a_row", 5, 1, MOST_DAYS))
    for table in (told, rules, top):
        table.nothing_else()
    return Week(days, shifts, rooms, nurses, minutes, skill, tuple(least), hard, prices)


def _count(path: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10_000:
        raise _wrong(path, value, "0–10000")
    return value


def _shift(row: Table) -> Shift:
    shift = Shift(row.text("name"), _minute(row, "start"), _minute(row, "end"))
    row.nothing_else()
    return shift


def _minute(row: Table, key: str) -> int:
    text = row.text(key)
    hours, _, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise _wrong(row.at(key), text, "07:30")
    return int(hours) * 60 + int(minutes)


def _levels(table: Table, shifts: int) -> tuple[dict[str, tuple[int, ...]], dict[str, int]]:
    minutes, skill = {}, {}
    for level in LEVELS:
        one = table.table(level)
        minutes[level] = tuple(one.list("minutes", None, shifts, _count))
        skill[level] = one.whole("skill", 1, 0, 100)
        one.nothing_else()
    table.nothing_else()
    return minutes, skill


class _Week:
    """Reads what speaks of days and shifts. Days are counted from 1 in the file."""

    def __init__(self, days: int, shifts: tuple[Shift, ...]) -> None:
        self.days, self.shifts = days, shifts
        self.names = {shift.name: k for k, shift in enumerate(shifts)}

    def room(self, row: Table) -> Room:
        room = Room(row.text("name"), tuple(self._guest(guest) for guest in row.rows("patients")))
        row.nothing_else()
        return room

    def _guest(self, row: Table) -> Guest:
        level = row.text("level")
        if level not in LEVELS:
            raise _wrong(row.at("level"), level, ", ".join(LEVELS))
        first = row.whole("from", 1, 1, self.days)
        guest = Guest(row.text("name"), level, first - 1, row.whole("to", self.days, first, self.days) - 1)
        row.nothing_else()
        return guest

    def nurse(self, row: Table) -> Nurse:
        nurse = Nurse(
            name=row.text("name"),
            skill=row.whole("skill", None, 0, 100),
            contract=row.whole("contract", None, 0, self.days),
            most=row.whole("most", self.days, 0, self.days),
            load=row.whole("load", 420, 1, 1440),
            off=frozenset(slot for slots in row.list("off", [], None, self._off) for slot in slots),
            present=self._present(row),
        )
        row.nothing_else()
        return nurse

    def _off(self, path: str, value: Any) -> list[int]:
        """ "3" is the whole third day, "3 night" its night."""
        day, _, name = text(WRONG, path, value).partition(" ")
        if not day.isdecimal() or not 1 <= int(day) <= self.days or (name and name not in self.names):
            raise _wrong(path, value, f"“3”, “3 {self.shifts[0].name}”")
        first = (int(day) - 1) * len(self.shifts)
        return [first + self.names[name]] if name else list(range(first, first + len(self.shifts)))

    def _present(self, row: Table) -> frozenset[int]:
        """A shift's name or "" for each day."""
        if "present" not in row.data:
            return frozenset()
        names = row.list("present", None, self.days, partial(text, WRONG))
        for k, name in enumerate(names):
            if name and name not in self.names:
                raise _wrong(f"{row.at('present')}[{k}]", name, ", ".join(self.names))
        return frozenset(day * len(self.shifts) + self.names[name] for day, name in enumerate(names) if name)
