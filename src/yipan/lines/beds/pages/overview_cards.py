"""The key figures on top of the overview; each says what it counts, from what, and as of when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from yipan.lines.beds.queries.overview import WaitingRow, middle
from yipan.lines.beds.queries.tallies import Counts
from yipan.ui.filters import minutes, number


def cards(
    counts: Counts, waiting: Sequence[WaitingRow], left: int, away: float, spark: Sequence[int], at: datetime
) -> list[dict[str, Any]]:
    """The cards from left to right, as arguments of the component `kpi`.

    `left`: discharged today; `away`: bed-days outside the home department this month; `spark`: beds in use during the
    last 24 hours.
    """
    made = [
        _in_use(counts, spark),
        _available(counts),
        _waiting(waiting, at),
        _discharges(counts, left),
        _outliers(counts, away),
        _not_usable(counts),
    ]
    for card in made:
        card["about"]["as_of"] = at
    return made


def _in_use(counts: Counts, spark: Sequence[int]) -> dict[str, Any]:
    return {
        "label": _("Beds in use"),
        "value": number(counts.occupied),
        "unit": f"/ {number(counts.open)}",
        "detail": "" if counts.occupancy is None else f"{counts.occupancy * 100:.1f}%",
        "spark": list(spark),
        "about": {
            "definition": _("Beds with a patient in them, among beds that are not closed. The line: last 24 hours."),
            "numerator": number(counts.occupied),
            "denominator": number(counts.open),
            "source": _("Bookings under way"),
        },
    }


def _available(counts: Counts) -> dict[str, Any]:
    shown = {"leaving": number(counts.leaving), "held": number(counts.held)}
    return {
        "label": _("Available now"),
        "value": number(counts.free),
        "after": _("tonight %(n)s") % {"n": number(counts.tonight)},
        "detail": _("%(leaving)s leave today · %(held)s held") % shown,
        "about": {
            "definition": _(
                "Free beds that nobody is expected in within two hours. Tonight: free at the end of the day if all"
                " that is decided happens: announced departures, holds, confirmed admissions, closures."
            ),
            "source": _("Bookings under way, held and confirmed"),
        },
    }


def _waiting(waiting: Sequence[WaitingRow], at: datetime) -> dict[str, Any]:
    waits = sorted(at - row.since for row in waiting)
    critical = sum(row.severity == "critical" for row in waiting)
    detail = _("nobody waits")
    if waits:
        shown = {"median": minutes(middle(waits)), "longest": minutes(waits[-1])}
        detail = _("median %(median)s · longest %(longest)s") % shown
    return {
        "label": _("Waiting"),
        "value": number(len(waiting)),
        "unit": _("%(n)s critical") % {"n": critical} if critical else "",
        "detail": detail,
        "tone": "warn" if critical else "",
        "about": {
            "definition": _(
                "Requests for a bed now for which nothing is held. The wait counts from the admission certificate,"
                " for planned admissions from the day asked for."
            ),
            "source": _("Open requests"),
        },
    }


def _discharges(counts: Counts, left: int) -> dict[str, Any]:
    shown = {"left": number(left), "open": number(counts.leaving)}
    return {
        "label": _("Discharges today"),
        "value": number(left + counts.leaving),
        "detail": _("%(left)s have left · %(open)s still to go") % shown,
        "about": {
            "definition": _("Patients who have left today, and those whose departure is announced for today."),
            "numerator": number(left),
            "denominator": number(left + counts.leaving),
            "source": _("Bookings ended today, announced departures"),
        },
    }


def _outliers(counts: Counts, away: float) -> dict[str, Any]:
    return {
        "label": _("Outliers"),
        "value": number(counts.outliers),
        "detail": _("%(days)s bed-days this month") % {"days": number(away)},
        "about": {
            "definition": _(
                "Patients in a bed of another department than their own. Bed-days: the time they spent there since"
                " the first of the month."
            ),
            "source": _("Bookings of this month"),
        },
    }


def _not_usable(counts: Counts) -> dict[str, Any]:
    return {
        "label": _("Cleaning · closed"),
        "value": f"{number(counts.cleaning)} · {number(counts.closed)}",
        "detail": _("of %(n)s beds") % {"n": number(counts.beds)},
        "about": {
            "definition": _("Beds being made ready, and beds that are shut."),
            "source": _("Bookings under way"),
        },
    }
