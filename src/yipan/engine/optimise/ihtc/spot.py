"""One place of a JSON document: its path for messages, its value, and what a reader may ask of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from yipan.kernel.errors import InvalidInput

LARGEST = 1_000_000
"""Sums of so large numbers still fit the solver's 32 bits."""


class Named(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str: ...


def index_of(things: Iterable[Named]) -> dict[str, int]:
    """From id to place."""
    return {thing.id: number for number, thing in enumerate(things)}


@dataclass(frozen=True, slots=True)
class Spot:
    """Every question raises InvalidInput with `path` and `value` when the answer is not usable."""

    path: str
    value: Any

    @classmethod
    def parse(cls, text: str | bytes) -> Spot:
        """The top of a document, which must be an object. Raises InvalidInput("ihtc_not_json")."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
            raise InvalidInput("ihtc_not_json", line=line, column=column) from None
        top = cls("", value)
        top.check(isinstance(value, dict), "ihtc_not_object")
        return top

    def check(self, holds: bool, code: str, **params: Any) -> None:
        """Raise `code` unless it `holds`."""
        if not holds:
            shown = json.dumps(self.value, ensure_ascii=False)
            shown = shown if len(shown) <= 40 else shown[:39] + "…"
            raise InvalidInput(code, path=self.path or "$", value=shown, **params)

    def at(self, key: str) -> Spot:
        """What stands under a key that must be there."""
        self.check(isinstance(self.value, dict), "ihtc_not_object")
        path = f"{self.path}.{key}" if self.path else key
        if key not in self.value:
            raise InvalidInput("ihtc_missing", path=path)
        return Spot(path, self.value[key])

    def entries(self) -> Iterator[Spot]:
        """The entries of a list."""
        self.check(isinstance(self.value, list), "ihtc_not_list")
        for number, value in enumerate(self.value):
            yield Spot(f"{self.path}[{number}]", value)

    def text(self) -> str:
        """A text that is not empty."""
        self.check(isinstance(self.value, str) and bool(self.value), "ihtc_not_text")
        return str(self.value)

    def flag(self) -> bool:
        """True or false."""
        self.check(isinstance(self.value, bool), "ihtc_not_flag")
        return bool(self.value)

    def whole(self, low: int = 0, high: int = LARGEST) -> int:
        """A whole number from `low` to `high`."""
        self.check(isinstance(self.value, int) and not isinstance(self.value, bool), "ihtc_not_whole")
        self.check(low <= self.value <= high, "ihtc_range", low=low, high=high)
        return int(self.value)

    def day(self, days: int) -> int:
        """A day of the horizon."""
        number = self.whole()
        self.check(number < days, "ihtc_past_last_day", last=days - 1)
        return number

    def known(self, places: Mapping[str, int], table: str) -> int:
        """The number behind an id or a name of `table`."""
        self.check(isinstance(self.value, str) and self.value in places, "ihtc_unknown", table=table)
        return places[self.value]

    def wholes(self, length: int, low: int = 0, high: int = LARGEST) -> tuple[int, ...]:
        """A list of `length` whole numbers."""
        found = tuple(entry.whole(low, high) for entry in self.entries())
        if len(found) != length:
            raise InvalidInput("ihtc_length", path=self.path, count=len(found), needed=length)
        return found

    def names(self) -> tuple[str, ...]:
        """A list of different texts, at least one."""
        found: list[str] = []
        for entry in self.entries():
            entry.check(entry.text() not in found, "ihtc_twice")
            found.append(entry.text())
        self.check(bool(found), "ihtc_empty")
        return tuple(found)
