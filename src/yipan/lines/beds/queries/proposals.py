"""Ranked beds for a request, with reasons: `engine.placement` asked with the live board."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from yipan.base.access import Actor
from yipan.base.network.queries import placement_policy
from yipan.engine.placement import Beds, Need, Policy, Ranking, Reason, explain, rank, why_not
from yipan.engine.placement.codes import (
    PARAMS,
    Equipment,
    Isolation,
    Level,
    NursingLevel,
    Refusal,
    Severity,
    Sex,
    Shown,
    Urgency,
)
from yipan.engine.placement.later import later
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.beds.queries import arrays
from yipan.lines.beds.queries.arrays import Network
from yipan.lines.beds.queries.facts import BedPlace
from yipan.lines.beds.queries.mirror import SEXES, pathogen_number
from yipan.spine.models import Request
from yipan.spine.queries import present
from yipan.ui import messages

NURSING = {
    "special": NursingLevel.SPECIAL,
    "1": NursingLevel.FIRST,
    "2": NursingLevel.SECOND,
    "3": NursingLevel.THIRD,
}


@dataclass(frozen=True, slots=True)
class Told:
    """A reason with parameters that outlive the arrays: identifiers for places, ISO instants for times."""

    code: str
    params: dict[str, Any]

    def as_data(self) -> dict[str, Any]:
        return {"code": self.code, "params": self.params}


@dataclass(frozen=True, slots=True)
class WardRefusal:
    """Why the beds of one ward of a better tier were not possible, the most telling reason first."""

    tier: str
    ward_id: UUID
    department_id: UUID
    total: int
    occupied: int
    free: int
    reasons: tuple[Told, ...]

    def as_data(self) -> dict[str, Any]:
        return {
            "tier": self.tier,
            "ward": str(self.ward_id),
            "total": self.total,
            "occupied": self.occupied,
            "free": self.free,
            "reasons": [r.as_data() for r in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """One proposed bed. `position` counts from 1; `available_at` is when it can be had; `reasons` are three: where,
    who cares, what it costs tomorrow."""

    bed_id: UUID
    ward_id: UUID
    department_id: UUID
    tier: str
    score: float
    position: int
    available_at: datetime
    needs_consult: bool
    reasons: tuple[Told, ...]
    notes: tuple[Told, ...]

    def reasons_as_data(self) -> list[dict[str, Any]]:
        """Reasons and notes as plain data for the record."""
        return [r.as_data() for r in (*self.reasons, *self.notes)]


@dataclass(frozen=True, slots=True)
class Judged:
    """One bed that may be taken, as a hold needs it: the choice, why not better, and how long a hold lasts."""

    choice: Choice
    refused: tuple[WardRefusal, ...]
    keep: timedelta
    policy_version: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """The answer to "where can this patient lie?".

    `choices` are the best beds, `possible` how many there are in all, `looked_at` how many beds were asked; `refused`
    says why the wards of better tiers than the first choice were not possible.
    """

    at: datetime
    choices: tuple[Choice, ...]
    possible: int
    looked_at: int
    refused: tuple[WardRefusal, ...]
    policy: Policy


def for_request(*, actor: Actor, request: Request, limit: int = 8, start: datetime | None = None) -> Proposals:
    """The best beds for a request at sites where the actor may place (`beds.place`) or ask (`beds.request`)."""
    at = clock.now()
    asked = _ask(request, start, at)
    paths = actor.paths("beds.place") or actor.paths("beds.request")
    mine = [int(i) for i in asked.ranking.order if asked.network.paths[i].startswith(paths)]
    return Proposals(
        at=at,
        choices=tuple(asked.choice(bed, position) for position, bed in enumerate(mine[:limit], start=1)),
        possible=len(mine),
        looked_at=len(asked.beds),
        refused=asked.refused(mine[0] if mine else None),
        policy=asked.policy,
    )


def judge(
    request: Request,
    *,
    bed_id: UUID,
    start: datetime | None,
    at: datetime,
    without: UUID | None = None,
    until: datetime | None = None,
) -> Judged:
    """One bed, judged by the same rules. Raises Conflict("bed_refused", rule=…) with the first rule it does not pass.

    `without` is a booking to leave out of the picture: that of the patient who leaves in a swap. With `until`, for a
    stay from `start` to then, it is the network of that hour that is judged, with everybody gone who is stated to be.
    """
    if start is not None and until is not None:
        here = present(patient_id=request.patient_id)
        asked = Hours(at).ask(request, start, until, here.capacity_id if here is not None else None)
        refusal = refusal_of(asked, bed_id)
    else:
        asked = _ask(request, start, at, without=(without,) if without else ())
        refusal = asked.ranking.refusal(asked.network.bed[bed_id])
    bed = asked.network.bed[bed_id]
    if refusal is not Refusal.NONE:
        raise Conflict("bed_refused", rule=messages.sentence(refusal.rule_code))
    position = int(np.flatnonzero(asked.ranking.order == bed)[0]) + 1
    keep = timedelta(minutes=asked.policy.times.hold_minutes)
    return Judged(asked.choice(bed, position), asked.refused(bed), keep, asked.policy_version)


def turnover(place: BedPlace) -> timedelta:
    """How long a bed takes to be made ready: the ward's own time, or the policy's."""
    minutes = place.turnover_minutes
    if minutes is None:
        minutes = placement_policy(place.path)[0].times.turnover_minutes
    return timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as placement was asked about it in a network, with the answer. `at` is the instant of that network."""

    at: datetime
    network: Network
    beds: Beds
    need: Need
    policy: Policy
    policy_version: str
    ranking: Ranking

    def choice(self, bed: int, position: int) -> Choice:
        told = explain(self.ranking, self.beds, self.need, self.policy, bed)
        return Choice(
            bed_id=self.network.bed_ids[bed],
            ward_id=self.network.ward_ids[told.ward],
            department_id=self.network.department_ids[told.department],
            tier=told.tier.name.lower(),
            score=told.score,
            position=position,
            available_at=self.at + timedelta(minutes=told.ready),
            needs_consult=told.needs_consult,
            reasons=tuple(self.told(r) for r in told.reasons),
            notes=tuple(self.told(r) for r in told.notes),
        )

    def refused(self, bed: int | None) -> tuple[WardRefusal, ...]:
        answers = why_not(self.ranking, self.beds, self.need, self.policy, bed=bed)
        return tuple(
            WardRefusal(
                tier=a.tier.name.lower(),
                ward_id=self.network.ward_ids[a.ward],
                department_id=self.network.department_ids[a.department],
                total=a.total,
                occupied=a.occupied,
                free=a.free,
                reasons=tuple(self.told(r) for r in a.reasons),
            )
            for a in answers
        )

    def told(self, reason: Reason) -> Told:
        shown = PARAMS.get(reason.code, {})
        params = {name: self._lasting(shown.get(name), value) for name, value in reason.params.items()}
        return Told(str(reason.code), params)

    def _lasting(self, shown: Shown | None, value: Any) -> Any:
        if shown is Shown.SITE:
            return str(self.network.site_ids[value])
        if shown is Shown.INSTANT:
            return (self.at + timedelta(minutes=int(value))).isoformat()
        return value


def _ask(request: Request, start: datetime | None, at: datetime, *, without: Sequence[UUID] = ()) -> Asked:
    here = present(patient_id=request.patient_id)
    # The patient's own held or confirmed bed must not stand in the way of a better one.
    network, beds = arrays.live(at, without=tuple(without), asking=request.pk)
    policy, version = placement_policy(request.home_department.site.organisation.path)
    current = network.bed.get(here.capacity_id, -1) if here is not None and not without else -1
    need = need_of(request, network, at=at, start=start, current_bed=current)
    return Asked(at, network, beds, need, policy, version, rank(beds, need, policy))


class Hours:
    """The network as it will be at hours to come, by what is known at an instant: read once for many questions."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.network, self._now = arrays.live(at, stated=True)
        self._then: dict[tuple[datetime, int], Beds] = {}
        self._policies: dict[str, tuple[Policy, str]] = {}

    def ask(self, request: Request, start: datetime, until: datetime, current_bed: UUID | None) -> Asked:
        """Placement asked about a stay from `start` to `until`; `current_bed` is where the patient lies now."""
        path = request.home_department.site.organisation.path
        if path not in self._policies:
            self._policies[path] = placement_policy(path)
        policy, version = self._policies[path]
        key = start, policy.times.turnover_minutes
        if key not in self._then:
            minutes = max(math.ceil((start - self.at).total_seconds() / 60), 0)
            self._then[key] = later(self._now, minutes, policy.times.turnover_minutes)
        beds, current = self._then[key], self.network.bed.get(current_bed, -1) if current_bed else -1
        need = need_of(request, self.network, at=self.at, start=start, current_bed=current)
        need = replace(need, start=0, stay_days=max((until - start) / timedelta(days=1), 0.01))
        return Asked(start, self.network, beds, need, policy, version, rank(beds, need, policy))


def refusal_of(asked: Asked, bed_id: UUID) -> Refusal:
    """Why a bed cannot be had at the very hour that was asked about; Refusal.NONE when it can."""
    bed = asked.network.bed.get(bed_id)
    if bed is None:
        return Refusal.CLOSED
    refusal = asked.ranking.refusal(bed)
    return Refusal.NOT_READY if refusal is Refusal.NONE and asked.ranking.result.ready[bed] > 0 else refusal


def need_of(request: Request, network: Network, *, at: datetime, start: datetime | None, current_bed: int) -> Need:
    """What the request asks of a bed, as placement understands it."""
    facts = request.admission
    wanted = max(start or request.wanted_from, at)
    equipment = (
        Equipment.OXYGEN * facts.oxygen | Equipment.MONITOR * facts.monitor | Equipment.VENTILATOR * facts.ventilator
    )
    return Need(
        department=network.department[request.home_department_id],
        severity=Severity[facts.severity.upper()],
        nursing_level=NURSING[facts.nursing_level],
        urgency=Urgency[request.priority.upper()],
        sex=SEXES.get(facts.sex, Sex.UNKNOWN),
        age=-1 if facts.age_years is None else facts.age_years,
        isolation=Isolation[facts.isolation.upper()],
        pathogen=pathogen_number(facts.pathogen),
        equipment=Equipment(equipment),
        level=Level[facts.level_of_care.upper()],
        start=0 if current_bed >= 0 else round((wanted - at).total_seconds() / 60),
        stay_days=float(facts.expected_days),
        site=network.site[request.site_id],
        current_bed=current_bed,
    )
