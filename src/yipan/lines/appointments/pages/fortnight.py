"""The sessions of the network in a fortnight: where a specialist is, on which day, and how many seats are free."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yipan.base.access import Role
from yipan.kernel import clock
from yipan.lines.appointments import words
from yipan.lines.appointments.models import Clinic
from yipan.lines.appointments.pages.common import actor_of, day_in, tabs
from yipan.lines.appointments.queries import facts, lists
from yipan.spine.registry import Page
from yipan.ui.navigation import Area, NavItem

PER_PAGE = 40


@require_GET
def fortnight(request: HttpRequest) -> HttpResponse:
    """The grid; filters by specialty, site, and visiting doctors."""
    actor = actor_of(request)
    every = list(facts.clinics().filter(in_use=True).order_by("capacity__site__code", "code"))
    wanted = {key: request.GET.get(key, "") for key in ("specialty", "site", "visiting")}
    shown = [c for c in every if _matches(c, wanted)]
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    first = day_in(request)
    days, rows = lists.grid(page.object_list, first)
    context = {
        "tabs": tabs(actor, "clinics"),
        "days": days,
        "rows": rows,
        "page": page,
        "wanted": wanted,
        "filtered": any(wanted.values()),
        "specialties": _options({c.department.specialty_id: c.department.specialty for c in every}),
        "sites": _options({c.capacity.site.code: c.capacity.site for c in every}),
        "first": first,
        "at": clock.now(),
        "visiting": words.visiting,
        "actor": actor,
        "may_book": actor.may("appointments.book"),
        "may_make": actor.may("appointments.clinics"),
        "path": facts.path_of,
    }
    return render(request, "appointments/fortnight.html", context)


def _matches(clinic: Clinic, wanted: dict[str, str]) -> bool:
    return (
        wanted["specialty"] in ("", clinic.department.specialty_id)
        and wanted["site"] in ("", clinic.capacity.site.code)
        and (not wanted["visiting"] or words.visiting(clinic))
    )


def _options(known: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted(((key, thing.label) for key, thing in known.items()), key=lambda pair: pair[1])


PAGES = (Page("clinics", fortnight, "clinics"),)
NAV = NavItem(
    "clinics",
    gettext_lazy("Clinics"),
    "calendar-days",
    order=47,
    verb="appointments.view",
    area=Area.SERVICES,
    daily=frozenset({Role.DOCTOR}),
    key="i",
)
