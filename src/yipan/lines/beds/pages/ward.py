"""A ward's own page, for the nurses' station and for a phone: coming, there, leaving, cleaning, free, closed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yipan.base import audit
from yipan.base.access import Actor, Role
from yipan.kernel import clock
from yipan.lines.beds.policy import BedStatus
from yipan.lines.beds.queries import ward as query
from yipan.lines.beds.queries.icd10 import diagnosis_label
from yipan.lines.beds.queries.tallies import Counts, tallies
from yipan.spine.registry import Page
from yipan.ui.filters import localtime
from yipan.ui.navigation import Area, NavItem

PAGE_SIZE = 60
SOON = timedelta(hours=2)
"""A departure this close is what the nurse presses next; later ones do not shout."""


@require_GET
def wards(request: HttpRequest) -> HttpResponse:
    """The wards in scope; somebody with one ward goes straight there."""
    actor = actor_of(request)
    own = query.own_wards(actor)
    if len(own) == 1 and "all" not in request.GET:
        return HttpResponseRedirect(reverse("ward", args=[own[0]]))
    found = query.wards(actor)
    text = request.GET.get("q", "").strip()
    if text:
        found = found.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__istartswith=text))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    counts = _counts(actor, {w.site_id for w in page})
    rows = [(w, counts.get(str(w.pk), Counts())) for w in page]
    return render(request, "beds/wards.html", {"page": page, "rows": rows, "text": text, "own": own})


@require_GET
def ward(request: HttpRequest, ward_id: UUID) -> HttpResponse:
    """One ward."""
    actor = actor_of(request)
    sheet = query.ward_sheet(actor=actor, ward_id=ward_id)
    path = sheet.ward.site.organisation.path
    people = len(sheet.coming) + len(sheet.there) + len(sheet.left)
    audit.record_list(actor, "beds.ward", sheet.ward.code, count=people, path=path)
    context = {
        "sheet": sheet,
        "ward": sheet.ward,
        "site": sheet.ward.site,
        "at": sheet.at,
        "soon": sheet.at + SOON,
        "counts": _counts(actor, {sheet.ward.site_id}).get(str(ward_id), Counts()),
        "status": BedStatus,
        "names": actor.may("patients.view", path),
        "may_receive": actor.may("beds.receive", path, ward_id=ward_id),
        "may_discharge": actor.may("beds.discharge", path, ward_id=ward_id),
        "may_close": actor.may("beds.close", path),
        "may_place": actor.may("beds.place", path),
        "times": _discharge_times(sheet.at, sheet.ward.site.time_zone),
        "diagnosis": diagnosis_label,
    }
    if request.headers.get("HX-Request") == "true":
        return render(request, "beds/ward_body.html", context)
    return render(request, "beds/ward_print.html" if "print" in request.GET else "beds/ward.html", context)


def actor_of(request: HttpRequest) -> Actor:
    """The actor, who must be allowed to look at beds somewhere."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require("beds.view")
    return actor


def _counts(actor: Actor, site_ids: set[UUID]) -> dict[str, Counts]:
    """Counts of each ward of these sites, by identifier."""
    found: dict[str, Counts] = {}
    for tally in tallies(actor=actor, site_ids=site_ids):
        found[tally.ward_id] = found.get(tally.ward_id, Counts()) + tally.counts
    return found


def _discharge_times(at: datetime, zone: str) -> list[datetime]:
    """Times that are usual for a discharge: the next two of 11:00 and 15:00, and tomorrow's."""
    local = localtime(at or clock.now(), zone) or at
    days = [local.date() + timedelta(days=n) for n in range(3)]
    usual = [datetime.combine(day, time(hour), local.tzinfo) for day in days for hour in (11, 15)]
    return [t for t in usual if t > local + timedelta(minutes=20)][:4]


PAGES = (
    Page("wards", wards, "wards"),
    Page("wards/<uuid:ward_id>", ward, "ward"),
)
NAV = NavItem(
    "wards",
    gettext_lazy("Wards"),
    "stethoscope",
    order=45,
    verb="beds.view",
    area=Area.INPATIENTS,
    daily=frozenset({Role.WARD_NURSE}),
    key="k",
)
