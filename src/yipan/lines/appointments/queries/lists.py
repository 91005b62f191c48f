"""Reads behind the pages: the fortnight of the network, who waits for a seat, and the figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median
from uuid import UUID

from django.db.models import QuerySet

from yipan.base.access import Actor, scope
from yipan.kernel.errors import NotFound
from yipan.lines.appointments import policy
from yipan.lines.appointments.models import Clinic
from yipan.lines.appointments.queries import facts
from yipan.lines.appointments.queries.facts import Session
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import RequestState, waiting, with_state
from yipan.spine.states import State

FORTNIGHT = 14


@dataclass(frozen=True, slots=True)
class Row:
    """A clinic in the grid: its session of each day shown, None where there is none."""

    clinic: Clinic
    sessions: list[Session | None]


def grid(clinics: Iterable[Clinic], first: date) -> tuple[list[date], list[Row]]:
    """The days of a fortnight and what takes place on them."""
    days = [first + timedelta(days=n) for n in range(FORTNIGHT)]
    every = list(clinics)
    found: dict[UUID, dict[date, Session]] = defaultdict(dict)
    for session in facts.sessions(every, days[0], days[-1]):
        found[session.clinic.pk][session.day] = session
    return days, [Row(c, [found[c.pk].get(day) for day in days]) for c in every]


def in_scope(actor: Actor, verb: str) -> QuerySet[Clinic]:
    """Clinics at the sites where the actor may do the verb."""
    where = scope(actor, verb, "capacity__site__organisation__path")
    return facts.clinics().filter(where).order_by("capacity__site__code", "code")


def seen(actor: Actor, clinic_id: UUID, verb: str = "appointments.view") -> Clinic:
    """Raises NotFound("clinic_unknown") for a clinic where the actor may not do the verb."""
    found = in_scope(actor, verb).filter(pk=clinic_id).first()
    if found is None:
        raise NotFound("clinic_unknown", id=str(clinic_id))
    return found


def open_requests(actor: Actor) -> QuerySet[Request]:
    """Who waits for a seat at the sites where the actor books: the longest first."""
    where = scope(actor, "appointments.book", "site__organisation__path")
    rows = Request.objects.filter(where, line=facts.LINE).exclude(bookings__state=State.NO_SHOW)
    return (
        waiting(rows)
        .select_related("appointment__specialty", "appointment__wish", "patient", "site", "attending")
        .order_by("created_at")
    )


def displaced(request_ids: Iterable[UUID]) -> dict[UUID, Booking]:
    """The seat that each of these requests lost last, where it lost one."""
    rows = Booking.objects.filter(request_id__in=list(request_ids), state=State.DISPLACED)
    kept = rows.select_related("capacity__site", "capacity__clinic").order_by("created_at")
    return {row.request_id: row for row in kept if row.request_id is not None}


def request_seen(actor: Actor, request_id: UUID) -> Request:
    """A request that is asked for or kept where the actor may look. Raises NotFound("request_unknown")."""
    request = facts.appointment(request_id)
    paths = {request.site.organisation.path} | {
        row.capacity.site.organisation.path for row in request.bookings.select_related("capacity__site__organisation")
    }
    if not any(actor.may("appointments.view", path) for path in paths):
        raise NotFound("request_unknown", request=str(request_id))
    state = with_state(Request.objects.filter(pk=request_id)).values_list("state", flat=True).get()  # type: ignore[misc]
    request.state = RequestState(state)  # type: ignore[attr-defined]
    return request


@dataclass(slots=True)
class Figures:
    """What came of the seats of a clinic, or of several, in a time."""

    offered: int = 0
    booked: int = 0
    seen: int = 0
    missed: int = 0
    covered: int = 0
    waits: list[float] = field(default_factory=list)

    @property
    def median_wait(self) -> float | None:
        """In seconds; None where nobody was called."""
        return median(self.waits) if self.waits else None

    @property
    def in_time(self) -> float | None:
        """Share of those called within the target."""
        target = policy.WAIT_TARGET.total_seconds()
        return sum(w <= target for w in self.waits) / len(self.waits) if self.waits else None

    @property
    def used(self) -> float | None:
        """Share of the seats offered that were booked."""
        return self.booked / self.offered if self.offered else None

    @property
    def no_shows(self) -> float | None:
        """Share of those whose visit is over who did not come."""
        over = self.seen + self.missed
        return self.missed / over if over else None

    def add(self, other: Figures) -> None:
        self.offered += other.offered
        self.booked += other.booked
        self.seen += other.seen
        self.missed += other.missed
        self.covered += other.covered
        self.waits += other.waits


def figures(clinics: Iterable[Clinic], first: date, last: date) -> dict[UUID, Figures]:
    """Figures of each clinic from one local day to another, both included."""
    every = {c.pk: c for c in clinics}
    made = {pk: Figures() for pk in every}
    for session in facts.sessions(every.values(), first, last):
        made[session.clinic.pk].offered += 0 if session.closed else len(session.seats)
    rows = Booking.objects.filter(
        capacity_id__in=list(every),
        state__in=[State.CONFIRMED, State.ACTIVE, State.DONE, State.NO_SHOW],
        period__startswith__gte=facts.clock_start(first) - timedelta(days=1),
        period__startswith__lt=facts.clock_start(last) + timedelta(days=2),
    )
    counted: dict[UUID, UUID] = {}
    for pk, place, state, period, registration in rows.values_list(
        "pk", "capacity_id", "state", "period", "request__appointment__registration"
    ):
        if not first <= policy.day_of(period.lower, every[place].capacity.site.time_zone) <= last:
            continue
        mine, counted[pk] = made[place], place
        mine.booked += 1
        mine.seen += state == State.DONE
        mine.missed += state == State.NO_SHOW
        mine.covered += registration is not None
    calls = Event.objects.filter(booking_id__in=list(counted), kind="appointment.called").order_by("-id")
    waits = {i: data.get("waited", 0) for i, data in calls.values_list("booking_id", "data")}  # the first call counts
    for booking_id, seconds in waits.items():
        made[counted[booking_id]].waits.append(float(seconds))  # type: ignore[index]
    return made
