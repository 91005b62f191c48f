"""Controls and assessments of the laboratories: where recognition is closed, control charts, writing down."""

from __future__ import annotations

import math
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from yipan.base.access import Actor, Role
from yipan.base.network.models import Site
from yipan.kernel import clock, texts
from yipan.kernel.errors import Conflict, InvalidInput, YipanError
from yipan.lines.exams import actions
from yipan.lines.exams.actions.quality import VERB, ToldRun
from yipan.lines.exams.models import ExamItem
from yipan.lines.exams.pages.levey_jennings import drawn
from yipan.lines.exams.policy.westgard import Rule, Verdict
from yipan.lines.exams.queries import facts as known
from yipan.lines.exams.queries import quality as query
from yipan.spine.registry import Page
from yipan.ui import flash, messages
from yipan.ui.filters import localtime, zone_of
from yipan.ui.navigation import Area, NavItem

RULES = {
    Rule.R1_2S: gettext_lazy("one value beyond 2 SD: a warning"),
    Rule.R1_3S: gettext_lazy("one value beyond 3 SD"),
    Rule.R2_2S: gettext_lazy("two values in a row beyond the same 2 SD"),
    Rule.R_4S: gettext_lazy("two values of a run more than 4 SD apart"),
    Rule.R4_1S: gettext_lazy("four values in a row beyond the same 1 SD"),
    Rule.R10_X: gettext_lazy("ten values in a row on one side of the mean"),
}
VIEW, PER_PAGE = "exams.view", 60
VERDICTS = {
    Verdict.GOOD: (gettext_lazy("In control"), "free", "circle-check"),
    Verdict.WARNING: (gettext_lazy("Warning"), "held", "triangle-alert"),
    Verdict.REJECTED: (gettext_lazy("Out of control"), "critical", "octagon-alert"),
}


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Every controlled item of every site, those with closed recognition first."""
    actor = _actor(request)
    found = query.watched(actor)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [
            (row, _sentence(row.standing.reason, row.standing.params), actor.may(VIEW, row.site.organisation.path))
            for row in page.object_list
        ],
        "page": page,
        "closed": sum(not row.standing.open for row in found),
        "verdicts": VERDICTS,
        "may_write": actor.may(VERB),
        "sites": [(str(s.pk), s.label) for s in _sites(actor)],
        "items": [(str(i.pk), i.label) for i in ExamItem.objects.filter(in_use=True)],
    }
    return render(request, "exams/quality.html", context)


@require_GET
def chart(request: HttpRequest) -> HttpResponse:
    """The control chart of an item at a site, its runs, its assessments, and the forms to write them down."""
    return _chart_page(request, request.GET)


@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Write down one run, or a pasted batch: a time, then a value for each level, on each line."""
    actor, given = _actor(request), request.POST
    try:
        place = _place(actor, given)
        pasted = given.get("batch", "").strip()
        runs = _pasted(pasted, place.site) if pasted else [_typed(given, place.site)]
        made = actions.add_runs(
            actor=actor, site_id=place.site.pk, item_id=place.item.pk, analyte=place.analyte, runs=runs
        )
    except (InvalidInput, Conflict) as error:
        return _chart_page(request, given, error)
    flash.say(request, _("Runs written down: {n}.").format(n=len(made)))
    return HttpResponseRedirect(place.address)


@require_POST
def material(request: HttpRequest) -> HttpResponse:
    """Put a control material to use."""
    actor, given = _actor(request), request.POST
    try:
        place = _place(actor, given)
        actions.add_material(
            actor=actor,
            site_id=place.site.pk,
            item_id=place.item.pk,
            analyte=place.analyte,
            level=texts.whole(given.get("level", "")) or 0,
            name=given.get("name", ""),
            lot=given.get("lot", ""),
            mean=_number(given.get("mean", "")),
            sd=_number(given.get("sd", "")),
            unit=given.get("unit", ""),
        )
    except InvalidInput as error:
        return _chart_page(request, given, error)
    flash.say(request, _("The control is in use."))
    return HttpResponseRedirect(place.address)


@require_POST
def assessment(request: HttpRequest) -> HttpResponse:
    """Write down a round of an external assessment."""
    actor, given = _actor(request), request.POST
    try:
        place = _place(actor, given)
        zone = zone_of(place.site)
        score = given.get("score", "").strip()
        actions.add_assessment(
            actor=actor,
            site_id=place.site.pk,
            item_id=place.item.pk,
            organiser=given.get("organiser", ""),
            round=given.get("round", ""),
            sample_at=texts.instant(given.get("sample_at", ""), zone),
            assessed_at=texts.instant(given.get("assessed_at", ""), zone),
            passed=given.get("passed") == "1",
            score=_number(score) if score else None,
        )
    except InvalidInput as error:
        return _chart_page(request, given, error)
    flash.say(request, _("The assessment is written down."))
    return HttpResponseRedirect(place.address)


class _Place:
    """One item (and analyte) of one site, as an address or a form names it."""

    def __init__(self, site: Site, item: ExamItem, analyte: str) -> None:
        self.site, self.item, self.analyte = site, item, analyte

    @property
    def address(self) -> str:
        more = f"&analyte={self.analyte}" if self.analyte else ""
        return f"{reverse('exam-quality-chart')}?site={self.site.pk}&item={self.item.pk}{more}"


def _place(actor: Actor, given: Any) -> _Place:
    """Raises Refused, NotFound, InvalidInput("choice_unknown")."""
    actor.require(VIEW)
    try:
        site_id, item_id = UUID(given.get("site", "")), UUID(given.get("item", ""))
    except ValueError:
        raise InvalidInput("choice_unknown") from None
    site = query.site_for(actor, VIEW, site_id)
    return _Place(site, known.item(item_id), given.get("analyte", "").strip()[:40])


def _chart_page(request: HttpRequest, given: Any, error: YipanError | None = None) -> HttpResponse:
    actor = _actor(request)
    place = _place(actor, given)
    where: dict[str, Any] = {"site_id": place.site.pk, "item_id": place.item.pk}
    runs = query.chart(actor, **where, analyte=place.analyte)
    record = query.records(place.item.pk, [place.site.pk], since=clock.now() - query.LOOK_BACK)[place.site.pk]
    standing = record.standing(clock.now(), query.demand_of(getattr(place.item, "recognition", None)))
    materials = [m for m in query.materials(actor, **where) if m.analyte == place.analyte]
    fields = error.params.get("fields", {}) if error else {}
    context = {
        "place": place,
        "runs": list(reversed(runs)),
        "drawings": drawn(runs, materials, place.site),
        "materials": materials,
        "assessments": query.assessments(actor, **where),
        "standing": standing,
        "closed": _sentence(standing.reason, standing.params),
        "verdicts": VERDICTS,
        "rules": RULES,
        "value": given,
        "present": (localtime(clock.now(), place.site) or clock.now()).strftime("%Y-%m-%dT%H:%M"),
        "errors": {name: messages.sentence(code) for name, code in fields.items()},
        "error": messages.of_error(error) if error and not fields else "",
        "may_write": actor.may(VERB, place.site.organisation.path),
    }
    return render(request, "exams/quality_chart.html", context, status=422 if error else 200)


def _typed(given: Any, site: Site) -> ToldRun:
    values = {
        level: _number(given[f"level_{level}"]) for level in range(1, 6) if given.get(f"level_{level}", "").strip()
    }
    return ToldRun(texts.instant(given.get("at", ""), zone_of(site)), values, given.get("note", ""))


def _pasted(text: str, site: Site) -> list[ToldRun]:
    """Lines of a spreadsheet or CSV: time, then one value for each level; an empty one is left out.

    Raises InvalidInput("control_line") with the number of the line.
    """
    zone, runs = zone_of(site), []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        when, *values = (part.strip() for part in line.replace("\t", ",").replace(";", ",").split(","))
        try:
            told = {level: float(value) for level, value in enumerate(values, start=1) if value}
            runs.append(ToldRun(_instant(when, zone), told))
        except (ValueError, InvalidInput):
            raise InvalidInput("control_line", line=number) from None
    return runs


def _instant(text: str, zone: tzinfo) -> datetime:
    return texts.instant(text.replace("/", "-"), zone)


def _number(text: str) -> float:
    """A number, or NaN, which every action refuses by name."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _sentence(reason: str, params: Any) -> str:
    return messages.sentence(reason, dict(params)) if reason else ""


def _sites(actor: Actor) -> list[Site]:
    rows = Site.objects.select_related("organisation").exclude(organisation__kind="partner")
    return [s for s in rows.order_by("organisation__path", "code") if actor.may(VERB, s.organisation.path)]


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


PAGES = (
    Page("exams/quality", overview, "exam-quality"),
    Page("exams/quality/chart", chart, "exam-quality-chart"),
    Page("exams/quality/run", run, "exam-quality-run"),
    Page("exams/quality/material", material, "exam-quality-material"),
    Page("exams/quality/assessment", assessment, "exam-quality-assessment"),
)
NAV = NavItem(
    "exam-quality",
    gettext_lazy("Quality"),
    "activity",
    order=77,
    verb=VIEW,
    area=Area.DIAGNOSTICS,
    daily=frozenset({Role.TECHNICIAN}),
)
