"""What is expected, with what happened; how good forecasts were; where beds are likely to run out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipan.base.access import Actor
from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.planning.forecasting import queries
from yipan.planning.forecasting.calibration import Calibration
from yipan.planning.forecasting.calibration import calibration as calibrated
from yipan.planning.forecasting.panels import Place, today
from yipan.planning.forecasting.queries import Floats, Ribbon
from yipan.planning.models import Measure, Outlook, Step
from yipan.planning.verbs import FORESEE
from yipan.planning.words import alert_text
from yipan.ui.filters import number, percent

if TYPE_CHECKING:
    from yipan.ui.charts import Chart

KEPT_SECONDS = 600
ALERTS_SHOWN = 12


@require_safe
def ribbon(request: HttpRequest) -> HttpResponse:
    """One place's forecast by day or by hour, as a ribbon over what happened, below the alerts of the moment."""
    actor, now = actor_of(request), clock.now()
    known = queries.choices(actor)
    where, label, site = _asked_place(actor, request, known)
    step = Step(request.GET["step"]) if request.GET.get("step") in Step.values else Step.DAYS
    measure = Measure(request.GET["measure"]) if request.GET.get("measure") in Measure.values else Measure.OCCUPIED
    measure = Measure.OCCUPIED if step is Step.HOURS else measure
    outlooks = queries.outlooks(step)
    chosen = _asked_outlook(request, outlooks)
    found = queries.ribbon(where, measure, chosen, now) if where and chosen else None
    raised = queries.alerts(actor)
    context = {
        "groups": [(group.site.label, _options(group)) for group in known],
        "place": f"{where.kind}:{where.id}" if where else "",
        "label": label,
        "site": site,
        "step": step,
        "steps": Step,
        "measure": measure,
        "measures": Measure.choices,
        "outlooks": [(str(o.pk), _made(o, site)) for o in outlooks],
        "chosen": chosen,
        "newest": chosen is not None and chosen == next((o for o in outlooks if not o.rehearsed), None),
        "found": found,
        "plot": _drawn(found, measure, label, site) if found else None,
        "figures": _figures(found, now) if found else [],
        "alerts": [(alert, alert_text(alert)) for alert in raised[:ALERTS_SHOWN]],
        "more_alerts": max(len(raised) - ALERTS_SHOWN, 0),
    }
    return render(request, "planning/forecasts.html", context)


@require_safe
def calibration(request: HttpRequest) -> HttpResponse:
    """How often the truth lay inside the intervals, and how far off the medians were, by days ahead, for a site."""
    actor, now = actor_of(request), clock.now()
    known = queries.choices(actor)
    measure = Measure(request.GET["measure"]) if request.GET.get("measure") in Measure.values else Measure.OCCUPIED
    of_site = next((c for c in known if str(c.site.pk) == request.GET.get("site")), known[0] if known else None)
    found: Calibration | None = None
    if of_site is not None:
        site, places = of_site.site, _places(of_site)
        key = f"planning.calibration:{site.pk}:{measure}:{today(now)}:{queries.fingerprint(Step.DAYS)}"
        found = cache.get_or_set(key, lambda: calibrated(places, measure, now), KEPT_SECONDS)
    context = {
        "sites": [(str(c.site.pk), c.site.label) for c in known],
        "site": of_site.site if of_site else None,
        "measure": measure,
        "measures": Measure.choices,
        "found": found if found and found.all else None,
        "plots": _judged(found) if found and found.all else [],
    }
    return render(request, "planning/calibration.html", context)


def actor_of(request: HttpRequest) -> Actor:
    """Who looks, when they may look ahead anywhere. Raises Refused."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(FORESEE)
    return actor


def _asked_place(
    actor: Actor, request: HttpRequest, known: Sequence[queries.Choices]
) -> tuple[Place | None, str, Site | None]:
    kind, _colon, key = request.GET.get("place", "").partition(":")
    if not key and known:
        kind, key = "site", str(known[0].site.pk)
    try:
        place, named = queries.place(actor, kind, UUID(key))
    except ValueError:
        return None, "", None
    site = named if isinstance(named, Site) else named.site
    return place, named.label if isinstance(named, Site) else f"{named.label} · {site.label}", site


def _asked_outlook(request: HttpRequest, outlooks: Sequence[Outlook]) -> Outlook | None:
    asked = request.GET.get("made", "")
    newest = next((o for o in outlooks if not o.rehearsed), None)
    return next((o for o in outlooks if str(o.pk) == asked), newest)


def _options(group: queries.Choices) -> list[tuple[str, str]]:
    rows = [(f"site:{group.site.pk}", _("%(site)s, whole") % {"site": group.site.label})]
    rows += [(f"department:{d.pk}", _("Specialty: %(name)s") % {"name": d.label}) for d in group.departments]
    return rows + [(f"ward:{w.pk}", _("Ward: %(name)s") % {"name": w.label}) for w in group.wards]


def _places(group: queries.Choices) -> list[Place]:
    site = group.site.pk
    return [
        Place("site", site, site),
        *(Place("department", d.pk, site) for d in group.departments),
        *(Place("ward", w.pk, site) for w in group.wards),
    ]


def _made(outlook: Outlook, site: Site | None) -> str:
    from yipan.ui.filters import calendar_day, moment

    if outlook.rehearsed:
        return _("%(day)s, rehearsed") % {"day": calendar_day(outlook.first, site)}
    return str(moment(outlook.made_at, site))


def _drawn(found: Ribbon, measure: Measure, label: str, site: Site | None) -> Chart:
    from yipan.ui.charts import lines  # brings Bokeh along: only for processes that draw

    def plain(values: Floats) -> list[float | None]:
        return [None if np.isnan(v) else round(float(v), 1) for v in values]

    return lines(
        title=f"{label} · {measure.label}",
        at=found.at,
        series=[(_("What happened"), plain(found.happened)), (_("Median"), plain(found.level(0.5)))],
        bands=[
            (percent(0.95, 0), plain(found.level(0.025)), plain(found.level(0.975))),
            (percent(0.8, 0), plain(found.level(0.1)), plain(found.level(0.9))),
        ],
        limit=(_("Open beds"), found.beds) if measure is Measure.OCCUPIED and found.beds else None,
        unit=_("beds") if measure is Measure.OCCUPIED else _("patients"),
        site=site,
        height=320,
    )


def _figures(found: Ribbon, now: Any) -> list[dict[str, Any]]:
    """Key figures of a forecast: the next step, the widest, and the chance that beds run out."""
    told = np.flatnonzero(np.isfinite(found.level(0.5)))
    first = told[min(24, len(told) - 1)] if found.outlook.step == Step.HOURS else told[0]
    peak = told[int(found.level(0.5)[told].argmax())]
    cards = [
        _card(_("In 24 hours") if found.outlook.step == Step.HOURS else _("First day"), found, first),
        _card(_("Highest"), found, peak),
    ]
    if found.forecast.measure == Measure.OCCUPIED and found.beds:
        chances = found.short()[told]
        worst = int(np.nanargmax(chances))
        cards.append(
            {
                "label": _("Chance that beds run out"),
                "value": percent(float(chances[worst]), 0),
                "detail": _("%(beds)s open beds") % {"beds": number(found.beds)},
                "at": found.at[told[worst]],
                "tone": "warn" if chances[worst] >= 0.3 else "",
            }
        )
    return cards


def _card(label: str, found: Ribbon, i: int) -> dict[str, Any]:
    low, high = (number(float(found.level(level)[i]), 0) for level in (0.1, 0.9))
    return {
        "label": label,
        "value": number(float(found.level(0.5)[i]), 0),
        "detail": _("%(low)s to %(high)s in four of five cases") % {"low": low, "high": high},
        "at": found.at[i],
    }


def _judged(found: Calibration) -> list[Chart]:
    from yipan.ui.charts import bars

    ahead = [str(h + 1) for h in range(len(found.count))]

    def plain(values: Floats, digits: int = 3) -> list[float | None]:
        return [None if np.isnan(v) else round(float(v), digits) for v in values]

    inside = [
        (_("Inside the %(share)s interval") % {"share": percent(s, 0)}, plain(v * 100, 1))
        for s, v in found.covered.items()
    ]
    errors = [(_("Yipan"), plain(found.mase)), (_("As a week before"), plain(found.naive))]
    return [
        bars(title=_("How often the truth lay inside, by days ahead"), labels=ahead, series=inside, unit="%"),
        bars(title=_("Error of the median (MASE), by days ahead"), labels=ahead, series=errors),
    ]
