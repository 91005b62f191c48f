"""Figures of the pool, each with what it counts, and the stays behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yipan.base import audit
from yipan.base.access import Actor, Role, scope
from yipan.base.network.models import Bed, Department, Site
from yipan.base.patients.models import Patient
from yipan.kernel import clock, texts
from yipan.kernel.errors import InvalidInput
from yipan.lines.beds.queries import figures as query
from yipan.lines.beds.queries.figures import Asked, Period, Row
from yipan.spine.registry import Page
from yipan.ui.filters import localtime, minutes, number, percent
from yipan.ui.navigation import Area, NavItem

if TYPE_CHECKING:
    from yipan.ui.charts import Chart

VERB = "beds.figures"
PAGE_SIZE = 50


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of a period, as cards, as a plot by day, and as a table by site or department."""
    actor = _actor(request)
    asked, error = _asked(request)
    by = request.GET.get("by", "site")
    by = by if by in query.GROUPS else "site"
    (overall,) = query.table(actor=actor, asked=asked, by="total") or [Row(0)]
    if request.headers.get("HX-Request") == "true":
        return render(request, "beds/figures_cards.html", {"cards": _cards(overall)})
    rows = query.table(actor=actor, asked=asked, by=by)
    context = {
        "asked": asked,
        "error": error,
        "by": by,
        "total": overall,
        "cards": _cards(overall),
        "rows": _labelled(rows, by),
        "plots": _plots(query.table(actor=actor, asked=asked, by="day")),
        "lent": _lent(actor, asked),
        "sites": [(str(s.pk), s.label) for s in _sites(actor)],
        "departments": [(str(d.pk), d.label) for d in _departments(actor, asked)],
        "as_of": clock.now(),
    }
    return render(request, "beds/figures.html", context)


@require_GET
def stays(request: HttpRequest) -> HttpResponse:
    """The stays behind one figure."""
    actor = _actor(request)
    asked, error = _asked(request)
    which = request.GET.get("which", "admissions")
    page = max(texts.whole(request.GET.get("page", "1")) or 1, 1)
    found = query.stays(actor=actor, asked=asked, which=which, limit=PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE)
    patients = Patient.objects.in_bulk([s.patient_id for s in found])
    beds = Bed.objects.select_related("room__ward").in_bulk([s.bed_id for s in found])
    departments = Department.objects.in_bulk({i for s in found for i in (s.home, s.host)})
    context = {
        "asked": asked,
        "error": error,
        "which": which,
        "title": _which()[which],
        "names": actor.may("patients.view"),
        "page": page,
        "more": len(found) > PAGE_SIZE,
        "rows": [
            (s, patients[s.patient_id], beds[s.bed_id], departments[s.home], departments[s.host])
            for s in found[:PAGE_SIZE]
        ],
    }
    audit.record_list(actor, "beds.stays", which, count=len(found[:PAGE_SIZE]))
    return render(request, "beds/figures_stays.html", context)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(VERB)
    return actor


def _asked(request: HttpRequest) -> tuple[Asked, str]:
    """What the address asks for; what it asks wrongly falls back to the last week, with the reason."""
    local = localtime(clock.now())
    today = local.date() if local else clock.now().date()
    fallback = Period(today - timedelta(days=6), today)
    try:
        first = texts.day(request.GET.get("from") or fallback.first.isoformat())
        last = texts.day(request.GET.get("to") or fallback.last.isoformat())
        period = Period(first, min(last, today) if first <= today else last)
        site, department = (UUID(v) if v else None for v in (request.GET.get("site"), request.GET.get("department")))
    except (ValueError, InvalidInput):
        return Asked(fallback), _("This period is not possible; the last 7 days are shown.")
    return Asked(period, site, department), ""


def _sites(actor: Actor) -> Any:
    return Site.objects.filter(scope(actor, VERB, "organisation__path"), wards__isnull=False).distinct()


def _departments(actor: Actor, asked: Asked) -> Any:
    rows = Department.objects.filter(scope(actor, VERB, "site__organisation__path"), beds__isnull=False).distinct()
    return rows.filter(site_id=asked.site) if asked.site else rows.none()


def _which() -> dict[str, str]:
    return {
        "admissions": _("Admissions helped"),
        "outliers": _("Cross-department patients"),
        "departures": _("Departures"),
        "occupied": _("All stays"),
    }


def _about(definition: str, numerator: Any, denominator: Any = None) -> dict[str, Any]:
    about = {
        "definition": definition,
        "numerator": numerator,
        "source": _("Bookings and events of Yipan"),
        "as_of": clock.now(),
    }
    return about | ({"denominator": denominator} if denominator is not None else {})


def _cards(row: Row) -> list[dict[str, Any]]:
    """The key figures with how each is computed."""
    return [
        {
            "label": _("Admissions helped"),
            "value": number(row.admissions),
            "which": "admissions",
            "about": _about(
                _("Patients who came into a bed of the pool in this period; a transfer counts once."), row.admissions
            ),
        },
        {
            "label": _("Cross-department patients"),
            "value": number(row.outliers),
            "which": "outliers",
            "detail": _("%(days)s bed-days") % {"days": number(row.outlier_days)},
            "about": _about(
                _("Patients who lay outside their home department in this period, and the days they lay there."),
                _("%(n)s patients, %(days)s bed-days")
                % {"n": number(row.outliers), "days": number(row.outlier_days, 1)},
            ),
        },
        {
            "label": _("From certificate to bed"),
            "value": _minutes(row.to_arrival),
            "which": "admissions",
            "detail": _("within 20 min: %(share)s · nine of ten within %(time)s")
            % {"share": percent(row.in_20), "time": _minutes(row.to_arrival_90)},
            "about": _about(
                _("Median time from the admission certificate until the patient lay in the bed."),
                _minutes(row.to_arrival),
                number(row.admissions),
            ),
        },
        {
            "label": _("From certificate to chosen bed"),
            "value": _minutes(row.to_bed),
            "which": "admissions",
            "about": _about(
                _("Median time from the admission certificate until a bed was held."),
                _minutes(row.to_bed),
                number(row.admissions),
            ),
        },
        {
            "label": _("Utilisation"),
            "value": percent(row.utilisation),
            "which": "occupied",
            "detail": _("%(n)s beds") % {"n": number(row.beds)},
            "about": _about(
                _("Occupied bed-days over open bed-days; closed beds do not count as open."),
                number(row.occupied_days, 1),
                number(row.open_days, 1),
            ),
        },
        {
            "label": _("Turnover"),
            "value": number(row.turnover, 2),
            "unit": _("departures a bed"),
            "which": "departures",
            "about": _about(
                _("Patients who left the hospital in this period, for each bed; transfers do not count."),
                number(row.departures),
                number(row.beds),
            ),
        },
    ]


def _minutes(value: float | None) -> str:
    return minutes(None if value is None else float(value) * 60)


def _labelled(rows: list[Row], by: str) -> list[tuple[str, Row]]:
    if by == "day":
        return [(row.key.isoformat(), row) for row in reversed(rows)]
    model: Any = Site if by == "site" else Department
    known = model.objects.select_related(*(["site"] if by == "department" else [])).in_bulk([r.key for r in rows])
    named = [(_name(known[r.key], by), r) for r in rows if r.key in known]
    return sorted(named, key=lambda pair: (-pair[1].beds, pair[0]))


def _name(place: Any, by: str) -> str:
    return f"{place.label} · {place.site.label}" if by == "department" else str(place.label)


def _plots(days: list[Row]) -> list[Chart]:
    from yipan.ui import charts  # brings Bokeh along: only for processes that draw

    labels = [f"{row.key:%m-%d}" for row in days]
    return [
        charts.bars(
            title=_("Admissions and departures by day"),
            labels=labels,
            series=[
                (_("Admissions"), [row.admissions for row in days]),
                (_("Departures"), [row.departures for row in days]),
            ],
            unit=_("patients"),
        ),
        charts.bars(
            title=_("Cross-department patients by day"),
            labels=labels,
            series=[(_("Cross-department patients"), [row.outliers for row in days])],
            unit=_("patients"),
        ),
    ]


def _lent(actor: Actor, asked: Asked) -> list[tuple[Department, Department, int, float]]:
    """Who lent beds to whom; the bed-days are credited half to the home and half to the host department."""
    rows = query.lent(actor=actor, asked=asked)
    known = Department.objects.select_related("site").in_bulk({i for r in rows for i in (r.home, r.host)})
    return [(known[r.home], known[r.host], r.patients, r.days) for r in rows]


PAGES = (
    Page("figures", figures, "figures"),
    Page("figures/stays", stays, "figures-stays"),
)
NAV = NavItem(
    "figures",
    gettext_lazy("Figures"),
    "chart-column",
    order=70,
    verb=VERB,
    area=Area.INPATIENTS,
    daily=frozenset({Role.MANAGER}),
    key="f",
)
