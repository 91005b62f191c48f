"""What came of the clinics: booked, seen, missed, and how long people waited for the call."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput
from yipan.lines.appointments import policy, words
from yipan.lines.appointments.pages.common import actor_of, tabs, today
from yipan.lines.appointments.queries import lists
from yipan.lines.appointments.queries.lists import Figures
from yipan.spine.registry import Page

USUAL = timedelta(days=28)
LONGEST = timedelta(days=366)


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Per clinic and in all, of the last four weeks or of the days named."""
    actor = actor_of(request, "appointments.figures")
    last = texts.day(request.GET["to"]) if request.GET.get("to") else today()
    first = texts.day(request.GET["from"]) if request.GET.get("from") else last - USUAL
    if first > last:
        raise InvalidInput("dates_reversed")
    if last - first > LONGEST:
        raise InvalidInput("period_too_long")
    clinics = list(lists.in_scope(actor, "appointments.figures"))
    made = lists.figures(clinics, first, last)
    total = Figures()
    for mine in made.values():
        total.add(mine)
    target = int(policy.WAIT_TARGET.total_seconds() // 60)
    context = {
        "tabs": tabs(actor, "clinic-figures"),
        "rows": [(c, made[c.pk]) for c in clinics if made[c.pk].offered or made[c.pk].booked],
        "total": total,
        "first": first,
        "last": last,
        "target": target,
        "who": words.who,
        "visiting": words.visiting,
        "about_wait": {
            "definition": _("From the seat's time, or the arrival if that was later, to the first call."),
            "numerator": _("Patients called within %(n)s minutes") % {"n": target},
            "denominator": _("Patients called"),
        },
        "about_missed": {
            "definition": _("Confirmed seats whose patient did not come."),
            "numerator": _("Missed seats"),
            "denominator": _("Seats seen or missed"),
        },
    }
    return render(request, "appointments/figures.html", context)


PAGES = (Page("clinics/figures", figures, "clinic-figures"),)
