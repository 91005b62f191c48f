"""The steps of a bed as addresses (`ui.steps`): each is a form that posts, and goes back to where it came from."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yipan.base.access import Actor
from yipan.kernel import texts
from yipan.lines.beds import actions
from yipan.lines.beds.queries import facts as known
from yipan.spine.registry import Page
from yipan.ui.steps import step


def _ready(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.mark_ready(actor=actor, booking_id=key)
    return _("The bed is ready; the desk sees it.")


def _arrive(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.arrive(actor=actor, booking_id=key)
    return _("The patient is in the bed.")


def _depart(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.depart(actor=actor, booking_id=key)
    return _("The patient has left; the bed is being cleaned.")


def _discharge(request: HttpRequest, actor: Actor, key: UUID) -> str:
    place = known.place_of_booking(key)
    end = texts.instant(request.POST.get("end") or request.POST.get("value", ""), ZoneInfo(place.time_zone))
    actions.announce_discharge(actor=actor, booking_id=key, end=end)
    return _("The expected discharge is announced; the bed can be reserved from then on.")


def _discharge_withdraw(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.announce_discharge(actor=actor, booking_id=key, end=None)
    return _("The expected discharge is withdrawn.")


def _clean_done(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.finish_cleaning(actor=actor, bed_id=key)
    return _("The bed is clean and free.")


def _clean_start(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.start_cleaning(actor=actor, bed_id=key)
    return _("The bed is being cleaned.")


def _until(request: HttpRequest, zone: str) -> datetime | None:
    text = request.POST.get("until", "")
    return texts.instant(text, ZoneInfo(zone)) if text else None


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason") or request.POST.get("value", "")


def _close(request: HttpRequest, actor: Actor, key: UUID) -> str:
    until = _until(request, known.bed_place(key).time_zone)
    done = actions.close_bed(actor=actor, bed_id=key, reason=_reason(request), until=until)
    return _("The bed is closed, or closes when its patient leaves.") if done else _("The bed was closed already.")


def _reopen(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.reopen_bed(actor=actor, bed_id=key)
    return _("The bed is open again.")


def _ward_close(request: HttpRequest, actor: Actor, key: UUID) -> str:
    places = known.places_of_ward(key)
    until = _until(request, places[0].time_zone) if places else None
    done = actions.close_ward(actor=actor, ward_id=key, reason=_reason(request), until=until)
    return _("%(n)s beds are closed, or close when their patients leave.") % {"n": len(done)}


def _ward_reopen(request: HttpRequest, actor: Actor, key: UUID) -> str:
    return _("%(n)s beds are open again.") % {"n": actions.reopen_ward(actor=actor, ward_id=key)}


def _notice_seen(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.see_notice(actor=actor, notice_id=key)
    return _("Marked as seen.")


def _undo_arrive(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.undo_arrival(actor=actor, booking_id=key, reason=request.POST.get("reason", ""))
    return _("The arrival is taken back.")


def _undo_depart(request: HttpRequest, actor: Actor, key: UUID) -> str:
    actions.undo_departure(actor=actor, booking_id=key)
    return _("The departure is taken back: the patient is still in the bed.")


def _pages() -> tuple[Page, ...]:
    steps: dict[str, Any] = {
        "bed-ready": _ready,
        "bed-arrive": _arrive,
        "bed-depart": _depart,
        "bed-discharge": _discharge,
        "bed-discharge-withdraw": _discharge_withdraw,
        "bed-clean-done": _clean_done,
        "bed-clean-start": _clean_start,
        "bed-close": _close,
        "bed-reopen": _reopen,
        "ward-close": _ward_close,
        "ward-reopen": _ward_reopen,
        "notice-seen": _notice_seen,
        "bed-undo-arrive": _undo_arrive,
        "bed-undo-depart": _undo_depart,
    }
    return tuple(Page(f"do/{name}/<uuid:key>", step(verb, "board"), name) for name, verb in steps.items())


PAGES = _pages()
