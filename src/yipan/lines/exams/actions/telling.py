"""Events of the examinations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from yipan.base.access import Actor, wall
from yipan.spine.events import Happening, record
from yipan.spine.models import Request


def tell(
    by: Actor,
    kind: str,
    request: Request,
    *,
    at: datetime | None = None,
    booking_id: UUID | None = None,
    capacity_id: UUID | None = None,
    site_id: UUID | None = None,
    **data: Any,
) -> None:
    """Write what happened to an order into the journal; `site_id` is where, by default where it was ordered."""
    what = Happening(
        kind=kind,
        line="exams",
        request_id=request.pk,
        booking_id=booking_id,
        capacity_id=capacity_id,
        patient_id=request.patient_id,
        site_id=site_id or request.site_id,
        at=at,
        data=data,
    )
    record(by, [what])


@wall.passage("exams.critical")
def tell_of_patient(by: Actor, kind: str, patient_id: UUID, site_id: UUID | None, **data: Any) -> None:
    """Write what happened about a patient without an order into the journal, of the site that cares for them."""
    record(by, [Happening(kind=kind, line="exams", patient_id=patient_id, site_id=site_id, data=data)])
