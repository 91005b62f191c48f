"""Describing a vehicle, and taking it out of service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipan.base.access import Actor, scope
from yipan.base.network.models import Site
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput
from yipan.lines.dispatch import actions
from yipan.lines.dispatch.models import Level, Vehicle
from yipan.lines.dispatch.pages.common import actor_of
from yipan.lines.dispatch.queries import board as query
from yipan.spine.registry import Page
from yipan.ui import flash, messages


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """A new vehicle at one of the bases that this person describes."""
    actor = actor_of(request, "dispatch.fleet")
    return _form(request, actor, None)


@require_http_methods(["GET", "POST"])
def vehicle(request: HttpRequest, vehicle_id: UUID) -> HttpResponseBase:
    """A vehicle that there is."""
    actor = actor_of(request, "dispatch.fleet")
    return _form(request, actor, query.seen(actor, vehicle_id, "dispatch.fleet"))


def _form(request: HttpRequest, actor: Actor, known: Vehicle | None) -> HttpResponseBase:
    values: Any = {"preparation_minutes": 3, "level": "basic", "in_service": "1"}
    if known is not None:
        values = {name: getattr(known, name) for name in ("call_sign", "level", "preparation_minutes", "note")}
        values["in_service"] = "1" if known.in_service else ""
    errors: dict[str, str] = {}
    if request.method == "POST":
        values = request.POST
        try:
            _save(actor, values, known)
        except InvalidInput as error:
            errors = {name: messages.sentence(code) for name, code in error.params.get("fields", {}).items()}
        else:
            flash.say(request, _("The vehicle is written down."))
            return redirect("dispatch")
    where = scope(actor, "dispatch.fleet", "organisation__path")
    context = {
        "vehicle": known,
        "values": values,
        "errors": errors,
        "summary": [(f"f-{name}", text) for name, text in errors.items()],
        "sites": [(str(s.pk), s.label) for s in Site.objects.filter(where).order_by("code")],
        "levels": Level.choices,
    }
    return render(request, "dispatch/vehicle.html", context, status=422 if errors else 200)


def _save(actor: Actor, form: Any, known: Vehicle | None) -> None:
    site = known.capacity.site_id if known else texts.identifier(form.get("site", ""))
    minutes = texts.whole(form.get("preparation_minutes", ""))
    wrong: dict[str, str] = {}
    if site is None:
        wrong["site"] = "field_required"
    if minutes is None:
        wrong["preparation_minutes"] = "preparation_range"
    if site is None or minutes is None:
        raise InvalidInput("form_invalid", fields=wrong)
    actions.save_vehicle(
        actor=actor,
        site_id=site,
        call_sign=form.get("call_sign", ""),
        level=form.get("level", ""),
        preparation_minutes=minutes,
        in_service=form.get("in_service") == "1",
        note=form.get("note", ""),
        vehicle_id=known.pk if known else None,
    )


PAGES = (
    Page("dispatch/vehicles/new", new, "vehicle-new"),
    Page("dispatch/vehicles/<uuid:vehicle_id>", vehicle, "vehicle"),
)
