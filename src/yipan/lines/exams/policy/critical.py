"""The loop of a critical value: told → acknowledged → acted, each with its time, and who is asked when it runs out.

The times follow the patient-safety goals of the Chinese Hospital Association (危急值 told within 10 minutes) and what
hospitals set for the answer; a centre may set its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from yipan.kernel.errors import InvalidInput
from yipan.lines.exams.policy.units import canonical


class Step(StrEnum):
    """What has to happen, in this order."""

    TOLD = "told"
    ACKNOWLEDGED = "acknowledged"
    ACTED = "acted"


class Rung(StrEnum):
    """Who is asked: first the attending, then the head of the department, then the coordinator of the network."""

    ATTENDING = "attending"
    HEAD = "head"
    COORDINATOR = "coordinator"


LADDER = tuple(Rung)


RECENT = timedelta(days=7)
"""A number without an order that was measured before this is history that somebody loads: a culture takes a week."""


def still_matters(measured_at: datetime, at: datetime) -> bool:
    """Whether somebody has to be called about a number that answers no order."""
    return measured_at > at - RECENT


@dataclass(frozen=True, slots=True)
class CriticalPolicy:
    """Minutes for each step, from the step before, and minutes on each further rung before the next is asked."""

    told: int = 10
    acknowledged: int = 10
    acted: int = 30
    rung: int = 5

    def minutes(self, step: Step) -> int:
        return {Step.TOLD: self.told, Step.ACKNOWLEDGED: self.acknowledged, Step.ACTED: self.acted}[step]


def read(body: Mapping[str, Any]) -> CriticalPolicy:
    """The policy with the defaults where `body` says nothing. Raises InvalidInput("reading_policy") with the key."""
    made = CriticalPolicy(**{k: v for k, v in body.items() if k in CriticalPolicy.__dataclass_fields__})
    for key in CriticalPolicy.__dataclass_fields__:
        value = getattr(made, key)
        if not isinstance(value, int) or not 1 <= value <= 1440:
            raise InvalidInput("reading_policy", key=key)
    return made


@dataclass(frozen=True, slots=True)
class Loop:
    """When each step of one value happened; None is still to come."""

    raised: datetime
    told: datetime | None = None
    acknowledged: datetime | None = None
    acted: datetime | None = None

    @property
    def step(self) -> Step | None:
        """What has to happen next; None when the loop is closed."""
        times = (self.told, self.acknowledged, self.acted)
        return next((step for step, at in zip(Step, times, strict=True) if at is None), None)

    @property
    def since(self) -> datetime:
        """Since when that is waited for; for a closed loop, when it was closed."""
        return next(at for at in (self.acted, self.acknowledged, self.told, self.raised) if at is not None)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a loop stands: the step that is waited for, until when, and who is asked now."""

    step: Step | None
    since: datetime
    due_at: datetime | None
    rung: Rung | None
    overdue: bool = False


def standing(policy: CriticalPolicy, loop: Loop, at: datetime) -> Standing:
    """Where it stands at an instant."""
    step = loop.step
    if step is None:
        return Standing(None, loop.since, None, None)
    due_at = loop.since + timedelta(minutes=policy.minutes(step))
    return Standing(step, loop.since, due_at, asked(policy, due_at, at), at >= due_at)


def asked(policy: CriticalPolicy, due_at: datetime, at: datetime) -> Rung:
    """Who is asked at an instant: a step further at the deadline, and with every `rung` minutes after it."""
    if at < due_at:
        return LADDER[0]
    climbed = 1 + (at - due_at) // timedelta(minutes=policy.rung)
    return LADDER[min(climbed, len(LADDER) - 1)]


def escalations(policy: CriticalPolicy, loop: Loop, at: datetime) -> list[tuple[Step, Rung]]:
    """Everybody beyond the first whom the step that is waited for has reached by then, in order.

    What is told again after it was missed is told of everybody in between too, so that no rung is skipped.
    """
    now = standing(policy, loop, at)
    if now.step is None or now.rung is None:
        return []
    return [(now.step, rung) for rung in LADDER[1 : LADDER.index(now.rung) + 1]]


def next_escalation(policy: CriticalPolicy, loop: Loop, at: datetime) -> datetime | None:
    """When the next person is asked, if nothing happens; None when there is nobody further."""
    now = standing(policy, loop, at)
    if now.due_at is None or now.rung is None or now.rung is LADDER[-1]:
        return None
    return now.due_at + timedelta(minutes=policy.rung) * LADDER.index(now.rung)


@dataclass(frozen=True, slots=True)
class Bound:
    """From when on a number is critical; None is no bound on that side."""

    unit: str
    low: float | None = None
    high: float | None = None


def breaches(bound: Bound, value: float, unit: str, comparator: str = "") -> bool | None:
    """Whether a measured value is critical; None when a person has to look: it is in another unit, or told as above or
    below a number on either side of which it could be.
    """
    if canonical(unit) != canonical(bound.unit):
        return None
    low = -math.inf if bound.low is None else bound.low
    high = math.inf if bound.high is None else bound.high
    match comparator[:1]:
        case "<":
            return True if value <= low else False if bound.low is None and value <= high else None
        case ">":
            return True if value >= high else False if bound.high is None and value >= low else None
    return value < low or value > high
