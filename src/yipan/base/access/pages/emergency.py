"""The privacy officer's list of records that were opened in an emergency."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from yipan.base.access import emergency
from yipan.base.access.pages.asked import actor
from yipan.base.access.queries import shown_name
from yipan.kernel.errors import Conflict

PER_PAGE = 50


@never_cache
@require_GET
def openings(request: HttpRequest) -> HttpResponse:
    """Openings newest first; those that wait for a review can be shown alone."""
    return openings_page(request)


def openings_page(request: HttpRequest, error: Conflict | None = None) -> HttpResponse:
    """The list, with a refusal of what was tried on it where there is one."""
    who = actor(request)
    only_waiting = request.GET.get("show") == "waiting"
    page = Paginator(emergency.openings(who, unreviewed=only_waiting), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "shown_name": shown_name, "who": who, "waiting": emergency.waiting(who), "error": error}
    return render(request, "access/emergencies.html", context, status=409 if error else 200)


@require_POST
def review(request: HttpRequest, opening_id: UUID) -> HttpResponse:
    """Mark one as looked into."""
    try:
        emergency.review(
            actor=actor(request),
            opening_id=opening_id,
            justified=request.POST.get("justified") == "1",
            note=request.POST.get("note", ""),
        )
    except Conflict as wrong:
        return openings_page(request, wrong)
    return redirect("emergencies")
