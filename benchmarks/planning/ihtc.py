"""The thirty public problems of the Integrated Healthcare Timetabling Competition 2024 and the best costs known."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from yipan.engine.optimise.ihtc import Ihtc

NAMES = [f"i{number:02}" for number in range(1, 31)]
REFERENCE = "best known"


def problem(directory: Path, name: str) -> Ihtc:
    """A problem by name."""
    return Ihtc.read((directory / "ihtc" / f"{name}.json").read_bytes())


@cache
def reference(directory: Path, name: str) -> float:
    """The best cost known of a problem."""
    with (directory / "ihtc" / "best_known.csv").open(newline="") as file:
        known = {row["instance"]: row for row in csv.DictReader(file)}
    return float(known[name]["best_known_ihtp_page_2025-12"])
