"""The waiting list of the network, and outliers who can go home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yipan.base import audit
from yipan.base.access import Role
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Department, Site
from yipan.kernel import clock, texts
from yipan.lines.beds import policy
from yipan.lines.beds.pages.board import actor_of
from yipan.lines.beds.queries import waiting as query
from yipan.lines.beds.queries.desk import bed_name, beds_by_id
from yipan.lines.beds.queries.icd10 import diagnosis_label
from yipan.lines.beds.queries.waiting import SORTS, Standing, Waiting, Wanted
from yipan.spine.registry import Page
from yipan.ui.navigation import Area, NavItem

PER_PAGE = 50
STANDINGS = ("waiting", "held", "confirmed", "later", "displaced")
PRIORITIES = ("emergency", "urgent", "elective")


@never_cache
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Everybody who waits in the actor's scope; only the list when a live update asks for it."""
    actor = actor_of(request)
    rows = query.waiting_list(actor=actor, at=clock.now())
    wanted = read(request.GET)
    shown = ordered([row for row in rows if wanted.matches(row)], request.GET.get("sort", ""))
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "all": len(rows),
        "wanted": wanted,
        "filtered": wanted != Wanted(),
        "waits": sum(row.standing is Standing.WAITING for row in rows),
        "late": sum(_late(row) for row in rows),
        "kept": sum(row.kept_state is not None for row in rows),
        "target": int(policy.PATH_TARGET.total_seconds() // 60),
        "may_ask": bool(actor.paths("beds.request")),
        "may_open": actor.paths("beds.request"),
        "names": actor.may("patients.view"),
        "query_string": request.GET.urlencode(),
        **_filters(rows, wanted),
        **_labels(list(page.object_list)),
    }
    if context["names"]:
        audit.record_list(actor, "beds.waiting", count=len(page))
    fragment = request.headers.get("HX-Request") == "true"
    response = render(request, "beds/waiting_list.html" if fragment else "beds/waiting.html", context)
    patch_vary_headers(response, ("HX-Request",))
    return response


@never_cache
@require_GET
def repatriation(request: HttpRequest) -> HttpResponse:
    """Patients in beds of other departments whose own department has a free bed that suits them."""
    actor = actor_of(request)
    found = query.repatriations(actor=actor)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    beds = beds_by_id({i for row in page.object_list for i in (row.bed_id, row.proposed_id)})
    context = {
        "page": page,
        "beds": beds,
        "bed_name": bed_name,
        "departments": Department.objects.in_bulk({row.department_id for row in page.object_list}),
        "may_place": actor.paths("beds.place"),
        "names": actor.may("patients.view"),
        "waits": None,
    }
    if context["names"]:
        audit.record_list(actor, "beds.repatriation", count=len(page))
    fragment = request.headers.get("HX-Request") == "true"
    response = render(request, "beds/waiting_back_list.html" if fragment else "beds/waiting_back.html", context)
    patch_vary_headers(response, ("HX-Request",))
    return response


def read(params: QueryDict) -> Wanted:
    """Conditions from the address; values that do not exist are ignored."""
    standing, priority = params.get("state", ""), params.get("priority", "")
    return Wanted(
        department=texts.identifier(params.get("department", "")),
        site=texts.identifier(params.get("site", "")),
        priority=priority if priority in PRIORITIES else "",
        standing=standing if standing in STANDINGS else "",
    )


def ordered(rows: list[Waiting], sort: str) -> list[Waiting]:
    """Rows in the order of a column; the most urgent first when none is named."""
    key = SORTS.get(sort.removeprefix("-"))
    return sorted(rows, key=key, reverse=sort.startswith("-")) if sort and key else rows


def _filters(rows: Sequence[Waiting], wanted: Wanted) -> dict[str, Any]:
    by_standing = query.counts(rows, wanted, "standing")
    by_priority = query.counts(rows, wanted, "priority")
    words = {
        "waiting": _("Waiting now"),
        "held": _("Held"),
        "confirmed": _("Confirmed"),
        "later": _("Planned"),
        "displaced": _("Bed lost"),
    }
    urgencies = {"emergency": _("Emergency"), "urgent": _("Urgent"), "elective": _("Elective")}
    return {
        "standings": [(key, words[key], by_standing.get(key, 0)) for key in STANDINGS],
        "priorities": [(key, urgencies[key], by_priority.get(key, 0)) for key in PRIORITIES],
        "sites": _options(Site.objects.in_bulk({r.site_id for r in rows}), query.counts(rows, wanted, "site")),
        "departments_wanted": _options(
            Department.objects.select_related("site").in_bulk({r.department_id for r in rows}),
            query.counts(rows, wanted, "department"),
            with_site=True,
        ),
    }


def _options(known: Mapping[UUID, Any], counts: Mapping[str, int], *, with_site: bool = False) -> list[tuple[str, str]]:
    """Values of a select with how many each would show."""
    made = [
        (str(key), f"{thing.label} · {thing.site.label}" if with_site else thing.label, counts.get(str(key), 0))
        for key, thing in known.items()
    ]
    return [(key, f"{words} ({count})") for key, words, count in sorted(made, key=lambda m: (-m[2], m[1]))]


def _labels(rows: Sequence[Waiting]) -> dict[str, Any]:
    """What the shown rows name: departments, doctors, beds, diagnoses."""
    departments = Department.objects.select_related("site").in_bulk({row.department_id for row in rows})
    doctors = Practitioner.objects.in_bulk({row.attending_id for row in rows if row.attending_id})
    return {
        "departments": departments,
        "doctors": doctors,
        "beds": beds_by_id({row.bed_id for row in rows if row.bed_id}),
        "bed_name": bed_name,
        "diagnosis_label": diagnosis_label,
    }


def _late(row: Waiting) -> bool:
    """Nothing is kept, and the target has passed."""
    return row.standing is Standing.WAITING and row.at - row.since > policy.PATH_TARGET


PAGES = (
    Page("waiting", waiting, "waiting"),
    Page("waiting/repatriation", repatriation, "repatriation"),
)
NAV = NavItem(
    "waiting",
    gettext_lazy("Waiting list"),
    "hourglass",
    order=40,
    verb="beds.view",
    area=Area.INPATIENTS,
    daily=frozenset({Role.COORDINATOR}),
    key="w",
)
