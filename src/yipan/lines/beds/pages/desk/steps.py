"""What the desk does: plain forms that post, act, say what was done and come back to the desk.

A refusal (somebody was quicker, a rule no longer holds) shows its sentence on the same page above fresh proposals.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipan.base.access import Actor
from yipan.kernel.errors import Conflict, InvalidInput, YipanError
from yipan.lines.beds import actions
from yipan.lines.beds.pages.desk import show
from yipan.lines.beds.queries import desk as query
from yipan.lines.beds.queries.facts import booking_of_line
from yipan.spine.models import Booking
from yipan.spine.registry import Page
from yipan.ui import flash, messages
from yipan.ui.filters import moment

Act = Callable[[Actor], str]
"""Does it and returns the sentence of what was done."""


def step(view: Callable[[HttpRequest, UUID], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A form's address: a POST acts; whoever comes by a link (a reload after a refusal) gets the desk instead."""

    @wraps(view)
    def posted(
        request: HttpRequest, *, request_id: UUID | None = None, booking_id: UUID | None = None
    ) -> HttpResponseBase:
        if request.method == "POST":
            return view(request, request_id or booking_id)  # type: ignore[arg-type]
        return redirect("desk", request_id=request_id or _request_of(booking_id))  # type: ignore[arg-type]

    return require_http_methods(["GET", "POST"])(posted)


@step
def hold(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Keep a bed for the request; for a patient in a bed this plans a transfer."""

    def act(actor: Actor) -> str:
        row = actions.hold_bed(actor=actor, request_id=request_id, bed_id=identifier(request, "bed"))
        return _("%(bed)s is held until %(time)s.") % {"bed": _bed(row), "time": moment(row.expires_at, _site(row))}

    return attempt(request, request_id, act)


@step
def confirm(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """Admission and cross-department formalities in one step."""

    def act(actor: Actor) -> str:
        row = actions.confirm_admission(actor=actor, booking_id=booking_id)
        return _("Admission confirmed. %(bed)s: the ward is told to make it ready.") % {"bed": _bed(row)}

    return attempt(request, _request_of(booking_id), act)


@step
def release(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """Give the bed back; the request waits again."""

    def act(actor: Actor) -> str:
        row = actions.release_hold(actor=actor, booking_id=booking_id, reason=_reason(request))
        return _("%(bed)s is given back.") % {"bed": _bed(row)}

    return attempt(request, _request_of(booking_id), act)


@step
def no_show(request: HttpRequest, booking_id: UUID) -> HttpResponseBase:
    """The patient did not come."""

    def act(actor: Actor) -> str:
        row = actions.mark_no_show(actor=actor, booking_id=booking_id, reason=_reason(request))
        return _("Noted that the patient did not come. %(bed)s is free again.") % {"bed": _bed(row)}

    return attempt(request, _request_of(booking_id), act)


@step
def cancel(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Withdraw the request; what was kept for it is given back."""

    def act(actor: Actor) -> str:
        actions.cancel_request(actor=actor, request_id=request_id, reason=_reason(request))
        return _("The request is withdrawn.")

    return attempt(request, request_id, act)


@step
def transfer(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Move the patient to another bed now."""

    def act(actor: Actor) -> str:
        here = query.desk(actor=actor, request_id=request_id).here
        if here is None:
            raise Conflict("request_step", verb="transfer")
        row = actions.transfer(actor=actor, booking_id=here.id, bed_id=identifier(request, "bed"))
        return _("Moved to %(bed)s.") % {"bed": _bed(row)}

    return attempt(request, request_id, act)


def attempt(request: HttpRequest, request_id: UUID, act: Act) -> HttpResponseBase:
    """Act and come back to the desk; a refusal by state or by input is shown there with its status."""
    actor = show.actor_of(request)
    try:
        done = act(actor)
    except (Conflict, InvalidInput) as error:
        loaded = query.desk(actor=actor, request_id=request_id)
        status = 409 if isinstance(error, Conflict) else 422
        return show.page(request, actor, loaded, problem=problem_of(error), status=status)
    flash.say(request, done)
    return back(request, request_id)


def back(request: HttpRequest, request_id: UUID) -> HttpResponseRedirect:
    """To the page that the form came from, when it is one of ours, else to the desk of the request."""
    target = request.POST.get("next", "")
    if target and url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(target)
    return redirect("desk", request_id=request_id)


def problem_of(error: YipanError) -> str:
    """The sentence of a refusal; a missing reason is named, because it stood in a field that is folded away."""
    fields = error.params.get("fields") if isinstance(error, InvalidInput) else None
    if isinstance(fields, dict) and "reason" in fields:
        return _("Please give a reason; nothing was changed.")
    return messages.of_error(error)


def identifier(request: HttpRequest, name: str) -> UUID:
    """An identifier from the form. Raises InvalidInput("choice_unknown")."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise InvalidInput("choice_unknown", field=name) from None


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:200]


def _request_of(booking_id: UUID) -> UUID:
    row = booking_of_line(booking_id)
    assert row.request_id is not None  # booking_of_line has seen to it
    return row.request_id


def _bed(row: Booking) -> str:
    return query.bed_name(query.beds_by_id([row.capacity_id])[row.capacity_id])


def _site(row: Booking) -> str:
    return query.beds_by_id([row.capacity_id])[row.capacity_id].room.ward.site.time_zone


PAGES = (
    Page("desk/<uuid:request_id>/hold", hold, "request-hold"),
    Page("desk/<uuid:request_id>/cancel", cancel, "request-cancel"),
    Page("desk/<uuid:request_id>/transfer", transfer, "request-transfer"),
    Page("desk/bookings/<uuid:booking_id>/confirm", confirm, "booking-confirm"),
    Page("desk/bookings/<uuid:booking_id>/release", release, "booking-release"),
    Page("desk/bookings/<uuid:booking_id>/no-show", no_show, "booking-no-show"),
)
