"""Pure rules of the ambulances: how long a trip takes, which vehicle comes first, which step follows which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LOADING = timedelta(minutes=10)
"""From the door where the patient waits to leaving with the patient."""
HANDING_OVER = timedelta(minutes=15)
"""At the destination, until the crew is free again."""
MAKING_READY = timedelta(minutes=10)
"""Cleaning and filling up at the base."""
GRACE = timedelta(minutes=15)
"""What a trip that should be over is given on top, as often as needed."""
LOOK_AHEAD = timedelta(hours=12)
STEP_BACK = timedelta(minutes=5)
"""A step that was told by mistake can be taken back for so long."""
HOLD = timedelta(minutes=15)

VITALS: Mapping[str, tuple[float, float]] = {
    "systolic": (40, 300),  # mmHg
    "diastolic": (20, 200),  # mmHg
    "pulse": (20, 250),  # per minute
    "breaths": (4, 80),  # per minute
    "oxygen": (40, 100),  # % SpO2
    "temperature": (25, 45),  # °C
    "gcs": (3, 15),  # Glasgow coma scale
}
"""What is measured at the hand-over, with the range that a living person can have."""


class Step(StrEnum):
    """Where a transport stands, in order."""

    PLANNED = "planned"
    ALERTED = "alerted"
    ON_THE_WAY = "on_the_way"
    WITH_PATIENT = "with_patient"
    UNDER_WAY = "under_way"
    HANDED_OVER = "handed_over"


ORDER = tuple(Step)


@dataclass(frozen=True, slots=True)
class Roads:
    """Minutes by road from base to patient, patient to destination, and back to base."""

    out: float
    over: float
    home: float


@dataclass(frozen=True, slots=True)
class Trip:
    """A trip in instants: leaving the base, at the patient, leaving with them, at the destination, ready again."""

    leave: datetime
    at_patient: datetime
    depart: datetime
    arrive: datetime
    back: datetime


def trip(leave: datetime, roads: Roads) -> Trip:
    """The trip of a vehicle that leaves its base at an instant."""
    at_patient = leave + timedelta(minutes=roads.out)
    depart = at_patient + LOADING
    arrive = depart + timedelta(minutes=roads.over)
    back = arrive + HANDING_OVER + timedelta(minutes=roads.home) + MAKING_READY
    return Trip(leave, at_patient, depart, arrive, back)


def earliest_leave(now: datetime, wanted: datetime, roads: Roads, preparation: timedelta) -> datetime:
    """When to leave so that the vehicle is with the patient at the wanted time, or as soon after as it can be."""
    return max(now + preparation, wanted - timedelta(minutes=roads.out))


def first_gap(leave: datetime, length: timedelta, taken: Iterable[tuple[datetime, datetime]]) -> datetime:
    """The first instant from `leave` on at which a vehicle is free for a whole trip."""
    for start, end in sorted(taken):
        if end <= leave:
            continue
        if start >= leave + length:
            break
        leave = end
    return leave


def may_carry(vehicle: str, wanted: str) -> bool:
    """An advanced vehicle may carry everybody, a basic one those who need no more."""
    return vehicle == "advanced" or wanted == "basic"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A vehicle that could go. `more` tells one that can do more than is needed: better kept for others."""

    key: object
    trip: Trip
    more: bool


def ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Who is at the patient first; within five minutes the vehicle that can do no more than is needed."""

    def order(c: Candidate) -> tuple[object, ...]:
        slot = int(c.trip.at_patient.timestamp() // 300)
        return (slot, c.more, c.trip.at_patient, c.trip.back)

    return sorted(candidates, key=order)


def following(step: Step) -> Step | None:
    """The step after this one; None after the last."""
    place = ORDER.index(step)
    return ORDER[place + 1] if place + 1 < len(ORDER) else None


def eta(step: Step, at: datetime, roads: Roads, planned: Trip) -> datetime:
    """When the patient will be at the destination, as the last step that was told lets expect."""
    over = timedelta(minutes=roads.over)
    match step:
        case Step.ON_THE_WAY:
            return at + timedelta(minutes=roads.out) + LOADING + over
        case Step.WITH_PATIENT:
            return at + LOADING + over
        case Step.UNDER_WAY:
            return at + over
        case Step.HANDED_OVER:
            return at
        case _:
            return max(planned.arrive, at + timedelta(minutes=roads.out) + LOADING + over)


def wrong_vitals(vitals: Mapping[str, float]) -> list[str]:
    """Names of values that nobody can have, or that are unknown here."""
    return [n for n, value in vitals.items() if n not in VITALS or not VITALS[n][0] <= value <= VITALS[n][1]]
