"""A session that does not take place, and one that does after all."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor, wall
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.appointments.models import Clinic, ClosedSession
from yipan.lines.appointments.queries import facts
from yipan.spine import booking
from yipan.spine.events import Happening, record
from yipan.spine.models import Booking
from yipan.spine.states import State


def close_session(*, actor: Actor, clinic_id: UUID, day: date, reason: str) -> list[Booking]:
    """The doctor is away: the session does not take place. Its patients wait again and are proposed the next seats.

    Whoever is with the doctor already stays. Returns the seats that were lost.
    Raises Conflict("session_closed_already"), InvalidInput.
    """
    clinic = facts.clinic(clinic_id)
    actor.require("appointments.sessions", facts.path_of(clinic))
    if not reason.strip():
        raise InvalidInput("form_invalid", fields={"reason": "field_required"})
    session = next(iter(facts.sessions([clinic], day, day)), None)
    if session is None:
        raise InvalidInput("session_unknown", day=day.isoformat())
    with transaction.atomic():
        # Under the same lock as a hold: nobody takes a seat of the session between the look at it and its closing.
        booking.lock_places([clinic.pk])
        if facts.is_closed(clinic.pk, day):
            raise Conflict("session_closed_already")
        ClosedSession.objects.create(
            clinic=clinic, day=day, reason=reason.strip()[:200], closed_by=actor.name, closed_at=clock.now()
        )
        lost = _displace(actor, clinic, [s.start for s in session.seats], reason.strip()[:200])
        data = {"day": day.isoformat(), "reason": reason.strip()[:200], "displaced": len(lost)}
        record(actor, [_happening("session.closed", clinic, data)])
    return lost


def reopen_session(*, actor: Actor, clinic_id: UUID, day: date) -> None:
    """The session takes place after all. Who lost a seat keeps what was proposed meanwhile."""
    clinic = facts.clinic(clinic_id)
    actor.require("appointments.sessions", facts.path_of(clinic))
    with transaction.atomic():
        booking.lock_places([clinic.pk])
        removed, _ = ClosedSession.objects.filter(clinic=clinic, day=day).delete()
        if not removed:
            raise Conflict("session_open")
        record(actor, [_happening("session.reopened", clinic, {"day": day.isoformat()})])


@wall.passage("appointments.seats")
def _displace(actor: Actor, clinic: Clinic, starts: list[object], reason: str) -> list[Booking]:
    rows = Booking.objects.filter(
        capacity_id=clinic.pk, state__in=[State.HELD, State.CONFIRMED], period__startswith__in=starts
    ).order_by("period")
    return [booking.displace(booking_id=row.pk, by=actor, reason=reason) for row in rows]


def _happening(kind: str, clinic: Clinic, data: dict[str, object]) -> Happening:
    return Happening(kind=kind, line=facts.LINE, capacity_id=clinic.pk, site_id=clinic.capacity.site_id, data=data)
