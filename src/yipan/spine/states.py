"""What may happen to a booking, as a table.

A state is a fact about the booking itself. Everything a page shows about a bed, a request or a patient is derived
from these states, the bookings' periods and the events.
"""

from __future__ import annotations

from enum import StrEnum

from yipan.kernel.errors import Conflict


class State(StrEnum):
    """Where a booking stands."""

    HELD = "held"  # kept for somebody until expires_at
    CONFIRMED = "confirmed"  # formalities done, the place waits for the patient
    ACTIVE = "active"  # the body is there; the cleaning or the closure is under way
    DONE = "done"
    RELEASED = "released"  # given back by a person or an interface
    EXPIRED = "expired"  # the hold ran out
    NO_SHOW = "no_show"
    DISPLACED = "displaced"  # somebody who was there stayed longer; the request waits again


class Purpose(StrEnum):
    """Why a capacity is taken."""

    CARE = "care"
    TURNOVER = "turnover"  # cleaning and making ready
    CLOSURE = "closure"


class Verb(StrEnum):
    CONFIRM = "confirm"
    ARRIVE = "arrive"
    DEPART = "depart"
    RELEASE = "release"
    EXPIRE = "expire"
    NO_SHOW = "no_show"
    DISPLACE = "displace"
    UNDO_ARRIVE = "undo_arrive"
    UNDO_DEPART = "undo_depart"
    ANNUL = "annul"  # a cleaning that is over, when the patient it cleaned up after turns out never to have left


LIVE = (State.HELD, State.CONFIRMED, State.ACTIVE)
"""States that keep a capacity."""

TAKES_TIME = (*LIVE, State.DONE)
"""States whose periods may never overlap on one capacity, nor on one body: the present and the past."""

TRANSITIONS: dict[tuple[State, Verb], State] = {
    (State.HELD, Verb.CONFIRM): State.CONFIRMED,
    (State.HELD, Verb.ARRIVE): State.ACTIVE,
    (State.HELD, Verb.RELEASE): State.RELEASED,
    (State.HELD, Verb.EXPIRE): State.EXPIRED,
    (State.HELD, Verb.DISPLACE): State.DISPLACED,
    (State.CONFIRMED, Verb.ARRIVE): State.ACTIVE,
    (State.CONFIRMED, Verb.RELEASE): State.RELEASED,
    (State.CONFIRMED, Verb.NO_SHOW): State.NO_SHOW,
    (State.CONFIRMED, Verb.DISPLACE): State.DISPLACED,
    (State.ACTIVE, Verb.DEPART): State.DONE,
    (State.ACTIVE, Verb.UNDO_ARRIVE): State.RELEASED,
    (State.DONE, Verb.UNDO_DEPART): State.ACTIVE,
    (State.DONE, Verb.ANNUL): State.RELEASED,
}


def step(state: State | str, verb: Verb) -> State:
    """The state after `verb`. Raises Conflict("booking_step") when the table does not allow it."""
    following = TRANSITIONS.get((State(state), verb))
    if following is None:
        raise Conflict("booking_step", state=str(state), verb=str(verb))
    return following
