"""Figures of referrals: counts by month and pair, times, refusals, ordered share and return rate; also as CSV."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yipan.base.access import Actor
from yipan.base.network.models import Organisation
from yipan.kernel import clock, texts
from yipan.kernel.errors import InvalidInput
from yipan.lines.referrals import words
from yipan.lines.referrals.models import Refusal
from yipan.lines.referrals.pages.common import actor_of
from yipan.lines.referrals.policy import Direction
from yipan.lines.referrals.queries import figures as query
from yipan.lines.referrals.queries.figures import Figures
from yipan.spine.registry import Page
from yipan.ui.filters import localtime, minutes, number, percent

SHOWN_PAIRS = 60
LONGEST = 366


@never_cache
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of a period."""
    actor = actor_of(request, query.VERB)
    first, last, error = _period(request)
    made = _figures(actor, first, last)
    if request.GET.get("as") == "csv":
        return _csv(made, first, last)
    names = _names(made)
    context: dict[str, Any] = {
        "first": first,
        "last": last,
        "error": error,
        "made": made,
        "cards": _cards(made),
        "plot": _plot(made),
        "pairs": [(names[a], names[b], told, refused) for a, b, told, refused in made.pairs[:SHOWN_PAIRS]],
        "refusals": [(Refusal(code).label, n) for code, n in sorted(made.refusals.items(), key=lambda r: -r[1])],
        "directions": [(d, words.DIRECTIONS[str(d)]) for d in Direction],
        "as_of": clock.now(),
    }
    return render(request, "referrals/figures.html", context)


def _figures(actor: Actor, first: date, last: date) -> Figures:
    found = query.lives(actor, first, last)
    later = query.lives(actor, last + timedelta(days=1), last + timedelta(days=query.RETURN_DAYS))
    return query.figures(found, later)


def _period(request: HttpRequest) -> tuple[date, date, str]:
    today = (localtime(clock.now()) or clock.now()).date()
    fallback = today - timedelta(days=89)
    try:
        first = texts.day(request.GET.get("from") or fallback.isoformat())
        last = texts.day(request.GET.get("to") or today.isoformat())
    except InvalidInput:
        return fallback, today, _("This period is not possible; the last 90 days are shown.")
    if last < first or (last - first).days >= LONGEST:
        return fallback, today, _("This period is not possible; the last 90 days are shown.")
    return first, last, ""


def _about(definition: str, numerator: Any, denominator: Any) -> dict[str, Any]:
    source = _("Steps of referrals in Yipan; whoever went without a referral is not known here")
    return {"definition": definition, "numerator": numerator, "denominator": denominator, "source": source}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _cards(made: Figures) -> list[dict[str, Any]]:
    up, down = made.by_direction[Direction.UP], made.by_direction[Direction.DOWN]
    return [
        {"label": _("Up"), "value": number(up), "detail": _("of %(n)s referrals") % {"n": number(made.sent)}},
        {"label": _("Down"), "value": number(down), "detail": _("of %(n)s referrals") % {"n": number(made.sent)}},
        {
            "label": _("Ordered referrals"),
            "value": percent(_share(made.ordered, made.arrived_above)),
            "about": _about(
                _("Patients who went up from level to level, or past one by a green channel, of all who went up."),
                number(made.ordered),
                number(made.arrived_above),
            ),
        },
        {
            "label": _("Refused"),
            "value": percent(_share(made.refused, made.answered)),
            "about": _about(
                _("Referrals that were refused, of all that were answered."),
                number(made.refused),
                number(made.answered),
            ),
        },
        {
            "label": _("Returned within 30 days"),
            "value": percent(_share(made.returned, made.went_down)),
            "about": _about(
                _("Patients who were referred up again within 30 days after they had gone down, of all who went down."),
                number(made.returned),
                number(made.went_down),
            ),
        },
        {
            "label": _("Until the answer"),
            "value": minutes(made.minutes["answer"]),
            "detail": _("then until arrival: %(time)s") % {"time": minutes(made.minutes["arrive"])},
            "about": _about(
                _("Median time from sending to acceptance."), minutes(made.minutes["answer"]), made.answered
            ),
        },
    ]


def _plot(made: Figures) -> Any:
    from yipan.ui import charts

    months = list(made.months)
    series = [(str(words.DIRECTIONS[str(d)]), [made.months[m][d] for m in months]) for d in Direction]
    return charts.bars(title=_("Referrals by month"), labels=months, series=series) if months else None


def _names(made: Figures) -> dict[Any, str]:
    ids = {i for pair in made.pairs for i in pair[:2]}
    return {o.pk: o.label for o in Organisation.objects.filter(pk__in=ids)}


def _csv(made: Figures, first: date, last: date) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="referrals-{first}-{last}.csv"'
    answer.write("\ufeff")
    out, names = csv.writer(answer), _names(made)
    out.writerow(["from", "to", "up", "down", "sideways", "refused"])
    for a, b, told, refused in made.pairs:
        counts = [told[d] for d in (Direction.UP, Direction.DOWN, Direction.SIDEWAYS)]
        out.writerow([_safe(names[a]), _safe(names[b]), *counts, refused])
    return answer


def _safe(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


PAGES = (Page("referrals/figures", figures, "referral-figures"),)
