"""What the dispatcher's board and the crew's page show: each vehicle now, its trips of the day, who waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When

from yipan.base.access import Actor, scope
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, NotFound
from yipan.lines.dispatch.models import Handover, Transport, Vehicle
from yipan.lines.dispatch.policy import Step
from yipan.lines.dispatch.queries import facts
from yipan.lines.dispatch.queries.facts import Progress
from yipan.spine.models import Booking, Request
from yipan.spine.queries import waiting
from yipan.spine.states import Purpose, State

SHOWN = timedelta(hours=12)
"""What the timeline shows: a third of it past."""
LIVE = [State.HELD, State.CONFIRMED, State.ACTIVE]


@dataclass(frozen=True, slots=True)
class Ride:
    """A trip of a vehicle: for whom, and where it stands. A way home and a closure have no transport."""

    booking: Booking
    transport: Transport | None
    progress: Progress
    left: float
    width: float

    @property
    def going_home(self) -> bool:
        return self.booking.purpose == Purpose.TURNOVER

    @property
    def is_closed(self) -> bool:
        """No trip: the vehicle is out of service."""
        return self.booking.purpose == Purpose.CLOSURE


@dataclass(frozen=True, slots=True)
class Row:
    """A vehicle on the board with its rides of the time shown, earliest first."""

    vehicle: Vehicle
    rides: list[Ride]

    @property
    def now(self) -> Ride | None:
        """What it is doing: on a trip, or going home."""
        return next((r for r in self.rides if r.booking.state == State.ACTIVE), None)

    @property
    def next(self) -> Ride | None:
        """The first trip that is firmly planned."""
        return next((r for r in self.rides if r.booking.state == State.CONFIRMED), None)


@dataclass(frozen=True, slots=True)
class Board:
    """Vehicles and the hours of the timeline, as (instant, share of the width)."""

    at: datetime
    begin: datetime
    rows: list[Row]
    hours: list[tuple[datetime, float]]
    here: float


def in_scope(actor: Actor, verb: str = "dispatch.view") -> QuerySet[Vehicle]:
    """Vehicles of the sites where the actor may do the verb."""
    where = scope(actor, verb, "capacity__site__organisation__path")
    return facts.vehicles().filter(where).order_by("capacity__site__code", "call_sign")


def seen(actor: Actor, vehicle_id: UUID, verb: str = "dispatch.view") -> Vehicle:
    """Raises NotFound("vehicle_unknown") for a vehicle with which the actor may not do the verb."""
    found = in_scope(actor, verb).filter(pk=vehicle_id).first()
    if found is None:
        raise NotFound("vehicle_unknown", id=str(vehicle_id))
    return found


def board(vehicles: Iterable[Vehicle]) -> Board:
    """The board of these vehicles as of now."""
    at = clock.now()
    begin = at - SHOWN / 3
    every = list(vehicles)
    rides = _rides([v.pk for v in every], begin, at)
    first = begin.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    hours = [first + timedelta(hours=n) for n in range(int(SHOWN / timedelta(hours=1)))]
    return Board(
        at=at,
        begin=begin,
        rows=[Row(v, rides.get(v.pk, [])) for v in every],
        hours=[(hour, _share(hour, begin)) for hour in hours],
        here=_share(at, begin),
    )


def _rides(vehicle_ids: list[UUID], begin: datetime, at: datetime) -> dict[UUID, list[Ride]]:
    rows = list(
        Booking.objects.filter(
            Q(state__in=[*LIVE, State.DONE]),
            capacity_id__in=vehicle_ids,
            period__overlap=(begin, begin + SHOWN),
        )
        .exclude(state=State.HELD, expires_at__lte=at)
        .select_related("request__patient")
        .order_by("period")
    )
    carried = Transport.objects.select_related("from_site", "to_site").in_bulk([r.request_id for r in rows])
    progresses = facts.progresses(rows)
    found: dict[UUID, list[Ride]] = {}
    for row in rows:
        left, right = _share(row.start, begin), 1.0 if row.end is None else _share(row.end, begin)
        transport = carried.get(row.request_id)
        ride = Ride(row, transport, progresses[row.pk], max(left, 0.0), min(right, 1.0) - max(left, 0.0))
        found.setdefault(row.capacity_id, []).append(ride)
    return found


def _share(at: datetime, begin: datetime) -> float:
    return (at - begin) / SHOWN


def unassigned(actor: Actor) -> QuerySet[Request]:
    """Transports for which no vehicle is kept, at the sites where the actor may look: the most urgent first."""
    where = scope(actor, "dispatch.view", "site__organisation__path")
    first = Case(*(When(priority=p, then=n) for n, p in enumerate(("emergency", "urgent"))), default=2)
    return waiting(facts.requests().filter(where)).order_by(first, "wanted_from")


def request_seen(actor: Actor, request_id: UUID) -> Transport:
    """A transport that is asked for or carried out where the actor may look. Raises NotFound("request_unknown")."""
    carried = facts.transport(request_id)
    rows = carried.request.bookings.select_related("capacity__site__organisation")
    sites = {carried.request.site, *(row.capacity.site for row in rows)}
    if not any(actor.may("dispatch.view", site.organisation.path) for site in sites):
        raise NotFound("request_unknown", request=str(request_id))
    return carried


def kept(request_id: UUID) -> tuple[Booking, Vehicle] | None:
    """The vehicle that is kept for a transport, or that carried it."""
    rows = Booking.objects.filter(request_id=request_id, state__in=[*LIVE, State.DONE])
    row = rows.exclude(state=State.HELD, expires_at__lte=clock.now()).order_by("-created_at").first()
    return None if row is None else (row, facts.vehicle(row.capacity_id))


def handover_of(request_id: UUID) -> Handover | None:
    """What was handed over with the patient."""
    return Handover.objects.filter(transport_id=request_id).first()


@dataclass(frozen=True, slots=True)
class Leg:
    """A step of a trip for people: when it was reached, or when it is expected."""

    step: Step
    at: datetime | None
    expected: datetime | None


def legs(row: Booking, vehicle: Vehicle, carried: Transport, progress: Progress) -> list[Leg]:
    """The steps of a transport in order; expected times are shifted by how late the last step was."""
    planned: dict[Step, datetime] = {}
    try:
        plan = facts.planned_trip(row, vehicle, carried)
    except Conflict:
        pass  # nobody knows the way any more: the roads were changed
    else:
        planned = {
            Step.ON_THE_WAY: plan.leave,
            Step.WITH_PATIENT: plan.at_patient,
            Step.UNDER_WAY: plan.depart,
            Step.HANDED_OVER: plan.arrive,
        }
    last, told = planned.get(progress.step), progress.since
    late = told - last if last and told else timedelta(0)
    made = []
    for step in list(Step)[1:]:
        at, expected = progress.times.get(step), planned.get(step)
        made.append(Leg(step, at, None if at or expected is None else expected + late))
    return made
