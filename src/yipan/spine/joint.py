"""Several lines booked together: all of it, or nothing.

A line says what it needs of another as a `Need`; the other answers with `Offer`s, and takes part in the booking by what
it registered as `Line.joint`. Lines meet here only. Each part becomes a request of its own line under the request for
whose sake it is made (`Request.parent`), so that each line's own pages know it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yipan.base import unit
from yipan.base.access import Actor, wall
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.spine import booking, registry
from yipan.spine.events import Happening, record
from yipan.spine.models import Booking, Request
from yipan.spine.queries import RequestState, with_state
from yipan.spine.states import TAKES_TIME

OPEN = (RequestState.WAITING, RequestState.HELD, RequestState.CONFIRMED)
"""States of a part that can still be given back."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a line is asked for by another: for whom, for which department, when, and the asked line's own words.

    `department_id` is the department that will be responsible, `wanted_from` the earliest and `until` the latest start.
    `details` are checked by the asked line: its README names them.
    """

    line: str
    patient_id: UUID
    department_id: UUID
    wanted_from: datetime
    until: datetime | None = None
    priority: str = "urgent"
    attending_id: UUID | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """A word of a line's needs as a field of a form: `choices` are (value, words); without any it is a text."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to meet a need: these capacities over [start, end), for one request.

    `place` and `reasons` (sentences in the active language) are for people; `data` is what the line that offered it
    wants back.
    """

    line: str
    capacity_ids: tuple[UUID, ...]
    start: datetime
    end: datetime | None
    site_id: UUID
    place: str
    reasons: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A part ready to be booked: the line's new request, what it claims, and what to write once that is held."""

    request: Request
    claims: tuple[booking.Claim, ...]
    then: Callable[[Sequence[Booking]], object] = lambda rows: None


@dataclass(frozen=True, slots=True)
class Part:
    """A part that was booked."""

    request: Request
    bookings: tuple[Booking, ...]


def asks(line: str) -> tuple[Ask, ...]:
    """The words that a line's needs have, to be filled in by a person; () when it names none."""
    told = _joint(line).asks
    return tuple(told()) if told is not None else ()


def offers(*, actor: Actor, need: Need, limit: int = 5) -> Sequence[Offer]:
    """What a line offers for a need, best first. Raises what the line raises for words that it does not know."""
    with wall.passage("spine.joint"):
        found: Sequence[Offer] = _joint(need.line).offers(actor=actor, need=need, limit=limit)
        return found


@wall.passage("spine.joint")
def book(
    *, actor: Actor, parent: Request, parts: Sequence[tuple[Need, Offer]], keep: timedelta, at: datetime | None = None
) -> list[Part]:
    """Hold every part for `keep` in one transaction, each as a request of its line under `parent`; or none.

    The parts are in the order given. Raises what a line or the spine refuses: Refused, Conflict("capacity_taken"),
    Conflict("patient_busy") …; each names the line that it is about as `part`. Nothing is left of any part then.
    """
    at = at or clock.now()
    if not parts:
        raise InvalidInput("joint_empty")
    try:
        return _book(actor, parent, parts, keep, at)
    except Conflict as conflict:
        if "part" in conflict.params or (part := _in_the_way(parent, parts)) is None:
            raise
        raise Conflict(conflict.code, **conflict.params, part=part) from conflict


def _book(
    actor: Actor, parent: Request, parts: Sequence[tuple[Need, Offer]], keep: timedelta, at: datetime
) -> list[Part]:
    with unit.atomic():
        # One order for everybody: two that book the same places together wait for one another and never in a ring.
        order = sorted(range(len(parts)), key=lambda i: (parts[i][0].line, sorted(parts[i][1].capacity_ids), i))
        ready = {i: _prepare(actor, parent, *parts[i]) for i in order}
        claims = [claim for i in order for claim in ready[i].claims]
        rows = iter(booking.hold(claims=claims, by=actor, keep=keep, at=at))
        booked: dict[int, Part] = {}
        for i in order:
            mine = tuple(next(rows) for _ in ready[i].claims)
            with _about(parts[i][0].line):
                ready[i].then(mine)
            booked[i] = Part(ready[i].request, mine)
        made = [{"line": booked[i].request.line, "request": str(booked[i].request.pk)} for i in range(len(parts))]
        record(actor, [_happening("joint.booked", parent, at, parts=made)])
    return [booked[i] for i in range(len(parts))]


@wall.passage("spine.joint")
def confirm(*, actor: Actor, parent: Request) -> list[Request]:
    """Make firm every part of a request that is held; all of them or none. Returns the requests of the parts.

    Raises Conflict("part_lost", part=…) when a part's hold ran out and somebody else has its place.
    """
    with unit.atomic():
        mine = parts_of(parent)
        for part in mine:
            if part.state == RequestState.WAITING:  # type: ignore[attr-defined]
                raise Conflict("part_lost", part=part.line)
            if part.state == RequestState.HELD:  # type: ignore[attr-defined]
                _joint(part.line).confirm(actor=actor, request=part)
    return mine


@wall.passage("spine.joint")
def withdraw(*, actor: Actor, parent: Request, reason: str) -> list[Request]:
    """Give back every part of a request that nobody has begun to use; all of them or none. Returns their requests."""
    with unit.atomic():
        mine = [part for part in parts_of(parent) if part.state in OPEN]  # type: ignore[attr-defined]
        for part in mine:
            _joint(part.line).withdraw(actor=actor, request=part, reason=reason)
        if mine:
            record(actor, [_happening("joint.withdrawn", parent, clock.now(), reason=reason)])
    return mine


@wall.passage("spine.joint")
def parts_of(parent: Request, *, at: datetime | None = None) -> list[Request]:
    """The parts of a request that are not withdrawn, by line and age, each with its `state`.

    Whoever may see the request for whose sake they were made may see them.
    """
    rows = Request.objects.filter(parent=parent, cancelled_at=None).select_related("patient", "site__organisation")
    return list(with_state(rows, at=at).order_by("line", "created_at"))


def _prepare(actor: Actor, parent: Request, need: Need, offer: Offer) -> Prepared:
    if need.line != offer.line or need.patient_id != parent.patient_id:
        raise InvalidInput("joint_mismatch", part=need.line)
    with _about(need.line):
        prepared: Prepared = _joint(need.line).prepare(actor=actor, need=need, offer=offer, parent=parent)
    return prepared


@contextmanager
def _about(line: str) -> Iterator[None]:
    """A conflict within names the part that it is about."""
    try:
        yield
    except Conflict as conflict:
        raise Conflict(conflict.code, **{**conflict.params, "part": line}) from conflict


def _in_the_way(parent: Request, parts: Sequence[tuple[Need, Offer]]) -> str | None:
    """The line of the first part whose place, or whose patient, is taken at that time; None when it cannot be told."""
    for need, offer in parts:
        when = DateTimeTZRange(offer.start, offer.end)
        taken = Booking.objects.filter(state__in=TAKES_TIME, period__overlap=when)
        if taken.filter(capacity_id__in=offer.capacity_ids).exists():
            return need.line
    for need, offer in parts:
        when = DateTimeTZRange(offer.start, offer.end)
        plans = Booking.objects.filter(patient_id=parent.patient_id, state__in=TAKES_TIME, period__overlap=when)
        if plans.exists():
            return need.line
    return None


def _joint(code: str) -> registry.Joint:
    taking_part = registry.line(code).joint
    if taking_part is None:
        raise InvalidInput("joint_unknown", part=code)
    return taking_part


def _happening(kind: str, parent: Request, at: datetime, **data: Any) -> Happening:
    return Happening(
        kind=kind,
        line=parent.line,
        request_id=parent.pk,
        patient_id=parent.patient_id,
        site_id=parent.site_id,
        at=at,
        data=data,
    )
