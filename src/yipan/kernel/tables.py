"""A file of tables (TOML), asked for one key after the other; every error names the key's path and its value.

The error is InvalidInput(code, path, value, expected), with the code that the file's reader gives.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from yipan.kernel.errors import InvalidInput

T = TypeVar("T")
LONGEST = 80


def wrong(code: str, path: str, value: Any, expected: str) -> InvalidInput:
    """The error about the value at `path`."""
    return InvalidInput(code, path=path, value=str(value)[:LONGEST], expected=expected)


def text(code: str, path: str, value: Any) -> str:
    """`value` if it is text."""
    if not isinstance(value, str):
        raise wrong(code, path, value, "“…”")
    return value


class Table:
    """A table of the file; what was not asked for is an error (`nothing_else`). A key without a default is needed."""

    def __init__(self, data: Any, path: str, code: str) -> None:
        if not isinstance(data, dict):
            raise wrong(code, path, data, "[…]")
        self.data, self.path, self.code, self.asked = data, path, code, set[str]()

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, value: Any, expected: str) -> InvalidInput:
        return wrong(self.code, self.at(key), value, expected)

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        if key not in self.data and default is None:
            raise self.wrong(key, "–", "…")
        return self.data.get(key, default)

    def whole(self, key: str, default: int | None, low: int, high: int) -> int:
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(key, value, f"{low}–{high}")
        return value

    def number(self, key: str, default: float | None, low: float, high: float) -> float:
        value = self.get(key, default)
        fits = isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)
        if not fits or not low <= value <= high:
            raise self.wrong(key, value, f"{low:g}–{high:g}")
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, value, "true, false")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        return text(self.code, self.at(key), self.get(key, default))

    def choice(self, key: str, default: str | None, options: Sequence[str]) -> str:
        value = self.get(key, default)
        if not isinstance(value, str) or value not in options:
            raise self.wrong(key, value, ", ".join(options) or "–")
        return value

    def list(self, key: str, default: Any, length: int | None, one: Callable[[str, Any], T]) -> list[T]:
        values = self.get(key, default)
        if not isinstance(values, list) or (length is not None and len(values) != length):
            raise self.wrong(key, values, f"[{'…' if length is None else length}]")
        return [one(f"{self.at(key)}[{k}]", value) for k, value in enumerate(values)]

    def table(self, key: str) -> Table:
        return Table(self.get(key, {}), self.at(key), self.code)

    def rows(self, key: str, least: int = 0) -> Sequence[Table]:
        rows = self.get(key, [])
        if not isinstance(rows, list) or len(rows) < least:
            raise self.wrong(key, rows, f"[[{key}]]")
        return [Table(row, f"{self.at(key)}[{k}]", self.code) for k, row in enumerate(rows)]

    def nothing_else(self) -> None:
        """Raises for the first key that nobody asked for."""
        for key in self.data:
            if key not in self.asked:
                raise self.wrong(key, self.data[key], ", ".join(sorted(self.asked)))
