"""What an organisation decides about referrals, as data: deadlines by urgency, and criteria for going down again."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from yipan.kernel.errors import InvalidInput

DEFAULTS = Path(__file__).with_name("rules.toml")
URGENCIES = ("emergency", "urgent", "elective")
LONGEST_MINUTES = 60 * 24 * 60
LEVELS = frozenset({"special", "1", "2", "3"})
SEVERITIES = frozenset({"critical", "serious", "general"})
KINDS = ("visit", "test", "medicine", "rehabilitation", "call")


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long the receiver may take to answer, and the patient to arrive after that."""

    answer: timedelta
    arrive: timedelta


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A task for the lower hospital, so many days after the patient came back."""

    kind: str
    days: int
    title: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """When a patient with one of these diagnoses (beginnings of ICD-10 codes) may go on at a lower hospital."""

    code: str
    name: str
    name_en: str
    diagnoses: tuple[str, ...]
    days: int = 0
    severity: frozenset[str] = frozenset({"general"})
    nursing: frozenset[str] = frozenset({"2", "3"})
    follow: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything decided. `escalate` is how many times a deadline a second, louder call comes after."""

    deadlines: Mapping[str, Deadline]
    criteria: tuple[Criterion, ...]
    escalate: float = 2.0


@cache
def default_text() -> str:
    """The rules as they are where nobody decided otherwise, with the comments."""
    return DEFAULTS.read_text(encoding="utf-8")


@cache
def defaults() -> Rules:
    return read(default_text())


def read(text: str) -> Rules:
    """Rules written in TOML. Raises InvalidInput("rules_unreadable", where=…) that names the wrong place."""
    try:
        body = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise InvalidInput("rules_unreadable", where=str(error)[:120]) from None
    told = _table(body.get("deadlines", {}), "deadlines")
    deadlines = {urgency: _deadline(told.get(urgency), f"deadlines.{urgency}") for urgency in URGENCIES}
    criteria = body.get("criteria", [])
    if not isinstance(criteria, list) or len(criteria) > 100:
        raise InvalidInput("rules_unreadable", where="criteria")
    return Rules(deadlines, tuple(_criterion(_table(c, "criteria"), i) for i, c in enumerate(criteria, start=1)))


def _table(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput("rules_unreadable", where=where)
    return value


def _deadline(value: Any, where: str) -> Deadline:
    told = _table(value, where)
    return Deadline(*(timedelta(minutes=_minutes(told.get(k), f"{where}.{k}")) for k in ("answer", "arrive")))


def _minutes(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LONGEST_MINUTES:
        raise InvalidInput("rules_unreadable", where=where)
    return value


def _criterion(told: dict[str, Any], number: int) -> Criterion:
    where = f"criteria {number}"
    days = told.get("days", 0)
    if not isinstance(days, int) or not 0 <= days <= 365:
        raise InvalidInput("rules_unreadable", where=f"{where}.days")
    follow = told.get("follow", [])
    if not isinstance(follow, list):
        raise InvalidInput("rules_unreadable", where=f"{where}.follow")
    return Criterion(
        code=_text(told.get("code"), f"{where}.code"),
        name=_text(told.get("name"), f"{where}.name"),
        name_en=_text(told.get("name_en", told.get("name")), f"{where}.name_en"),
        diagnoses=_texts(told.get("diagnoses"), f"{where}.diagnoses"),
        days=days,
        severity=_among(told.get("severity", ["general"]), SEVERITIES, f"{where}.severity"),
        nursing=_among(told.get("nursing", ["2", "3"]), LEVELS, f"{where}.nursing"),
        follow=tuple(_follow(_table(f, f"{where}.follow"), where) for f in follow),
    )


def _follow(told: dict[str, Any], where: str) -> FollowUp:
    kind, days = told.get("kind"), told.get("days")
    if kind not in KINDS or not isinstance(days, int) or not 0 <= days <= 730:
        raise InvalidInput("rules_unreadable", where=f"{where}.follow")
    return FollowUp(kind, days, _text(told.get("title"), f"{where}.follow.title"))


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise InvalidInput("rules_unreadable", where=where)
    return value.strip()


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise InvalidInput("rules_unreadable", where=where)
    return tuple(_text(v, where) for v in value)


def _among(value: Any, allowed: frozenset[str], where: str) -> frozenset[str]:
    found = frozenset(_texts(value, where))
    if not found <= allowed:
        raise InvalidInput("rules_unreadable", where=where)
    return found
