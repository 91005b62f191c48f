"""Who waits for a seat: their session was closed, their hold ran out; with the seats that come next."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yipan.base import audit
from yipan.lines.appointments import words
from yipan.lines.appointments.pages.common import actor_of, tabs
from yipan.lines.appointments.queries import lists
from yipan.lines.appointments.queries.proposals import proposals
from yipan.spine.registry import Page

PER_PAGE = 25
NEXT = 2


@never_cache
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """The list, the longest wait first."""
    actor = actor_of(request, "appointments.book")
    page = Paginator(lists.open_requests(actor), PER_PAGE).get_page(request.GET.get("page"))
    names = actor.may("patients.view")
    lost = lists.displaced([row.pk for row in page])
    mine = set(lists.in_scope(actor, "appointments.book").values_list("pk", flat=True))
    rows = []
    for row in page:
        found = proposals(
            specialty=row.appointment.specialty_id, patient_id=row.patient_id, near=row.site, by="nearest", limit=NEXT
        )
        rows.append((row, lost.get(row.pk), [p for p in found if p.clinic.pk in mine]))
    if names:
        audit.record_list(actor, "appointments.waiting", count=len(rows))
    context = {"tabs": tabs(actor, "clinic-waiting"), "page": page, "rows": rows, "names": names, "who": words.who}
    return render(request, "appointments/waiting.html", context)


PAGES = (Page("clinics/waiting", waiting, "clinic-waiting"),)
