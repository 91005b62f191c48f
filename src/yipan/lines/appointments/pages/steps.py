"""The steps of a seat and of a session as addresses (`ui.steps`)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yipan.base.access import Actor
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput
from yipan.lines.appointments import actions
from yipan.spine.registry import Page
from yipan.ui.steps import step


def _hold(request: HttpRequest, actor: Actor, key: UUID) -> str:
    clinic_id, start = texts.identifier(request.POST.get("clinic", "")), texts.moment(request.POST.get("start", ""))
    if clinic_id is None:
        raise InvalidInput("seat_unknown")
    actions.hold_seat(actor=actor, request_id=key, clinic_id=clinic_id, start=start)
    return _("The seat is held. Confirm it, or choose another one.")


def _confirm(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.confirm_seat(actor=actor, booking_id=key)
    return _("The seat is confirmed.")


def _release(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.release_seat(actor=actor, booking_id=key)
    return _("The seat is given back; choose another one.")


def _cancel(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.cancel_appointment(actor=actor, request_id=key, reason=request.POST.get("reason", ""))
    return _("The appointment is cancelled.")


def _check_in(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.check_in(actor=actor, booking_id=key)
    return _("The patient is in the queue.")


def _no_show(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.mark_no_show(actor=actor, booking_id=key)
    return _("Written down: the patient did not come.")


def _call(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.call_next(actor=actor, clinic_id=key)
    return _("Called.")


def _come_in(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.come_in(actor=actor, booking_id=key)
    return _("The patient is with the doctor.")


def _pass(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.pass_over(actor=actor, booking_id=key)
    return _("Called again after the next two.")


def _finish(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.finish(actor=actor, booking_id=key)
    return _("Seen.")


def _close(request: HttpRequest, actor: Actor, key: UUID) -> str:
    day = texts.day(request.POST.get("day", ""))
    lost = actions.close_session(actor=actor, clinic_id=key, day=day, reason=request.POST.get("reason", ""))
    return _("The session is closed; %(n)s patients wait for another seat.") % {"n": len(lost)}


def _reopen(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.reopen_session(actor=actor, clinic_id=key, day=texts.day(request.POST.get("day", "")))
    return _("The session takes place after all.")


def _pages() -> tuple[Page, ...]:
    steps: dict[str, Any] = {
        "seat-hold": _hold,
        "seat-confirm": _confirm,
        "seat-release": _release,
        "seat-check-in": _check_in,
        "seat-no-show": _no_show,
        "seat-come-in": _come_in,
        "seat-pass": _pass,
        "seat-finish": _finish,
        "session-call": _call,
        "session-close": _close,
        "session-reopen": _reopen,
        "appointment-cancel": _cancel,
    }
    return tuple(Page(f"do/{name}/<uuid:key>", step(verb, "clinics"), name) for name, verb in steps.items())


PAGES = _pages()
