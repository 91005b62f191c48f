"""What may happen to a referral, as a table; and what follows from where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from yipan.kernel.errors import Conflict
from yipan.lines.referrals.policy.rules import Rules


class State(StrEnum):
    """Where a referral stands: what its last step made of it."""

    DRAFTED = "drafted"
    SENT = "sent"
    RETURNED = "returned"  # for more information
    ACCEPTED = "accepted"
    BOOKED = "booked"  # everything that was wished is reserved
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    TREATED = "treated"
    SENT_BACK = "sent_back"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What people do with a referral."""

    SEND = "send"
    ACCEPT = "accept"
    RETURN = "return"
    REFUSE = "refuse"
    BOOK = "book"
    DEPART = "depart"
    ARRIVE = "arrive"
    TREAT = "treat"
    SEND_BACK = "send_back"
    CLOSE = "close"
    WITHDRAW = "withdraw"


class Side(StrEnum):
    """The two parties of a referral."""

    SENDER = "sender"
    RECEIVER = "receiver"


ENDED = frozenset({State.SENT_BACK, State.CLOSED, State.REFUSED, State.WITHDRAWN})
"""States after which nothing more happens, and another referral of the same problem may be made."""

LIVE = tuple(state for state in State if state not in ENDED)

TRANSITIONS: Mapping[tuple[State, Verb], State] = {
    (State.DRAFTED, Verb.SEND): State.SENT,
    (State.DRAFTED, Verb.WITHDRAW): State.WITHDRAWN,
    (State.SENT, Verb.ACCEPT): State.ACCEPTED,
    (State.SENT, Verb.RETURN): State.RETURNED,
    (State.SENT, Verb.REFUSE): State.REFUSED,
    (State.SENT, Verb.WITHDRAW): State.WITHDRAWN,
    (State.RETURNED, Verb.SEND): State.SENT,
    (State.RETURNED, Verb.WITHDRAW): State.WITHDRAWN,
    (State.ACCEPTED, Verb.BOOK): State.BOOKED,
    (State.ACCEPTED, Verb.DEPART): State.IN_TRANSIT,
    (State.ACCEPTED, Verb.ARRIVE): State.ARRIVED,
    (State.ACCEPTED, Verb.REFUSE): State.REFUSED,
    (State.ACCEPTED, Verb.WITHDRAW): State.WITHDRAWN,
    (State.BOOKED, Verb.DEPART): State.IN_TRANSIT,
    (State.BOOKED, Verb.ARRIVE): State.ARRIVED,
    (State.BOOKED, Verb.REFUSE): State.REFUSED,
    (State.BOOKED, Verb.WITHDRAW): State.WITHDRAWN,
    (State.IN_TRANSIT, Verb.ARRIVE): State.ARRIVED,
    (State.IN_TRANSIT, Verb.WITHDRAW): State.WITHDRAWN,
    (State.ARRIVED, Verb.TREAT): State.TREATED,
    (State.ARRIVED, Verb.CLOSE): State.CLOSED,
    (State.TREATED, Verb.SEND_BACK): State.SENT_BACK,
    (State.TREATED, Verb.CLOSE): State.CLOSED,
}

SIDES: Mapping[Verb, Side] = {
    Verb.SEND: Side.SENDER,
    Verb.WITHDRAW: Side.SENDER,
    Verb.DEPART: Side.SENDER,
    Verb.ACCEPT: Side.RECEIVER,
    Verb.RETURN: Side.RECEIVER,
    Verb.REFUSE: Side.RECEIVER,
    Verb.BOOK: Side.RECEIVER,
    Verb.ARRIVE: Side.RECEIVER,
    Verb.TREAT: Side.RECEIVER,
    Verb.SEND_BACK: Side.RECEIVER,
    Verb.CLOSE: Side.RECEIVER,
}
"""Whose step each one is."""

RANKS: Mapping[str, int] = {
    "village_clinic": 0,
    "township_centre": 1,
    "hub": 2,
    "leading_hospital": 3,
    "general_hospital": 3,
    "tertiary_hospital": 4,
    "group": 4,
    "partner": 5,
}
"""Level of care by kind of organisation. An outside partner stands above: patients go there for what is not here."""


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    SIDEWAYS = "sideways"


def direction(sender: str, receiver: str) -> Direction:
    """Up, down or sideways, by the kinds of the two organisations."""
    one, other = RANKS[sender], RANKS[receiver]
    return Direction.UP if other > one else Direction.DOWN if other < one else Direction.SIDEWAYS


def step(state: State | str, verb: Verb) -> State:
    """The state after `verb`. Raises Conflict("referral_step") when the table does not allow it."""
    following = TRANSITIONS.get((State(state), verb))
    if following is None:
        raise Conflict("referral_step", state=str(state), verb=str(verb))
    return following


def possible(state: State | str, side: Side) -> tuple[Verb, ...]:
    """What one party may do next, in the order of the table."""
    return tuple(verb for (known, verb) in TRANSITIONS if known == state and SIDES[verb] is side)


def record_with(states: list[State]) -> Side:
    """Who is responsible, by the steps so far: the sender until the receiver has accepted *and* the patient is there.

    A refused or withdrawn referral leaves the patient where they were.
    """
    return Side.RECEIVER if State.ACCEPTED in states and State.ARRIVED in states else Side.SENDER


def due(state: State | str, since: datetime, urgency: str, rules: Rules) -> datetime | None:
    """By when the next step is expected; None where nobody is waited for."""
    limits = rules.deadlines[urgency]
    match State(state):
        case State.SENT | State.RETURNED:
            return since + limits.answer
        case State.ACCEPTED | State.BOOKED | State.IN_TRANSIT:
            return since + limits.arrive
        case _:
            return None
