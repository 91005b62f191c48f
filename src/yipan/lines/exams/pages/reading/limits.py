"""What counts as critical: limits of numbers and findings of readers, and the forms of whoever keeps them."""

from __future__ import annotations

import math
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yipan.base.network import edits
from yipan.base.network.problems import BadValue
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams import actions
from yipan.lines.exams.models import Category
from yipan.lines.exams.pages.reading import show
from yipan.lines.exams.queries import limits as query
from yipan.lines.exams.queries.files import BOUND
from yipan.spine.registry import Page
from yipan.ui import flash


@require_GET
def limits(request: HttpRequest) -> HttpResponse:
    """Every limit and finding of the network; whoever keeps them changes them from here."""
    actor = show.actor_of(request, "exams.view")
    context = {
        **show.critical_base(actor),
        "limits": list(query.limits()),
        "findings": list(query.findings()),
        "edits": query.keeps(actor),
    }
    return render(request, "exams/reading/limits.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def limit(request: HttpRequest, rule_id: UUID | None = None) -> HttpResponse:
    """The form of one limit, or of a new one."""
    actor, given = show.actor_of(request, query.VERB), request.POST
    edits.require_whole(actor, query.VERB)
    row, errors = query.limit(rule_id) if rule_id else None, dict[str, list[str]]()
    if request.method == "POST":
        try:
            actions.set_limit(
                actor=actor,
                rule_id=rule_id,
                low=_number(given.get("low", "")),
                high=_number(given.get("high", "")),
                in_use=_in_use(given, new=row is None),
                **_texts(given, "loinc", "name", "name_en", "unit"),
            )
        except InvalidInput as error:
            errors = show.wrong(error)
        else:
            return _kept(request)
    context = {"row": row, "value": given if errors else row or {}, "errors": errors, "shown": show.bound}
    return render(request, "exams/reading/limit.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def finding(request: HttpRequest, finding_id: UUID | None = None) -> HttpResponse:
    """The form of one finding, or of a new one."""
    actor, given = show.actor_of(request, query.VERB), request.POST
    edits.require_whole(actor, query.VERB)
    row, errors = query.finding(finding_id) if finding_id else None, dict[str, list[str]]()
    if request.method == "POST":
        try:
            actions.set_finding(
                actor=actor,
                finding_id=finding_id,
                in_use=_in_use(given, new=row is None),
                **_texts(given, "code", "category", "name", "name_en"),
            )
        except InvalidInput as error:
            errors = show.wrong(error)
        else:
            return _kept(request)
    context: dict[str, Any] = {"row": row, "value": given if errors else row or {}, "errors": errors}
    context["categories"] = [(c.value, c.label) for c in Category if c is not Category.LABORATORY]
    return render(request, "exams/reading/finding.html", context, status=422 if errors else 200)


def _kept(request: HttpRequest) -> HttpResponse:
    flash.say(request, _("Saved. It holds from the next result on."))
    return HttpResponseRedirect(reverse("critical-limits"))


def _texts(given: QueryDict, *names: str) -> dict[str, str]:
    return {name: given.get(name, "") for name in names}


def _in_use(given: QueryDict, *, new: bool) -> bool:
    return new or given.get("in_use") == "1"


def _number(text: str) -> float | None:
    """What was typed as a bound; what is no number is not finite, which no limit may be."""
    try:
        return BOUND.read(text)
    except BadValue:
        return math.nan


PAGES = (
    Page("critical/limits", limits, "critical-limits"),
    Page("critical/limits/new", limit, "critical-limit-new"),
    Page("critical/limits/<uuid:rule_id>", limit, "critical-limit"),
    Page("critical/findings/new", finding, "critical-finding-new"),
    Page("critical/findings/<uuid:finding_id>", finding, "critical-finding"),
)
