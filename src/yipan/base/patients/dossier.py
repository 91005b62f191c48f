"""Everything that Yipan knows of one person, gathered from every room, and its removal where the law allows.

A room that keeps rows of patients announces them here: what to hand out (`section`), and what to remove when a person
is made anonymous (`on_erase`). What is announced nowhere is not handed out, so a test compares with the models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.db.models.fields.json import JSONField

Rows = Callable[[Sequence[UUID]], Iterable[dict[str, Any]]]
Erase = Callable[[Sequence[UUID]], None]


@dataclass(frozen=True, slots=True)
class Section:
    """`rows(record_ids)` are plain values of all records that were merged into one person; `title` is for people."""

    key: str
    title: Any
    rows: Rows
    models: tuple[str, ...] = ()


_sections: dict[str, Section] = {}
_erasers: dict[str, Erase] = {}


def section(key: str, title: Any, rows: Rows, *models: str) -> None:
    """Announce rows of a person; `models` are the labels ("spine.Request") that they come from."""
    _sections[key] = Section(key, title, rows, models)


def on_erase(key: str, erase: Erase) -> None:
    """Announce what a room removes when a person is made anonymous; it may raise Conflict to refuse."""
    _erasers[key] = erase


def sections() -> tuple[Section, ...]:
    """In the order in which rooms announced them, lower rooms first."""
    return tuple(_sections.values())


def erase_rows(record_ids: Sequence[UUID]) -> None:
    """Let every room remove what it keeps of these records; the upper rooms first."""
    for erase in reversed(tuple(_erasers.values())):
        erase(record_ids)


def row_of(instance: Model, *leave_out: str) -> dict[str, Any]:
    """All columns of a row as plain JSON values, sealed ones opened, digests left out."""
    fields = (f for f in instance._meta.concrete_fields if f.attname not in leave_out and not f.name.endswith("digest"))
    return {f.attname: plain(getattr(instance, f.attname), keep=isinstance(f, JSONField)) for f in fields}


def plain(value: Any, *, keep: bool = False) -> Any:
    """A value as JSON: instants in ISO 8601, bytes as text, ranges as [start, end)."""
    if keep or value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "backslashreplace")
    if isinstance(value, Decimal):
        return float(value)
    if hasattr(value, "lower") and hasattr(value, "upper"):
        return [plain(value.lower), plain(value.upper)]
    return str(value)
