"""A clinic's day, for the doctor and the nurse at the door, on a phone too: who is next, who is here, who will come."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yipan.base import audit
from yipan.lines.appointments import policy, words
from yipan.lines.appointments.pages.common import actor_of, day_in, today
from yipan.lines.appointments.queries import facts, lists
from yipan.lines.appointments.queries.day import Standing, sheet_of
from yipan.spine.registry import Page


@never_cache
@require_GET
def day(request: HttpRequest, clinic_id: UUID) -> HttpResponse:
    """The list of one day; the fragment when a live update asks."""
    actor = actor_of(request)
    clinic = lists.seen(actor, clinic_id)
    path, site = facts.path_of(clinic), clinic.capacity.site
    shown = day_in(request, site)
    sheet = sheet_of(clinic, shown)
    names = actor.may("patients.view", path)
    if names and sheet.entries:
        audit.record_list(actor, "appointments.day", clinic.code, count=len(sheet.entries), path=path)
    ahead = policy.days_of(facts.pattern(clinic), shown + timedelta(days=1), shown + timedelta(days=60))
    back = policy.days_of(facts.pattern(clinic), shown - timedelta(days=60), shown - timedelta(days=1))
    context = {
        "clinic": clinic,
        "site": site,
        "sheet": sheet,
        "queue": sheet.queue(),
        "booked": sheet.of(Standing.BOOKED),
        "seen": sheet.of(Standing.SEEN),
        "missed": sheet.of(Standing.NO_SHOW),
        "is_today": shown == today(site),
        "before": back[-1] if back else None,
        "after": ahead[0] if ahead else None,
        "who": words.who,
        "visiting": words.visiting(clinic),
        "names": names,
        "target": int(policy.WAIT_TARGET.total_seconds() // 60),
        "may_receive": actor.may("appointments.receive", path),
        "may_see": actor.may("appointments.see", path),
        "may_close": actor.may("appointments.sessions", path),
        "may_book": actor.may("appointments.book", path),
        "may_edit": actor.may("appointments.clinics", path),
    }
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "appointments/day_body.html" if fragment else "appointments/day.html", context)


PAGES = (Page("clinics/<uuid:clinic_id>/day", day, "clinic-day"),)
