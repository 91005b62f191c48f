"""The steps of a transport as addresses (`ui.steps`)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yipan.base.access import Actor
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput
from yipan.lines.dispatch import actions
from yipan.lines.dispatch.pages.common import step_words
from yipan.spine.registry import Page
from yipan.ui.steps import step


def _assign(request: HttpRequest, actor: Actor, key: UUID) -> str:
    vehicle_id, leave = texts.identifier(request.POST.get("vehicle", "")), texts.moment(request.POST.get("leave", ""))
    if vehicle_id is None:
        raise InvalidInput("form_invalid", fields={"vehicle": "choice_unknown"})
    actions.assign_vehicle(actor=actor, request_id=key, vehicle_id=vehicle_id, leave=leave)
    return _("The vehicle is held. Confirm it, or choose another one.")


def _confirm(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.confirm_trip(actor=actor, booking_id=key)
    return _("The vehicle is confirmed; its crew sees the transport.")


def _release(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.release_trip(actor=actor, booking_id=key)
    return _("The vehicle is free again; choose another one.")


def _cancel(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.cancel_transport(actor=actor, request_id=key, reason=request.POST.get("reason", ""))
    return _("The transport is cancelled.")


def _report(request: HttpRequest, actor: Actor, key: UUID) -> str:
    told = request.POST.get("step", "")
    actions.report_step(actor=actor, booking_id=key, step=told)
    return step_words()[told]


def _back(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.take_back_step(actor=actor, booking_id=key)
    return _("The last step is taken back.")


def _home(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.back_at_base(actor=actor, vehicle_id=key)
    return _("Ready for the next transport.")


def _pages() -> tuple[Page, ...]:
    steps: dict[str, Any] = {
        "transport-assign": _assign,
        "transport-confirm": _confirm,
        "transport-release": _release,
        "transport-cancel": _cancel,
        "transport-step": _report,
        "transport-back": _back,
        "vehicle-home": _home,
    }
    return tuple(Page(f"do/{name}/<uuid:key>", step(verb, "dispatch"), name) for name, verb in steps.items())


PAGES = _pages()
