"""What is wrong with a file, said so that a person finds the cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yipan.kernel.errors import InvalidInput

STORED = "(database)"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct. `row` counts as a spreadsheet does (1 is the header); 0 means the file as a whole.

    In a TOML or JSON file `row` is the position in the table's list, from 1. `code` and `params` make the sentence
    that says what to do; `file` is "(database) table key" when a stored row no longer fits what the file brings.
    """

    file: str
    row: int
    column: str
    value: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class InvalidFile(InvalidInput):
    """The file cannot be imported; nothing was written. `problems` lists everything found, in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("network_file_invalid", count=len(problems))


class BadValue(Exception):
    """A cell that a column cannot read; becomes a Problem."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)
