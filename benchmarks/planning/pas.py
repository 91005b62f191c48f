"""The public instances of Patient Admission Scheduling; the gap is to the bound that the search itself proves."""

from __future__ import annotations

from pathlib import Path

from yipan.engine.optimise.pas import Pas, read

NAMES = [f"testdata{number:02}" for number in range(1, 7)]
REFERENCE = "certified bound"


def problem(directory: Path, name: str) -> Pas:
    """A problem by name."""
    return Pas(read((directory / "pas" / f"{name}.txt").read_bytes()))


def reference(directory: Path, name: str) -> None:
    """None: no best cost is known for the rules as they are read here."""
