"""Before the patient comes: one for the receiving team's wall or phone, and the list of everybody on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yipan.base import audit
from yipan.base.network.models import Site
from yipan.base.patients.disclosure import Screen, name_on
from yipan.kernel import clock, texts
from yipan.lines.referrals import words
from yipan.lines.referrals.models import PathwayKind
from yipan.lines.referrals.pages.common import NOBODY, actor_of
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.queries import lists, showing
from yipan.lines.referrals.queries.facts import Parties
from yipan.spine.registry import Page

VITAL = ("vitals", "findings", "treatment", "medicines", "allergies", "asked")


@never_cache
@require_GET
def arrival(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Who comes, what for, when, in which state, and what waits for them; names as on a display for all to read."""
    actor = actor_of(request)
    shown = showing.show(actor, referral_id)
    row = shown.referral
    knows = actor.may("patients.view", shown.ends.receiver.path) or actor.may("patients.view", shown.ends.sender.path)
    if knows:
        audit.record_list(actor, "referrals.arrival", row.number, count=1)
    context: dict[str, Any] = {
        "s": shown,
        "row": row,
        "ends": shown.ends,
        "site": shown.ends.receiver_site,
        "name": name_on(row.request.patient.name, knows, Screen.WALL),
        "knows": knows,
        "told": [(words.SUMMARY[n], row.summary[n]) for n in VITAL if row.summary.get(n)] if knows else [],
        "pathway_words": PathwayKind(row.pathway).label if row.pathway else "",
        "milestones": words.MILESTONES,
        "urgency_words": words.URGENCIES,
    }
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "referrals/arrival_body.html" if fragment else "referrals/arrival.html", context)


@never_cache
@require_GET
def arrivals(request: HttpRequest) -> HttpResponse:
    """Everybody who is accepted and not here yet, the soonest first."""
    actor = actor_of(request)
    site = Site.objects.filter(pk=texts.identifier(request.GET.get("site", "")) or NOBODY).first()
    rows = list(lists.coming(actor, site_id=site.pk if site else None)[:60])
    at, names = clock.now(), actor.may("patients.view")
    told = known.brought([row.pk for row in rows])
    etas = {row.pk: told.get(row.pk, row.eta) for row in rows}
    rows.sort(key=lambda row: etas[row.pk] or datetime.max.replace(tzinfo=UTC))
    if names:
        audit.record_list(actor, "referrals.arrivals", site.code if site else "", count=len(rows))
    context = {
        "rows": [(row, Parties(row), showing.clocks(row, list(row.steps.order_by("number")), at)) for row in rows],
        "etas": etas,
        "at": at,
        "site": site,
        "names": names,
        "directions": words.DIRECTIONS,
        "urgency_words": words.URGENCIES,
        "milestones": words.MILESTONES,
        "query_string": request.GET.urlencode(),
    }
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "referrals/arrivals_rows.html" if fragment else "referrals/arrivals.html", context)


PAGES = (
    Page("referrals/arrivals", arrivals, "referral-arrivals"),
    Page("referrals/<uuid:referral_id>/arrival", arrival, "referral-arrival"),
)
