"""What several pages of the line need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from yipan.base.access import Actor
from yipan.kernel import clock, texts
from yipan.kernel.errors import InvalidInput
from yipan.ui.filters import localtime


def actor_of(request: HttpRequest) -> Actor:
    """The actor, who must be allowed to look at examinations somewhere. Raises Refused."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require("exams.view")
    return actor


def day_asked(request: HttpRequest, site: Any = None) -> date:
    """The day of `?day=`, today where there is none or none that can be read."""
    today = (localtime(clock.now(), site) or clock.now()).date()
    try:
        return texts.day(request.GET.get("day", "")) if request.GET.get("day") else today
    except InvalidInput:
        return today


@dataclass(frozen=True, slots=True)
class Scale:
    """From instants to per cent of the width of a strip; outside it is cut."""

    begin: datetime
    end: datetime

    def at(self, instant: datetime) -> float:
        share = (instant - self.begin) / (self.end - self.begin)
        return round(100 * min(max(share, 0.0), 1.0), 3)

    def width(self, begin: datetime, end: datetime, least: float = 0.0) -> float:
        return round(max(self.at(end) - self.at(begin), least), 3)


def ticks(scale: Scale, instants: Iterable[datetime], words: Sequence[str]) -> list[tuple[float, str]]:
    """(per cent, words) for the marks of a strip."""
    return [(scale.at(i), w) for i, w in zip(instants, words, strict=True) if scale.begin <= i < scale.end]


def chosen(text: str) -> UUID:
    """What was chosen in a form. Raises InvalidInput("choice_unknown")."""
    found = texts.identifier(text)
    if found is None:
        raise InvalidInput("choice_unknown")
    return found
