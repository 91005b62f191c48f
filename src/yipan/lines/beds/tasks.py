"""What the outbox and the worker do for the bed pool after a commit. Every effect has a key: twice is once."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from yipan.base.access import SYSTEM
from yipan.kernel import clock
from yipan.lines.beds.models import FollowUpCall, NoticeKind, WardNotice
from yipan.lines.beds.policy import OVERRUN_GRACE
from yipan.lines.beds.queries import facts as known
from yipan.spine import booking, outbox
from yipan.spine.events import Happening, record
from yipan.spine.models import Booking


def tell_ward(key: str, payload: dict[str, Any]) -> None:
    """Put a notice on a ward's page. Payload: kind, booking, ward."""
    _notice(key, payload["kind"], UUID(payload["ward"]), UUID(payload["booking"]))


def plan_call(key: str, payload: dict[str, Any]) -> None:
    """Put the day-3 call on the list. Payload: booking, due_on. One for each stay abroad, whatever is repeated."""
    FollowUpCall.objects.get_or_create(
        booking_id=UUID(payload["booking"]), defaults={"due_on": date.fromisoformat(payload["due_on"])}
    )


def tell_displaced(key: str, payload: dict[str, Any]) -> None:
    """A reservation was lost because somebody is still there: tell the ward of the bed and the home ward."""
    row = known.booking_of_line(UUID(payload["booking"]))
    for ward_id in _both_wards(row):
        _notice(f"{key}:{ward_id}", NoticeKind.DISPLACED, ward_id, row.id)


def tell_overran(key: str, payload: dict[str, Any]) -> None:
    """A stay lasts longer than announced: tell the ward of the bed and the patient's home ward."""
    row = known.booking_of_line(UUID(payload["booking"]))
    for ward_id in _both_wards(row):
        _notice(f"{key}:{ward_id}", NoticeKind.OVERRUN, ward_id, row.id)


def extend_overruns() -> int:
    """Every minute: lengthen what should be over and is not."""
    return booking.extend_overruns(kind="bed", grace=OVERRUN_GRACE)


def announce() -> None:
    """Name the handlers of the line's wishes."""
    outbox.handles("beds.notice", tell_ward)
    outbox.handles("beds.call", plan_call)
    outbox.handles("beds.displaced", tell_displaced)
    outbox.handles("beds.overran", tell_overran)


def _both_wards(row: Booking) -> list[UUID]:
    host = known.place_of_booking(row.id).ward_id
    home = (
        row.request.home_department.wards.order_by("code").values_list("id", flat=True).first() if row.request else None
    )
    return [host] if home in (None, host) else [host, home]


def _notice(key: str, kind: str, ward_id: UUID, booking_id: UUID) -> None:
    _, new = WardNotice.objects.get_or_create(
        key=key, defaults={"kind": kind, "ward_id": ward_id, "booking_id": booking_id, "created_at": clock.now()}
    )
    if new:
        site_id = known.places_of_ward(ward_id)[0].site_id if known.places_of_ward(ward_id) else None
        record(SYSTEM, [Happening("notice.made", "beds", booking_id=booking_id, site_id=site_id, ward_id=ward_id)])
