"""The two task lists: calls to patients abroad, and notices to wards."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.beds.models import FollowUpCall, WardNotice
from yipan.lines.beds.queries import facts as known
from yipan.spine.events import Happening, record


def record_call(
    *, actor: Actor, call_id: UUID, reached: bool, satisfaction: int | None = None, note: str = ""
) -> FollowUpCall:
    """Write down the day-3 call. A patient who was not reached stays on the list."""
    if satisfaction is not None and not 1 <= satisfaction <= 5:
        raise InvalidInput("form_invalid", fields={"satisfaction": "satisfaction_range"})
    with transaction.atomic():
        call = FollowUpCall.objects.select_for_update().filter(id=call_id).first()
        if call is None:
            raise NotFound("call_unknown", id=str(call_id))
        place = known.place_of_booking(call.booking_id)
        actor.require("beds.calls", place.path)
        if call.done_at is not None:
            raise Conflict("call_done", by=call.done_by)
        call.reached, call.satisfaction, call.note = reached, satisfaction, note.strip()[:400]
        if reached:
            call.done_at, call.done_by = clock.now(), actor.name
        call.save()
        row = known.booking_of_line(call.booking_id)
        happening = Happening(
            kind="call.done" if reached else "call.tried",
            line="beds",
            request_id=row.request_id,
            booking_id=row.id,
            patient_id=row.patient_id,
            site_id=place.site_id,
            ward_id=place.ward_id,
        )
        record(actor, [happening])
    return call


def see_notice(*, actor: Actor, notice_id: UUID) -> WardNotice:
    """The ward has read a notice."""
    with transaction.atomic():
        notice = WardNotice.objects.select_for_update().filter(id=notice_id).first()
        if notice is None:
            raise NotFound("notice_unknown", id=str(notice_id))
        place = known.places_of_ward(notice.ward_id)[0]
        actor.require("beds.receive", place.path, ward_id=notice.ward_id)
        if notice.seen_at is None:
            notice.seen_at, notice.seen_by = clock.now(), actor.name
            notice.save(update_fields=["seen_at", "seen_by"])
            record(actor, [Happening("notice.seen", "beds", site_id=place.site_id, ward_id=notice.ward_id)])
    return notice
