"""Figures of reading: turnaround against targets, second readings, critical values."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yipan.base.access import Actor, Role, scope
from yipan.kernel import clock, texts
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams.models import Category, Reader, ReadingCentre
from yipan.lines.exams.pages.reading import show
from yipan.lines.exams.pages.reading.critical import steps
from yipan.lines.exams.policy import reading as policy
from yipan.lines.exams.queries import critical, peer
from yipan.lines.exams.queries import turnaround as query
from yipan.lines.exams.queries.turnaround import Asked, Took
from yipan.spine.registry import Page
from yipan.ui.filters import localtime, minutes, number, percent
from yipan.ui.navigation import Area, NavItem

if TYPE_CHECKING:
    from yipan.ui.charts import Chart

VERB = query.VERB
SPAN, LONGEST = 14, 366


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of a period and a centre."""
    actor = show.actor_of(request, VERB)
    centres = list(ReadingCentre.objects.filter(scope(actor, VERB, "site__organisation__path")).select_related("site"))
    centre = next((c for c in centres if c.code == request.GET.get("centre", "")), None)
    first, last, error = _period(request)
    zone = centre.site.time_zone if centre else "Asia/Shanghai"
    asked = Asked(
        _midnight(first, zone), _midnight(last + timedelta(days=1), zone), centre.pk if centre else None, zone
    )
    days = query.days(query.times(actor, asked, "day"))
    total = next(iter(query.times(actor, asked, "total")), None)
    context = {
        **show.base(actor),
        "centres": [("", _("All centres")), *((c.code, c.label) for c in centres)],
        "centre": centre,
        "first": first,
        "last": last,
        "error": error,
        "cards": _cards(actor, asked, total, centres if centre is None else [centre]),
        "kinds": query.times(actor, asked, "kind"),
        "readers": _readers(query.times(actor, asked, "reader")),
        "positive": query.positive_rates(actor, asked),
        "categories": dict(Category.choices),
        "deadlines": policy.read(centre.policy if centre else {}).deadlines,
        "plots": _plots(_all_days(first, last), days),
        "loops": _loops(actor, asked),
        "as_of": clock.now(),
    }
    return render(request, "exams/reading/figures.html", context)


def _period(request: HttpRequest) -> tuple[date, date, str]:
    today = (localtime(clock.now()) or clock.now()).date()
    fallback = (today - timedelta(days=SPAN - 1), today)
    try:
        first = texts.day(request.GET.get("from") or fallback[0].isoformat())
        last = min(texts.day(request.GET.get("to") or today.isoformat()), today)
    except InvalidInput:
        return *fallback, _("This period is not possible; the last 14 days are shown.")
    if not first <= last < first + timedelta(days=LONGEST):
        return *fallback, _("This period is not possible; the last 14 days are shown.")
    return first, last, ""


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _all_days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _cards(actor: Actor, asked: Asked, total: Took | None, centres: list[ReadingCentre]) -> list[dict[str, Any]]:
    """The key figures with how each is computed."""
    told = [peer.scores(actor, centre.pk, asked.start, asked.end) for centre in centres]
    drawn, done = sum(s.drawn for s in told), sum(s.done for s in told)
    wrong = sum(n for s in told for score, n in s.by_score.items() if score >= peer.DISCREPANT)
    signed = total.count if total else 0
    return [
        {
            "label": _("Reports signed"),
            "value": number(signed),
            "detail": _("in this period"),
            "about": _about(_("Examinations whose report became final in this period."), number(signed)),
        },
        {
            "label": _("Within the target"),
            "value": percent(total.in_time if total else None),
            "about": _about(
                _("Signed before the deadline that the examination got when it was performed."),
                number(round(total.in_time * total.count) if total else 0),
                number(signed),
            ),
        },
        {
            "label": _("From examination to report"),
            "value": _minutes(total.median if total else None),
            "detail": _("nine of ten within %(time)s") % {"time": _minutes(total.ninth if total else None)},
            "about": _about(
                _("Median time from the end of the examination to the signature."), number(signed), number(signed)
            ),
        },
        {
            "label": _("Discrepant second readings"),
            "value": percent(wrong / done if done else None),
            "detail": _("%(done)s of %(drawn)s drawn are read") % {"done": number(done), "drawn": number(drawn)},
            "about": _about(_("Scores 3 and 4 over all second readings that are done."), number(wrong), number(done)),
        },
    ]


def _about(definition: str, numerator: str, denominator: str | None = None) -> dict[str, Any]:
    about = {
        "definition": definition,
        "numerator": numerator,
        "source": _("Reports and events of Yipan"),
        "as_of": clock.now(),
    }
    return about | ({"denominator": denominator} if denominator is not None else {})


def _minutes(value: float | None) -> str:
    return minutes(None if value is None else float(value) * 60)


def _loops(actor: Actor, asked: Asked) -> list[tuple[str, int, int]] | None:
    """In time and all, of each step of the critical values; None for whoever may not see them."""
    if not (actor.may(critical.VIEW) or actor.may(critical.READ)):
        return None
    told = critical.share_in_time(actor, asked.start, asked.end)
    return [(steps()[step], *counts) for step, counts in told.items()]


def _readers(rows: list[Took]) -> list[tuple[str, Took]]:
    known = Reader.objects.select_related("practitioner").in_bulk([row.first for row in rows])
    named = [(known[UUID(row.first)].label, row) for row in rows]
    return sorted(named, key=lambda pair: -pair[1].count)


def _plots(days: list[date], rows: dict[date, Took]) -> list[Chart]:
    from yipan.ui import charts  # brings Bokeh along: only for processes that draw

    labels = [f"{day:%m-%d}" for day in days]
    return [
        charts.bars(
            title=_("Minutes to the report by day"),
            labels=labels,
            series=[
                (_("Median"), [rows[d].median if d in rows else 0 for d in days]),
                (_("Nine of ten"), [rows[d].ninth if d in rows else 0 for d in days]),
            ],
            unit=_("min"),
        ),
        charts.bars(
            title=_("Reports signed by day"),
            labels=labels,
            series=[(_("Reports signed"), [rows[d].count if d in rows else 0 for d in days])],
            unit=_("reports"),
        ),
    ]


PAGES = (Page("reading/figures", figures, "reading-figures"),)
NAV = NavItem(
    "reading-figures",
    gettext_lazy("Reading figures"),
    "chart-column",
    order=79,
    verb=VERB,
    area=Area.DIAGNOSTICS,
    daily=frozenset({Role.READER}),
)
