"""What follows from bookings and events. Nothing here is stored a second time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from yipan.base.access import wall
from yipan.kernel import clock
from yipan.spine.models import Booking, Event, Request
from yipan.spine.states import LIVE, Purpose, State

PRESENT = """
SELECT booking.id, booking.capacity_id, capacity.site_id
FROM spine_booking booking JOIN spine_capacity capacity ON capacity.id = booking.capacity_id
WHERE booking.patient_id = %s AND booking.state = %s AND booking.body
"""


class RequestState(StrEnum):
    """Where a request stands, as its bookings tell it."""

    WAITING = "waiting"
    HELD = "held"
    CONFIRMED = "confirmed"
    ACTIVE = "active"
    DONE = "done"
    CANCELLED = "cancelled"


def with_state(requests: QuerySet[Request], *, at: datetime | None = None) -> QuerySet[Request]:
    """Annotate `state` (a RequestState) on requests.

    A hold that has run out keeps nothing: the request waits, whether or not the worker has cleared it yet.
    """
    at = at or clock.now()
    care = Booking.objects.filter(request=OuterRef("pk"), purpose=Purpose.CARE)
    held = Q(state=State.HELD, expires_at__gt=at)
    return requests.annotate(
        state=Case(
            When(cancelled_at__isnull=False, then=Value(RequestState.CANCELLED.value)),
            When(Exists(care.filter(state=State.ACTIVE)), then=Value(RequestState.ACTIVE.value)),
            When(Exists(care.filter(state=State.CONFIRMED)), then=Value(RequestState.CONFIRMED.value)),
            When(Exists(care.filter(held)), then=Value(RequestState.HELD.value)),
            When(Exists(care.filter(state=State.DONE)), then=Value(RequestState.DONE.value)),
            default=Value(RequestState.WAITING.value),
            output_field=CharField(),
        )
    )


def state_of(request_id: UUID, *, at: datetime | None = None) -> RequestState:
    """The state of one request. Raises Request.DoesNotExist."""
    state = with_state(Request.objects.all(), at=at).values_list("state", flat=True).get(id=request_id)  # type: ignore[misc]
    return RequestState(state)


def state_among(request: Request, bookings: Iterable[Booking], *, at: datetime | None = None) -> RequestState:
    """The state of a request, by the bookings of its patient: what `with_state` asks the database."""
    at = at or clock.now()
    if request.cancelled_at is not None:
        return RequestState.CANCELLED
    care = [b for b in bookings if b.request_id == request.pk and b.purpose == Purpose.CARE]
    states = {b.state for b in care if b.state != State.HELD or (b.expires_at is not None and b.expires_at > at)}
    ranked = (
        (State.ACTIVE, RequestState.ACTIVE),
        (State.CONFIRMED, RequestState.CONFIRMED),
        (State.HELD, RequestState.HELD),
        (State.DONE, RequestState.DONE),
    )
    return next((told for state, told in ranked if state in states), RequestState.WAITING)


def waiting(requests: QuerySet[Request], *, at: datetime | None = None) -> QuerySet[Request]:
    """Requests that nothing is kept for: not cancelled, never served, no live booking."""
    at = at or clock.now()
    served = Q(state__in=[State.ACTIVE, State.CONFIRMED, State.DONE]) | Q(state=State.HELD, expires_at__gt=at)
    taken = Booking.objects.filter(served, request=OuterRef("pk"), purpose=Purpose.CARE)
    return requests.filter(~Exists(taken), cancelled_at=None)


def live_bookings(request_id: UUID) -> QuerySet[Booking]:
    """Bookings that keep something for a request, the patient's present place first."""
    rows = Booking.objects.filter(request_id=request_id, state__in=[str(s) for s in LIVE])
    return rows.order_by(Case(When(state=State.ACTIVE, then=0), default=1), "period")


class Presence(NamedTuple):
    """Where a patient's body is: by which booking, in which capacity, at which site."""

    booking_id: UUID
    capacity_id: UUID
    site_id: UUID


@wall.passage("spine.body")
def present(*, patient_id: UUID) -> Presence | None:
    """Where the patient's body is now, or None."""
    with connection.cursor() as cursor:  # asked for with every proposal: the mapper takes longer than the database
        cursor.execute(PRESENT, [patient_id, State.ACTIVE.value])
        row = cursor.fetchone()  # one at most: a unique constraint
    return None if row is None else Presence(*row)


def history(request_id: UUID) -> QuerySet[Event]:
    """Everything that happened to a request, oldest first."""
    return Event.objects.filter(request_id=request_id).order_by("at", "id")


def latest(kinds: Iterable[str], *, request_ids: Iterable[UUID]) -> dict[tuple[UUID, str], datetime]:
    """The last instant of each kind of event for each request."""
    rows = Event.objects.filter(request_id__in=list(request_ids), kind__in=list(kinds)).order_by("id")
    return {(r, k): at for r, k, at in rows.values_list("request_id", "kind", "at") if r is not None}
