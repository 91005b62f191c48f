"""The table: each figure beside its goal and beside a plain baseline of the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `met` is None where there is no goal."""

    measure: str
    figure: str
    goal: str = ""
    met: bool | None = None
    baseline: str = ""


@dataclass
class Report:
    """Rows as they come; each is printed at once, because a run takes minutes, and all together at the end."""

    rows: list[Row] = field(default_factory=list)
    console: Console = field(default_factory=lambda: Console(width=150))

    def add(self, row: Row) -> None:
        self.rows.append(row)
        self.console.print(f"{_mark(row.met)} {row.measure}: {row.figure}  {row.goal}  {row.baseline}")

    def at_most(self, measure: str, value: float, unit: str, goal: float, baseline: str = "") -> None:
        self.add(Row(measure, f"{value:,.1f} {unit}", f"≤ {goal:g} {unit}", value <= goal, baseline))

    def at_least(self, measure: str, value: float, unit: str, goal: float, baseline: str = "") -> None:
        self.add(Row(measure, f"{value:,.1f} {unit}", f"≥ {goal:g} {unit}", value >= goal, baseline))

    def print(self) -> None:
        table = Table("", "measure", "figure", "goal", "baseline in the same run")
        for row in self.rows:
            table.add_row(_mark(row.met), row.measure, row.figure, row.goal, row.baseline)
        self.console.print(table)


def _mark(met: bool | None) -> str:
    return {True: "✓", False: "✗", None: " "}[met]


def milliseconds(action: Callable[[], object], rounds: int) -> np.ndarray:
    """Durations of `rounds` runs on the wall, after two that do not count."""
    for _ in range(2):
        action()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return np.array(times) * 1000
