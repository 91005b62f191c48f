"""Public daily series: occupied adult ICU beds of German states, and discharges of English trusts."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from yipan.engine.forecast import Panel
from yipan.engine.forecast.reading import read


@dataclass(frozen=True)
class Source:
    """Where the series are, whose holidays they keep, and how they are tested."""

    file: str
    series: str
    value: str
    country: str
    test_days: int
    origins: int


SOURCES = {
    "divi": Source("divi/icu_beds_by_state.csv", "state", "occupied", "DE", 400, 60),
    "nhs": Source("nhs/trust_daily_discharges.csv", "trust", "discharged", "GB-ENG", 200, 40),
}


def panel(directory: Path, source: Source) -> Panel:
    """The whole panel."""
    with (directory / source.file).open(encoding="utf-8", newline="") as file:
        rows = [f"{row['date']},{row[source.series]},{row[source.value]}" for row in csv.DictReader(file)]
    return read(("date,series,value\n" + "\n".join(rows)).encode())
