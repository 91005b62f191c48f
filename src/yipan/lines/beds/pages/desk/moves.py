"""Two patients change beds: choosing with whom, and doing it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yipan.base import audit
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.beds import actions
from yipan.lines.beds.pages.desk.show import actor_of, told
from yipan.lines.beds.pages.desk.steps import identifier
from yipan.lines.beds.queries import desk as query
from yipan.lines.beds.queries import swaps
from yipan.spine.registry import Page
from yipan.ui import flash, messages


@never_cache
@require_http_methods(["GET", "POST"])
def swap(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """Patients whose beds suit, and whom this patient's bed suits; a POST with `other` changes the two, one with `q`
    looks for somebody, which must not stand in an address."""
    actor = actor_of(request)
    loaded = query.desk(actor=actor, request_id=request_id)
    actor.require("beds.place", loaded.request.site.organisation.path)
    if loaded.here is None:
        flash.say(request, _("Only patients who lie in a bed can change beds."), "warn")
        return redirect("desk", request_id=request_id)
    problem, status = "", 200
    if "other" in request.POST:
        try:
            actions.swap_patients(actor=actor, first_id=loaded.here.id, second_id=identifier(request, "other"))
        except (Conflict, InvalidInput) as error:
            problem, status = messages.of_error(error), 409 if isinstance(error, Conflict) else 422
        else:
            flash.say(request, _("The two patients have changed beds."))
            return redirect("desk", request_id=request_id)
    text = request.POST.get("q", "").strip()
    partners = swaps.partners(actor=actor, request=loaded.request, here=loaded.here, text=text)
    told(actor, loaded)
    audit.record_list(actor, "beds.swap", request_id, count=len(partners))
    context = {
        "desk": loaded,
        "record": loaded.request,
        "site": loaded.request.site,
        "bed": loaded.beds[loaded.here.capacity_id],
        "partners": partners,
        "text": text,
        "problem": problem,
        "bed_name": query.bed_name,
    }
    return render(request, "beds/desk_swap.html", context, status=status)


PAGES = (Page("desk/<uuid:request_id>/swap", swap, "request-swap"),)
