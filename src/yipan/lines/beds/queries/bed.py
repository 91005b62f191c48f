"""One bed with everything that its panel tells: who is in it and why, who comes next, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from yipan.base.access import Actor
from yipan.base.network.models import Bed
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.beds.models import Placement
from yipan.lines.beds.policy import BedStatus
from yipan.lines.beds.queries.beds import BedRow, bed_rows
from yipan.spine.models import Booking, Event, Request
from yipan.spine.states import State

EVENTS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class BedSheet:
    """A bed (with room, ward, department and site loaded), what it is now, and the records behind that.

    `stay` and `coming` are the requests of the patient in it and of the next one; `reservation` is the booking of the
    latter; `first_at` is when the stay began, before any transfer.
    """

    bed: Bed
    row: BedRow
    status: BedStatus
    stay: Request | None
    placement: Placement | None
    coming: Request | None
    reservation: Booking | None
    first: Booking | None
    events: Sequence[Event]


def bed_sheet(*, actor: Actor, bed_id: UUID) -> BedSheet:
    """Everything about a bed that the actor may see. Raises NotFound("bed_unknown")."""
    at = clock.now()
    rows = bed_rows(actor=actor, at=at, bed_ids=[bed_id])
    if not rows:
        raise NotFound("bed_unknown", bed=str(bed_id))
    row = rows[0]
    bed = Bed.objects.select_related(
        "department__specialty", "room__ward__department", "room__ward__site__organisation", "capacity"
    ).get(id=bed_id)
    requests = {
        r.id: r
        for r in Request.objects.filter(
            id__in=[i for i in (row.request_id, row.next_request_id) if i is not None]
        ).select_related("patient", "attending", "home_department__site", "admission")
    }
    bookings = Booking.objects.filter(request_id=row.request_id, purpose="care") if row.request_id else None
    stays = bookings.filter(state__in=[State.ACTIVE, State.DONE]) if bookings is not None else Booking.objects.none()
    ward_id = bed.room.ward_id
    return BedSheet(
        bed=bed,
        row=row,
        status=row.status(at),
        stay=requests.get(row.request_id) if row.request_id else None,
        placement=_placement(row.booking_id),
        coming=requests.get(row.next_request_id) if row.next_request_id else None,
        reservation=Booking.objects.filter(id=row.next_booking_id).first() if row.next_booking_id else None,
        first=stays.order_by("period").first(),
        # The index is on ward and instant; a ward's beds are few.
        events=list(
            Event.objects.filter(ward_id=ward_id, capacity_id=bed.capacity.id).order_by("-at", "-id")[:EVENTS_SHOWN]
        ),
    )


def _placement(booking_id: UUID | None) -> Placement | None:
    if booking_id is None:
        return None
    return Placement.objects.select_related("home_department", "host_department").filter(booking_id=booking_id).first()
