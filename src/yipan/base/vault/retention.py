"""How long things are kept: a rule for each kind, with a number of days that an installation sets.

A rule removes content, never the fact: events and audit entries belong to no rule and stay for good, because each one
seals those before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from yipan.base.vault.models import KeepFor
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, NotFound

SHORTEST, LONGEST = 7, 36_500


@dataclass(frozen=True, slots=True)
class Rule:
    """`due(before)` counts what is older than an instant, `remove(before)` removes a batch of it and says how many."""

    key: str
    title: Any
    days: int
    due: Callable[[datetime], int]
    remove: Callable[[datetime], int]


@dataclass(frozen=True, slots=True)
class Found:
    """What a run removed, or would remove."""

    rule: Rule
    days: int
    count: int


_rules: dict[str, Rule] = {}


def register(rule: Rule) -> None:
    """Announce a rule; the same key again replaces it."""
    _rules[rule.key] = rule


def rules() -> tuple[Rule, ...]:
    return tuple(_rules[key] for key in sorted(_rules))


def days_of(rule: Rule) -> int:
    """How long this installation keeps it."""
    own = KeepFor.objects.filter(pk=rule.key).values_list("days", flat=True).first()
    return own if own is not None else rule.days


def keep(key: str, days: int) -> None:
    """Set how long something is kept. Raises NotFound("retention_unknown"), InvalidInput("retention_days")."""
    if key not in _rules:
        raise NotFound("retention_unknown", key=key, known=", ".join(sorted(_rules)))
    if not SHORTEST <= days <= LONGEST:
        raise InvalidInput("retention_days", shortest=SHORTEST, longest=LONGEST)
    KeepFor.objects.update_or_create(key=key, defaults={"days": days})


def look() -> list[Found]:
    """What a run would remove now; changes nothing."""
    now = clock.now()
    return [Found(r, days, r.due(now - timedelta(days=days))) for r in rules() for days in [days_of(r)]]


def run() -> list[Found]:
    """Remove what has been kept long enough, a batch a transaction."""
    now, done = clock.now(), []
    for rule in rules():
        days, count = days_of(rule), 0
        while True:
            with transaction.atomic():
                removed = rule.remove(now - timedelta(days=days))
            if not removed:
                break
            count += removed
        done.append(Found(rule, days, count))
    return done


def tidy() -> int:
    """For the worker: run, and say how many things were removed."""
    return sum(found.count for found in run())
