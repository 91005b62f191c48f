"""What an action must know before it asks the policy: vehicle, transport, roads, and where a trip stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from yipan.base.access import wall
from yipan.base.network.models import Department, Site
from yipan.base.network.queries import drive
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.dispatch import policy
from yipan.lines.dispatch.models import Transport, Vehicle
from yipan.lines.dispatch.policy import Roads, Step, Trip
from yipan.spine.models import Booking, Event, Request
from yipan.spine.states import LIVE, TAKES_TIME, Purpose, State

LINE = "dispatch"
TOLD = {
    "transport.alerted": Step.ALERTED,
    "booking.arrived": Step.ON_THE_WAY,
    "transport.with_patient": Step.WITH_PATIENT,
    "transport.under_way": Step.UNDER_WAY,
    "booking.departed": Step.HANDED_OVER,
}
"""Events that say that a step was reached."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a transport stands: the last step that was told and not taken back, and when each was reached."""

    step: Step
    times: dict[Step, datetime] = field(default_factory=dict)
    eta: datetime | None = None

    @property
    def since(self) -> datetime | None:
        return self.times.get(self.step)


def vehicles() -> QuerySet[Vehicle]:
    """Every vehicle with its base."""
    return Vehicle.objects.select_related("capacity__site__organisation")


def vehicle(vehicle_id: UUID) -> Vehicle:
    """Raises NotFound("vehicle_unknown")."""
    found = vehicles().filter(pk=vehicle_id).first()
    if found is None:
        raise NotFound("vehicle_unknown", id=str(vehicle_id))
    return found


def path_of(found: Vehicle) -> str:
    """The path of the organisation of a vehicle's base."""
    return found.capacity.site.organisation.path


def department(department_id: UUID) -> Department:
    """Raises NotFound("department_unknown")."""
    found = Department.objects.select_related("site__organisation").filter(pk=department_id).first()
    if found is None:
        raise NotFound("department_unknown", id=str(department_id))
    return found


def site(site_id: UUID) -> Site:
    """Raises InvalidInput("form_invalid") for a site that does not exist."""
    found = Site.objects.select_related("organisation").filter(pk=site_id).first()
    if found is None:
        raise InvalidInput("form_invalid", fields={"site": "choice_unknown"})
    return found


def transport(request_id: UUID) -> Transport:
    """A transport with its request, patient and sites. Raises NotFound("request_unknown")."""
    rows = Transport.objects.select_related(
        "request__patient", "request__site__organisation", "request__home_department__site", "from_site", "to_site"
    )
    found = rows.filter(pk=request_id).first()
    if found is None:
        raise NotFound("request_unknown", request=str(request_id))
    return found


def trip_booking(booking_id: UUID) -> tuple[Booking, Vehicle, Transport]:
    """A booking of a vehicle, the vehicle and what it carries. Raises NotFound("booking_unknown")."""
    row = Booking.objects.select_related("request").filter(pk=booking_id).first()
    found = vehicles().filter(pk=row.capacity_id).first() if row is not None else None
    if row is None or found is None or row.request_id is None:
        raise NotFound("booking_unknown", booking=str(booking_id))
    return row, found, transport(row.request_id)


def roads(base: Site, carried: Transport) -> Roads:
    """Minutes of a trip from a base. Raises Conflict("road_unknown") where nobody knows how far it is."""
    return roads_between(base, carried.from_site, carried.to_site)


def roads_between(base: Site, start: Site, end: Site) -> Roads:
    """As `roads`, for a transport that is only thought of."""
    legs = [drive(base, start), drive(start, end), drive(end, base)]
    minutes = [leg.minutes for leg in legs]
    if any(m is None for m in minutes):
        raise Conflict("road_unknown")
    return Roads(*(float(m or 0) for m in minutes))


def planned_trip(row: Booking, found: Vehicle, carried: Transport) -> Trip:
    """The trip as it is booked."""
    return policy.trip(row.start, roads(found.capacity.site, carried))


def progress(row: Booking) -> Progress:
    """Where the transport of a booking stands, by its events."""
    return progresses([row])[row.pk]


def progresses(rows: Iterable[Booking]) -> dict[UUID, Progress]:
    """As `progress`, for several bookings in one question."""
    ids = [row.pk for row in rows]
    told: dict[UUID, list[tuple[Step, datetime]]] = {i: [] for i in ids}
    etas: dict[UUID, datetime] = {}
    kinds = [*TOLD, "transport.step_back", "transport.expected"]
    events = Event.objects.filter(booking_id__in=ids, kind__in=kinds).order_by("id")
    for booking_id, kind, at, data in events.values_list("booking_id", "kind", "at", "data"):
        mine = told[booking_id]  # type: ignore[index]
        if kind == "transport.step_back":
            mine[:] = [pair for pair in mine if pair[0] != data.get("step")]
        elif kind in TOLD:
            mine.append((TOLD[kind], at))
        if data.get("eta"):
            etas[booking_id] = datetime.fromisoformat(data["eta"])  # type: ignore[index]
    return {
        i: Progress(
            max((s for s, _ in told[i]), key=policy.ORDER.index, default=Step.PLANNED), dict(told[i]), etas.get(i)
        )
        for i in ids
    }


@wall.passage("dispatch.trips")
def taken(vehicle_ids: list[UUID], begin: datetime, end: datetime) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """Times in which vehicles are not free, whoever they carry. A hold that ran out takes none."""
    rows = Booking.objects.filter(
        capacity_id__in=vehicle_ids,
        state__in=[str(s) for s in TAKES_TIME],
        period__overlap=(begin, end),
    ).exclude(state=State.HELD, expires_at__lte=clock.now())
    found: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for capacity_id, period in rows.values_list("capacity_id", "period"):
        found.setdefault(capacity_id, []).append((period.lower, period.upper or end + timedelta(days=1)))
    return found


@wall.passage("dispatch.trips")
def carried_meanwhile(patient_id: UUID, begin: datetime, end: datetime) -> bool:
    """Whether another vehicle carries the patient in this time, or is to. A hold that ran out carries nobody."""
    ride, late = Q(patient_period__overlap=(begin, end)), Q(state=State.ACTIVE, period__overlap=(begin, end))
    rows = Booking.objects.filter(
        ride | late,
        patient_id=patient_id,
        capacity__vehicle__isnull=False,
        purpose=Purpose.CARE,
        state__in=LIVE,
    )
    return rows.exclude(state=State.HELD, expires_at__lte=clock.now()).exists()


def requests() -> QuerySet[Request]:
    """Every transport that was asked for."""
    return Request.objects.filter(line=LINE).select_related(
        "transport__from_site", "transport__to_site", "patient", "site__organisation"
    )
