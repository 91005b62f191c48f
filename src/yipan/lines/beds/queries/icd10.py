"""Frequent diagnoses by ICD-10 code, in both languages: for suggestions while typing and for names on pages.

A short list, not the classification: any code of the right shape is accepted and shown with the text that came with it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One frequent diagnosis; `specialties` are codes of those that see it often."""

    code: str
    name: str
    name_en: str
    specialties: tuple[str, ...]

    @property
    def label(self) -> str:
        """The name in the active language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name


@cache
def catalogue() -> dict[str, Diagnosis]:
    """All known diagnoses by code."""
    with Path(__file__).with_name("icd10.csv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        return {r["code"]: Diagnosis(r["code"], r["name"], r["name_en"], tuple(r["specialties"].split())) for r in rows}


def diagnosis_label(code: str, text: str = "") -> str:
    """The name of a diagnosis in the active language; the given text where the code is not in the list."""
    known = catalogue().get(code)
    return known.label if known else text


def suggest(text: str, *, specialty: str = "", limit: int = 12) -> list[Diagnosis]:
    """Diagnoses whose code begins with the text or whose name contains it, those of the specialty first."""
    wanted = text.strip().casefold()
    hits = [
        d
        for d in catalogue().values()
        if d.code.casefold().startswith(wanted) or wanted in d.name or wanted in d.name_en.casefold()
    ]
    return sorted(hits, key=lambda d: (specialty not in d.specialties, d.code))[:limit]
