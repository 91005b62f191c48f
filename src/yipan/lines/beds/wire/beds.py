"""The status of a bed as a hospital's system tells it (A20, NPU-2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from yipan.base.access import Actor
from yipan.codecs.hl7v2.event import AdtEvent
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.beds.queries import proposals
from yipan.lines.beds.queries.facts import BedPlace
from yipan.lines.beds.wire import presence, times
from yipan.lines.beds.wire.sender import place_at
from yipan.spine import booking
from yipan.spine.states import Purpose
from yipan.spine.wire import Sender
from yipan.spine.wire.outcome import ALREADY_SO, Outcome

DEFAULT_LENGTH = timedelta(minutes=30)


def bed_status(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A20: a bed is being cleaned, closed, open again. Who lies in it is told by other messages, never by this one."""
    place = place_at(event.location, source=source, actor=actor)
    if place is None:
        raise InvalidInput("bed_missing", where="NPU-1")
    told = STATUSES.get((event.bed_status or "").upper())
    if told is None:
        raise InvalidInput("bed_status_unknown", status=event.bed_status or "")
    return told(place, event.bed_status or "", times.happened(event, clock.now()), actor)


def _clean(place: BedPlace, status: str, at: datetime, actor: Actor) -> Outcome:
    current = presence.under_way(place)
    if current is not None and current.purpose == Purpose.TURNOVER:
        return Outcome(ALREADY_SO)
    presence.refuse_occupied(place)
    booking.begin_turnover(
        capacity_id=place.capacity_id, length=proposals.turnover(place) or DEFAULT_LENGTH, by=actor, at=at
    )
    return Outcome("cleaning")


def _close(place: BedPlace, status: str, at: datetime, actor: Actor) -> Outcome:
    actor.require("beds.close", place.path)
    closed = booking.close(capacity_ids=[place.capacity_id], until=None, reason=f"ADT^A20 {status}", by=actor, at=at)
    return Outcome("bed_closed" if closed else ALREADY_SO)


def _free(place: BedPlace, status: str, at: datetime, actor: Actor) -> Outcome:
    current = presence.under_way(place)
    if current is None:
        return Outcome(ALREADY_SO)
    if current.purpose == Purpose.CARE:
        raise Conflict("bed_occupied", bed=place.label)
    at = times.since(at, current.start)
    if current.purpose == Purpose.TURNOVER:
        booking.finish_turnover(capacity_id=place.capacity_id, by=actor, at=at)
        return Outcome("bed_ready")
    actor.require("beds.close", place.path)
    booking.reopen(capacity_ids=[place.capacity_id], by=actor, at=at)
    return Outcome("bed_open")


def _occupied(place: BedPlace, status: str, at: datetime, actor: Actor) -> Outcome:
    current = presence.under_way(place)
    if current is None or current.purpose != Purpose.CARE:
        raise Conflict("bed_occupied_by_nobody", bed=place.label)
    return Outcome(ALREADY_SO)


STATUSES: dict[str, Callable[[BedPlace, str, datetime, Actor], Outcome]] = {
    "C": _close,
    "I": _close,
    "H": _clean,
    "K": _clean,
    "U": _free,
    "O": _occupied,
}
"""Table 0116: closed, isolated, housekeeping, contaminated, unoccupied, occupied."""
