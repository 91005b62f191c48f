"""Figures of referrals, each with what it counts and of what. A referral counts on the day it was sent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from yipan.base.access import Actor
from yipan.lines.referrals import policy
from yipan.lines.referrals.policy import Direction

VERB = "referrals.figures"
RETURN_DAYS = 30
"""A patient who goes up again within so many days after going down counts as returned."""

COUNTY = policy.RANKS["general_hospital"]

LIVES = """
SELECT referral.request_id, request.patient_id, sender.id, receiver.id, sender.kind, receiver.kind, referral.pathway,
       min(step.at) FILTER (WHERE step.state = 'sent') AS sent,
       min(step.at) FILTER (WHERE step.state = 'accepted') AS accepted,
       min(step.at) FILTER (WHERE step.state = 'arrived') AS arrived,
       min(step.at) FILTER (WHERE step.state = 'treated') AS treated,
       min(step.reason) FILTER (WHERE step.state = 'refused') AS refused
FROM referrals_referral referral
JOIN spine_request request ON request.id = referral.request_id
JOIN network_site here ON here.id = request.site_id
JOIN network_organisation sender ON sender.id = here.organisation_id
JOIN network_department department ON department.id = referral.to_department_id
JOIN network_site there ON there.id = department.site_id
JOIN network_organisation receiver ON receiver.id = there.organisation_id
JOIN referrals_step step ON step.referral_id = referral.request_id
WHERE (sender.path LIKE ANY(%(paths)s) OR receiver.path LIKE ANY(%(paths)s))
GROUP BY 1, 2, 3, 4, 5, 6, 7
HAVING min(step.at) FILTER (WHERE step.state = 'sent') >= %(start)s
   AND min(step.at) FILTER (WHERE step.state = 'sent') < %(end)s
"""


@dataclass(frozen=True, slots=True)
class Life:
    """One referral as the figures see it."""

    id: UUID
    patient_id: UUID
    sender_id: UUID
    receiver_id: UUID
    sender_kind: str
    receiver_kind: str
    pathway: str
    sent: datetime
    accepted: datetime | None
    arrived: datetime | None
    treated: datetime | None
    refused: str | None

    @property
    def direction(self) -> Direction:
        return policy.direction(self.sender_kind, self.receiver_kind)

    @property
    def ordered(self) -> bool:
        """Up from level to level (逐级转诊): past the county's hospitals only by a green channel."""
        skips = policy.RANKS[self.sender_kind] < COUNTY < policy.RANKS[self.receiver_kind]
        return bool(self.pathway) or not skips


@dataclass(slots=True)
class Figures:
    """Counts of a period. `minutes` are medians between steps, None where nothing was measured."""

    sent: int = 0
    by_direction: dict[Direction, int] = field(default_factory=lambda: dict.fromkeys(Direction, 0))
    refusals: dict[str, int] = field(default_factory=dict)
    answered: int = 0
    arrived_above: int = 0
    ordered: int = 0
    went_down: int = 0
    returned: int = 0
    minutes: dict[str, float | None] = field(default_factory=dict)
    months: dict[str, dict[Direction, int]] = field(default_factory=dict)
    pairs: list[tuple[UUID, UUID, dict[Direction, int], int]] = field(default_factory=list)

    @property
    def refused(self) -> int:
        return sum(self.refusals.values())


def lives(actor: Actor, first: date, last: date, zone: str = "Asia/Shanghai") -> list[Life]:
    """Referrals that were sent in whole days of a zone, from or to the actor's organisations. Raises Refused."""
    actor.require(VERB)
    patterns = [path + "%" for path in actor.paths(VERB)]
    place = ZoneInfo(zone)
    start = datetime(first.year, first.month, first.day, tzinfo=place)
    end = datetime(last.year, last.month, last.day, tzinfo=place) + timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(LIVES, {"paths": patterns, "start": start, "end": end})
        return [Life(*row) for row in cursor.fetchall()]


def figures(found: list[Life], later: list[Life], zone: str = "Asia/Shanghai") -> Figures:
    """The figures of some referrals; `later` are those sent up afterwards, for the return rate."""
    made = Figures(sent=len(found))
    months: dict[str, dict[Direction, int]] = defaultdict(lambda: dict.fromkeys(Direction, 0))
    pairs: dict[tuple[UUID, UUID], list[Life]] = defaultdict(list)
    ups = defaultdict(list)
    for life in [*found, *later]:
        if life.direction is Direction.UP:
            ups[life.patient_id].append(life.sent)
    for life in found:
        made.by_direction[life.direction] += 1
        months[life.sent.astimezone(ZoneInfo(zone)).strftime("%Y-%m")][life.direction] += 1
        pairs[life.sender_id, life.receiver_id].append(life)
        made.answered += life.accepted is not None or life.refused is not None
        if life.direction is Direction.UP and life.arrived is not None:
            made.arrived_above += 1
            made.ordered += life.ordered
        if life.refused is not None:
            made.refusals[life.refused] = made.refusals.get(life.refused, 0) + 1
        if life.direction is Direction.DOWN and life.arrived is not None:
            made.went_down += 1
            limit = life.arrived + timedelta(days=RETURN_DAYS)
            made.returned += any(life.arrived < at <= limit for at in ups[life.patient_id])
    made.minutes = {
        "answer": _median(found, "sent", "accepted"),
        "arrive": _median(found, "accepted", "arrived"),
        "treat": _median(found, "arrived", "treated"),
    }
    made.months = dict(sorted(months.items()))
    made.pairs = sorted(
        ((*pair, _directions(some), sum(1 for life in some if life.refused)) for pair, some in pairs.items()),
        key=lambda row: -sum(row[2].values()),
    )
    return made


def _directions(some: list[Life]) -> dict[Direction, int]:
    counted = dict.fromkeys(Direction, 0)
    for life in some:
        counted[life.direction] += 1
    return counted


def _median(found: list[Life], begin: str, end: str) -> float | None:
    spans: list[float] = []
    for life in found:
        one: Any = getattr(life, begin)
        other: Any = getattr(life, end)
        if one is not None and other is not None:
            spans.append((other - one).total_seconds())
    return median(spans) if spans else None
