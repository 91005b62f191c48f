"""The plots of a scenario. Brings Bokeh along: only for processes that draw."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from yipan.planning.scenarios.models import Scenario
from yipan.planning.scenarios.telling import Result
from yipan.planning.scenarios.words import in_words
from yipan.ui.charts import Chart, Curve, Estimate, curves, intervals


def measures(result: Result, names: Mapping[str, str]) -> list[Chart]:
    """Wait, outliers and occupancy of each policy with their intervals."""
    return [
        _of(result, names, "wait", _("Mean wait for a bed"), _("hours")),
        _of(result, names, "outliers", _("Patients outside their specialty"), "%", 100.0),
        _of(result, names, "occupancy", _("Occupancy"), "%", 100.0, from_zero=False),
    ]


def _of(
    result: Result,
    names: Mapping[str, str],
    measure: str,
    title: str,
    unit: str,
    factor: float = 1.0,
    *,
    from_zero: bool = True,
) -> Chart:
    rows = []
    for k, key in enumerate(result.keys):
        found = result.measure(key, measure)
        if found.mean is None:
            continue
        low, high = (found.mean if edge is None else edge for edge in (found.low, found.high))
        told = in_words(measure, found)
        rows.append(Estimate(names[key], found.mean * factor, max(low, 0.0) * factor, high * factor, told, colour=k))
    return intervals(title=title, rows=rows, unit=unit, from_zero=from_zero)


def penalties(result: Result, names: Mapping[str, str], penalty: float) -> Chart | None:
    """Mean waits over the penalty; nothing when only one was tried."""
    if len(result.levels) < 2:
        return None
    series = []
    for key in result.keys:
        found = [row for row in result.wait_at(key) if row.mean is not None]
        if len(found) == len(result.levels):
            means = [row.mean or 0.0 for row in found]
            lows = [max(mean if row.low is None else row.low, 0.0) for row, mean in zip(found, means, strict=True)]
            highs = [mean if row.high is None else row.high for row, mean in zip(found, means, strict=True)]
            series.append(Curve(names[key], means, lows, highs))
    return curves(
        title=_("Mean wait, by how much longer a stay outside the specialty is"),
        x=[round(level * 100, 1) for level in result.levels],
        series=series,
        x_label=_("longer stay, %"),
        unit=_("hours"),
        mark=penalty * 100,
        height=300,
    )


def taken(scenario: Scenario, result: Result, names: Mapping[str, str]) -> Chart:
    """Taken beds over the coming days under each policy: the median of the runs, and where four of five of them lie."""
    steps = len(result.ribbon(result.keys[0]))
    series = []
    for key in result.keys:
        low, middle, high = zip(*result.ribbon(key), strict=True)
        series.append(Curve(names[key], middle, low, high))
    return curves(
        title=_("Beds taken over the coming days"),
        x=[round((k + 0.5) * result.ribbon_hours / 24, 3) for k in range(steps)],
        series=series,
        x_label=_("days from the start"),
        unit=_("beds"),
        limit=float(scenario.made_from["beds"]),
        from_zero=False,
        dots=False,
        height=300,
    )
