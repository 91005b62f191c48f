"""Asking for a transport: who, from where to where, what the vehicle must be able to do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yipan.base.access import Actor, scope
from yipan.base.network.models import Department, Site
from yipan.base.patients.pages import picking
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput, YipanError
from yipan.lines.dispatch import actions
from yipan.lines.dispatch.actions.requests import TransportFacts
from yipan.lines.dispatch.models import Level
from yipan.lines.dispatch.pages.common import actor_of
from yipan.spine.models import Priority, Request
from yipan.spine.registry import Page
from yipan.ui import flash, messages
from yipan.ui.filters import zone_of
from yipan.ui.steps import told


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponseBase:
    """The form; what is wrong stands beside its field."""
    actor = actor_of(request, "dispatch.request")
    form = request.POST if request.method == "POST" else request.GET
    errors: dict[str, str] = {}
    if request.method == "POST" and form.get("step") == "save":
        try:
            made = _save(actor, form)
        except InvalidInput as error:
            fields = error.params.get("fields", {"wanted_from": error.code})
            errors = {name: messages.sentence(code, error.params) for name, code in fields.items()}
        except YipanError as error:
            errors = {"patient": told(error)}
        else:
            flash.say(request, _("The transport is asked for. Here are the vehicles that can go."))
            return redirect("transport", request_id=made.pk)
    context = {
        "form": form,
        "errors": errors,
        "pick_errors": [errors["patient"]] if "patient" in errors else [],
        "summary": [(f"f-{'q' if name == 'patient' else name}", text) for name, text in errors.items()],
        "sites": [(str(s.pk), s.label) for s in Site.objects.order_by("code")],
        "departments": _departments(actor),
        "levels": Level.choices,
        "priorities": [("emergency", _("Emergency")), ("urgent", _("Urgent")), ("elective", _("Elective"))],
        **picking.choices(actor, form),
    }
    return render(request, "dispatch/ask.html", context, status=422 if errors else 200)


def _departments(actor: Actor) -> list[tuple[str, str]]:
    """Departments for whose patients this person may ask."""
    where = scope(actor, "dispatch.request", "site__organisation__path")
    rows = Department.objects.filter(where).select_related("site").order_by("site__code", "code")
    return [(str(d.pk), f"{d.label} · {d.site.label}") for d in rows]


def _save(actor: Actor, form: Any) -> Request:
    wrong: dict[str, str] = {}
    chosen: dict[str, UUID] = {}
    for name in ("patient", "from_site", "to_site", "department"):
        found = texts.identifier(form.get(name, ""))
        if found is None:
            wrong[name] = "field_required"
        else:
            chosen[name] = found
    for name in ("from_site", "to_site"):
        if name in chosen and not Site.objects.filter(pk=chosen[name]).exists():
            wrong[name] = "choice_unknown"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    start = Site.objects.get(pk=chosen["from_site"])
    wanted = texts.instant(form["wanted_from"], zone_of(start)) if form.get("wanted_from") else None
    asked = TransportFacts(
        from_site=chosen["from_site"],
        to_site=chosen["to_site"],
        level=form.get("level", Level.BASIC),
        condition=form.get("condition", ""),
        oxygen=form.get("oxygen") == "1",
        escort=form.get("escort") == "1",
        note=form.get("note", ""),
    )
    return actions.request_transport(
        actor=actor,
        patient_id=chosen["patient"],
        home_department_id=chosen["department"],
        asked=asked,
        priority=form.get("priority", Priority.URGENT),
        wanted_from=wanted,
    )


PAGES = (Page("dispatch/new", ask, "dispatch-new"),)
