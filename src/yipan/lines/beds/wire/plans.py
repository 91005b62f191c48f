"""What is expected of a stay, and leave of absence."""

from __future__ import annotations

from typing import Any

from yipan.base.access import Actor
from yipan.codecs.hl7v2.event import AdtEvent
from yipan.kernel import clock
from yipan.lines.beds import actions
from yipan.lines.beds.wire import people, presence, requests, times
from yipan.lines.beds.wire.presence import Presence
from yipan.lines.beds.wire.sender import place_at
from yipan.spine.events import Happening, record
from yipan.spine.models import Event
from yipan.spine.wire import Sender
from yipan.spine.wire.outcome import ALREADY_SO, Outcome

AWAY, BACK = "stay.away", "stay.back"
PLANNED, PLAN_DROPPED = "stay.transfer_planned", "stay.transfer_dropped"


def expect_discharge(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A16: the patient is expected to leave at PV2-9 or EVN-3 (预出院); from then on the bed can be reserved."""
    here = _here(event, source, actor)
    end = times.expected_leave(event.expected_discharge or event.planned_at, clock.now())
    if here.booking.end_announced and here.booking.end == end:
        return Outcome(ALREADY_SO, here.booking.patient_id)
    actions.announce_discharge(actor=actor, booking_id=here.booking.pk, end=end)
    return Outcome("discharge_expected", here.booking.patient_id)


def cancel_expected_discharge(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A25: the patient stays on."""
    here = _here(event, source, actor)
    if not here.booking.end_announced:
        return Outcome(ALREADY_SO, here.booking.patient_id)
    actions.announce_discharge(actor=actor, booking_id=here.booking.pk, end=None)
    return Outcome("discharge_not_expected", here.booking.patient_id)


def expect_transfer(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A15: the patient is to move; noted in the history of the stay. No bed is kept for it."""
    here = _here(event, source, actor)
    target = place_at(event.pending_location, source=source, actor=actor)
    data = {"capacity": str(target.capacity_id)} if target else {}
    if (planned := event.planned_at) is not None:
        data["planned"] = planned.at.isoformat()
    return _note(event, here, PLANNED, PLAN_DROPPED, "transfer_expected", actor, data)


def cancel_expected_transfer(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A26: the patient is not to move."""
    here = _here(event, source, actor)
    return _note(event, here, PLAN_DROPPED, PLANNED, "transfer_not_expected", actor, {}, first=False)


def go_away(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A21: the patient is on leave of absence; the bed stays theirs."""
    here = _here(event, source, actor)
    data = {"expected": event.expected_return.at.isoformat()} if event.expected_return else {}
    return _note(event, here, AWAY, BACK, "away", actor, data)


def come_back(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A22: the patient is back from leave."""
    return _note(event, _here(event, source, actor), BACK, AWAY, "back", actor, {}, first=False)


def _here(event: AdtEvent, source: Sender, actor: Actor) -> Presence:
    patient = people.known(event, source=source, actor=actor)
    here = presence.required(patient.pk, source=source, actor=actor)
    requests.refuse_other_visit(here.request, event)
    return here


def _note(
    event: AdtEvent,
    here: Presence,
    kind: str,
    opposite: str,
    code: str,
    actor: Actor,
    data: dict[str, Any],
    *,
    first: bool = True,
) -> Outcome:
    """Write an event of a stay unless the latest of the two kinds says the same; `first`: it may be the first one."""
    rows = Event.objects.filter(booking_id=here.booking.pk, kind__in=[kind, opposite])
    latest = rows.order_by("-id").first()
    if (latest is None and not first) or (latest is not None and latest.kind == kind and latest.data == data):
        return Outcome(ALREADY_SO, here.booking.patient_id)
    happening = Happening(
        kind,
        "beds",
        request_id=here.request.pk,
        booking_id=here.booking.pk,
        capacity_id=here.place.capacity_id,
        patient_id=here.booking.patient_id,
        site_id=here.place.site_id,
        ward_id=here.place.ward_id,
        at=times.happened(event, clock.now()),
        data=data,
    )
    record(actor, [happening])
    return Outcome(code, here.booking.patient_id)
