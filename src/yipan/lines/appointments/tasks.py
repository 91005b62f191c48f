"""What the outbox does for the clinics after a commit. Every effect has a key: twice is once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from yipan.base.access import SYSTEM
from yipan.lines.appointments.queries import facts
from yipan.lines.appointments.queries.proposals import proposals
from yipan.spine import outbox
from yipan.spine.events import Happening, record
from yipan.spine.models import Event, Request

PROPOSED = 3


def propose_again(key: str, payload: dict[str, Any]) -> None:
    """Somebody lost a seat because the session does not take place: write down which seats come next. Once."""
    row, clinic = facts.seat_booking(UUID(payload["booking"]))
    if row.request_id is None or Event.objects.filter(booking_id=row.pk, kind="appointment.proposed").exists():
        return
    found = proposals(
        specialty=clinic.department.specialty_id,
        patient_id=row.patient_id,
        near=clinic.capacity.site,
        wanted_from=row.start,
        by="nearest",
        is_referral=Request.objects.filter(pk=row.request_id, parent__isnull=False).exists(),
        limit=PROPOSED,
    )
    seats = [{"clinic": str(p.clinic.pk), "start": p.seat.start.isoformat()} for p in found]
    told = Happening(
        "appointment.proposed",
        facts.LINE,
        request_id=row.request_id,
        booking_id=row.pk,
        capacity_id=clinic.pk,
        patient_id=row.patient_id,
        site_id=clinic.capacity.site_id,
        data={"seats": seats},
    )
    record(SYSTEM, [told])


def announce() -> None:
    """Name the handlers of the line's wishes."""
    outbox.handles("appointments.displaced", propose_again)
