"""A clinic on one day: who is booked, here, called, inside, seen; and in which order they are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from yipan.kernel import clock
from yipan.lines.appointments import policy
from yipan.lines.appointments.models import Clinic
from yipan.lines.appointments.queries import facts
from yipan.lines.appointments.queries.facts import Session
from yipan.spine.models import Booking, Event
from yipan.spine.states import State

KINDS = (
    "appointment.checked_in",
    "appointment.called",
    "appointment.passed",
    "booking.arrived",
    "booking.departed",
)
SHOWN = [State.HELD, State.CONFIRMED, State.ACTIVE, State.DONE, State.NO_SHOW]


class Standing(StrEnum):
    """Where somebody of a clinic's day is."""

    BOOKED = "booked"
    HERE = "here"
    CALLED = "called"
    INSIDE = "inside"
    SEEN = "seen"
    NO_SHOW = "no_show"


@dataclass(slots=True)
class Entry:
    """Somebody who is on a clinic's list: the seat's number and what happened so far."""

    booking: Booking
    number: int | None
    came: datetime | None = None
    called: datetime | None = None
    first_called: datetime | None = None
    passed: int = 0
    called_since: int = 0
    entered: datetime | None = None
    left: datetime | None = None
    covered: bool = False

    @property
    def standing(self) -> Standing:
        match self.booking.state:
            case State.ACTIVE:
                return Standing.INSIDE
            case State.DONE:
                return Standing.SEEN
            case State.NO_SHOW:
                return Standing.NO_SHOW
        if self.came is None:
            return Standing.BOOKED
        return Standing.HERE if self.called is None else Standing.CALLED

    @property
    def urgent(self) -> bool:
        return bool(self.booking.request and self.booking.request.priority == "emergency")

    def waited_until(self, at: datetime) -> timedelta:
        """How long the patient has waited for the first call; nothing before they came."""
        if self.came is None:
            return timedelta(0)
        return policy.waited(seat=self.booking.start, came=self.came, called=self.first_called or at)


@dataclass(slots=True)
class Sheet:
    """Everything that the page of a clinic's day shows."""

    clinic: Clinic
    day: date
    at: datetime
    session: Session | None
    entries: list[Entry] = field(default_factory=list)

    def of(self, *standings: Standing) -> list[Entry]:
        return [e for e in self.entries if e.standing in standings]

    @property
    def inside(self) -> Entry | None:
        return next(iter(self.of(Standing.INSIDE)), None)

    @property
    def called(self) -> Entry | None:
        return next(iter(self.of(Standing.CALLED)), None)

    def queue(self) -> list[Entry]:
        """Who waits, in the order in which they are called."""
        people = [
            policy.Present(e, e.booking.start, e.came, e.passed, e.called_since, e.urgent)
            for e in self.of(Standing.HERE)
            if e.came is not None
        ]
        return [person.key for person in policy.in_order(people)]  # type: ignore[misc]

    def position(self, booking_id: UUID) -> int | None:
        """How many are called before somebody; None for one who does not wait."""
        return next((n for n, e in enumerate(self.queue()) if e.booking.pk == booking_id), None)


def sheet_of(clinic: Clinic, day: date) -> Sheet:
    """The day of a clinic. Access is the caller's."""
    session = next(iter(facts.sessions([clinic], day, day)), None)
    zone = clinic.capacity.site.time_zone
    now = clock.now()
    rows = (
        Booking.objects.filter(
            capacity_id=clinic.pk,
            state__in=SHOWN,
            period__startswith__gte=facts.clock_start(day) - timedelta(days=1),
            period__startswith__lt=facts.clock_start(day) + timedelta(days=2),
        )
        .exclude(state=State.HELD, expires_at__lte=now)
        .select_related("request__appointment__specialty", "patient")
        .order_by("period", "created_at")
    )
    mine = [row for row in rows if policy.day_of(row.start, zone) == day]
    entries = [Entry(row, session.number_at(row.start) if session else None) for row in mine]
    _tell(entries)
    return Sheet(clinic, day, now, session, entries)


def _tell(entries: Iterable[Entry]) -> None:
    """Write into each entry what its events say."""
    by_booking = {entry.booking.pk: entry for entry in entries}
    events = Event.objects.filter(booking_id__in=list(by_booking), kind__in=KINDS).order_by("id")
    for kind, booking_id, at, data in events.values_list("kind", "booking_id", "at", "data"):
        entry = by_booking[booking_id]  # type: ignore[index]
        match kind:
            case "appointment.checked_in":
                entry.came, entry.covered = at, bool(data.get("covered"))
            case "appointment.called":
                for other in by_booking.values():
                    other.called_since += other.passed > 0 and other is not entry
                entry.called, entry.first_called = at, entry.first_called or at
            case "appointment.passed":
                entry.called, entry.passed, entry.called_since = None, entry.passed + 1, 0
            case "booking.arrived":
                entry.entered = at
            case "booking.departed":
                entry.left = at
