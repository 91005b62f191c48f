"""Ending a request that nobody has begun to serve: the same for every line."""

from __future__ import annotations

from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.spine.booking import release
from yipan.spine.events import Happening, record
from yipan.spine.models import Request
from yipan.spine.queries import RequestState, live_bookings, state_of

OVER = (RequestState.ACTIVE, RequestState.DONE, RequestState.CANCELLED)
"""States in which a request can no longer be withdrawn."""


def withdraw(
    *, request_id: UUID, by: Actor, reason: str, kind: str = "request.cancelled", refused: str = "request_step"
) -> Request:
    """Withdraw a request; what is kept for it is given back. `kind` is the event that tells it.

    The caller has checked the right. Raises InvalidInput("form_invalid") without a reason, and Conflict(`refused`) once
    somebody is being served, was, or the request is withdrawn already.
    """
    if not reason.strip():
        raise InvalidInput("form_invalid", fields={"reason": "field_required"})
    with unit.atomic():
        request = Request.objects.select_for_update(no_key=True).get(pk=request_id)
        state = state_of(request_id)
        if state in OVER:
            raise Conflict(refused, state=str(state), verb="cancel")
        for row in live_bookings(request_id):
            release(booking_id=row.pk, by=by, reason=reason)
        request.cancelled_at, request.cancel_reason = clock.now(), reason.strip()[:200]
        request.save(update_fields=["cancelled_at", "cancel_reason"])
        happening = Happening(
            kind=kind,
            line=request.line,
            request_id=request.pk,
            patient_id=request.patient_id,
            site_id=request.site_id,
            data={"reason": request.cancel_reason},
        )
        record(by, [happening])
    return request
