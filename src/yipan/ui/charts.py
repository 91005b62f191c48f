"""Plots with Bokeh: made on the server as data, drawn in the browser, with the figures as a table underneath."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bokeh.embed import json_item
from bokeh.models import (
    CategoricalTickFormatter,
    ColumnDataSource,
    DatetimeTickFormatter,
    FactorRange,
    HoverTool,
    NoOverlap,
    NumeralTickFormatter,
)
from bokeh.models.annotations import Span
from bokeh.plotting import figure

from yipan.ui.filters import moment, number, zone_of

Line = tuple[str, Sequence[float | None]]
Band = tuple[str, Sequence[float | None], Sequence[float | None]]

PALETTE = ("#0a6770", "#895000", "#6b3fa0", "#14703a", "#b3261e", "#4f5e6a")
"""Series colours by day; `static/ui/js/charts.js` holds their partners for night."""

DASHES = ("solid", "dashed", "dotted", "dotdash")
HEIGHT = 260
PHONE_ENTRIES = 3
"""Of a legend in one row: more are cut off on a phone."""
NUMERALS = "{0,0.[0]}"


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot ready for the template `ui/chart.html`.

    `item` is what `Bokeh.embed.embed_item` takes; `head` and `rows` are the same figures as a table.
    """

    title: str
    item: str
    head: list[str]
    rows: list[list[str]]


def lines(
    *,
    title: str,
    at: Sequence[datetime],
    series: Sequence[Line],
    unit: str = "",
    bands: Sequence[Band] = (),
    limit: tuple[str, float] | None = None,
    site: Any = None,
    height: int = HEIGHT,
) -> Chart:
    """Lines over time, with optional bands (low, high) and a horizontal limit. None is a gap.

    `at` are aware instants, as many as each series has values; they are shown in the site's zone.
    """
    plot = _figure(title, unit, height, x_axis_type="datetime")
    # Bokeh draws instants as if they were UTC; so it gets the wall time of the site.
    wall = [_naive(t, site) for t in at]
    for name, low, high in bands:
        edges = {"y1": [_gap(v) for v in low], "y2": [_gap(v) for v in high]}
        plot.varea(x=wall, **edges, fill_alpha=0.18, fill_color=PALETTE[0], legend_label=str(name))
    for i, (name, values) in enumerate(series):
        source = ColumnDataSource({"x": wall, "y": [_gap(v) for v in values], "name": [str(name)] * len(wall)})
        colour, dash = PALETTE[i % len(PALETTE)], DASHES[i % len(DASHES)]
        plot.line("x", "y", source=source, line_width=2, color=colour, line_dash=dash, legend_label=str(name))
    if limit:
        ends = {"x": [wall[0], wall[-1]], "y": [limit[1]] * 2} if wall else {"x": [], "y": []}
        plot.line(**ends, color=PALETTE[4], line_dash="dashed", legend_label=str(limit[0]))
    plot.xaxis.formatter = DatetimeTickFormatter(hours="%H:%M", days="%m-%d", months="%Y-%m")
    plot.add_tools(
        _hover([("", "@name"), ("", "@x{%m-%d %H:%M}"), ("", f"@y{NUMERALS} {unit}")], formatters={"@x": "datetime"})
    )
    head = ["", *(str(n) for n, _ in series), *(f"{n} {e}" for n, _, _ in bands for e in ("↓", "↑"))]
    columns = [v for _, v in series] + [edge for _, low, high in bands for edge in (low, high)]
    if limit:
        head.append(str(limit[0]))
        columns.append([limit[1]] * len(at))
    return _chart(plot, title, head, [moment(t, site) for t in at], columns)


def bars(
    *,
    title: str,
    labels: Sequence[str],
    series: Sequence[Line],
    unit: str = "",
    stacked: bool = False,
    height: int = HEIGHT,
) -> Chart:
    """Upright bars by label, one colour a series, side by side or stacked. Labels must differ."""
    side_by_side = len(series) > 1 and not stacked
    draw = _grouped if side_by_side else _stacked
    plot = draw(title, unit, height, [str(label) for label in labels], series)
    plot.y_range.start = 0
    return _chart(plot, title, ["", *(str(name) for name, _ in series)], labels, [values for _, values in series])


def _stacked(title: str, unit: str, height: int, labels: list[str], series: Sequence[Line]) -> Any:
    plot = _figure(title, unit, height, x_range=FactorRange(factors=labels))
    columns = {f"s{i}": [v or 0 for v in values] for i, (_, values) in enumerate(series)}
    names = [str(name) for name, _ in series]
    colours = [PALETTE[i % len(PALETTE)] for i in range(len(series))]
    source = ColumnDataSource({"x": labels, **columns})
    drawn = plot.vbar_stack(
        list(columns), x="x", width=0.7, source=source, color=colours, legend_label=names, line_width=0
    )
    for column, name, bar in zip(columns, names, drawn, strict=True):
        plot.add_tools(_hover([("", "@x"), (name, f"@{column}{NUMERALS} {unit}")], renderers=[bar]))
    return plot


def _grouped(title: str, unit: str, height: int, labels: list[str], series: Sequence[Line]) -> Any:
    names = [str(name) for name, _ in series]
    plot = _figure(
        title, unit, height, x_range=FactorRange(factors=[(x, n) for x in labels for n in names], group_padding=0.5)
    )
    for i, (name, values) in enumerate(zip(names, (values for _, values in series), strict=True)):
        source = ColumnDataSource({"x": [(label, name) for label in labels], "y": [v or 0 for v in values]})
        plot.vbar(
            "x", top="y", width=0.9, source=source, color=PALETTE[i % len(PALETTE)], legend_label=name, line_width=0
        )
    plot.xaxis.major_label_text_font_size = "0px"  # the legend names the series; the axis names the groups
    plot.xaxis.major_tick_line_color = None
    plot.add_tools(_hover([("", "@x"), ("", f"@y{NUMERALS} {unit}")]))
    return plot


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval, in the words of `name`; `text` says it in full. `colour` is a place in `PALETTE`."""

    name: str
    value: float
    low: float
    high: float
    text: str
    colour: int = 0


def intervals(*, title: str, rows: Sequence[Estimate], unit: str = "", from_zero: bool = True) -> Chart:
    """A point with its interval for each row, from top to bottom. Names must differ."""
    names = [str(row.name) for row in rows]
    plot = _figure(title, "", 56 + 34 * len(rows), y_range=FactorRange(factors=names[::-1]))
    source = ColumnDataSource(
        {
            "name": names,
            "value": [row.value for row in rows],
            "low": [row.low for row in rows],
            "high": [row.high for row in rows],
            "text": [row.text for row in rows],
            "colour": [PALETTE[row.colour % len(PALETTE)] for row in rows],
        }
    )
    plot.segment("low", "name", "high", "name", source=source, line_width=3, line_alpha=0.45, color="colour")
    dots = plot.scatter("value", "name", source=source, size=11, color="colour", line_width=0)
    plot.add_tools(_hover([("", "@name"), ("", "@text")], renderers=[dots]))
    low, high = min((row.low for row in rows), default=0.0), max((row.high for row in rows), default=1.0)
    plot.x_range.start = min(low, 0.0) if from_zero else low - 0.15 * (high - low or 1.0)
    plot.x_range.end = high + 0.08 * (high - plot.x_range.start or 1.0)
    plot.xgrid.grid_line_color, plot.xgrid.grid_line_alpha = PALETTE[5], 0.25
    plot.ygrid.grid_line_color = None
    plot.xaxis.axis_label = str(unit) or None
    plot.xaxis.formatter, plot.yaxis.formatter = plot.yaxis[0].formatter, CategoricalTickFormatter()
    return custom(plot, str(title), ["", str(title)], [[row.name, row.text] for row in rows])


@dataclass(frozen=True, slots=True)
class Curve:
    """Values over a number, with their intervals."""

    name: str
    values: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def curves(
    *,
    title: str,
    x: Sequence[float],
    series: Sequence[Curve],
    x_label: str = "",
    unit: str = "",
    mark: float | None = None,
    limit: float | None = None,
    from_zero: bool = True,
    dots: bool = True,
    height: int = HEIGHT,
) -> Chart:
    """Curves over a number, each in a band; `mark` is a value of x that stands out, `limit` one of the values.

    The page tells which is which, with the colours of `PALETTE` and the strokes of `DASHES` in this order: on a phone
    there is no room for that in a plot.
    """
    plot = _figure(title, unit, height)
    for i, curve in enumerate(series):
        colour, dash, name = PALETTE[i % len(PALETTE)], DASHES[i % len(DASHES)], str(curve.name)
        plot.varea(x=list(x), y1=list(curve.low), y2=list(curve.high), fill_alpha=0.12, fill_color=colour)
        source = ColumnDataSource({"x": list(x), "y": list(curve.values), "name": [name] * len(x)})
        drawn = plot.line("x", "y", source=source, line_width=2, color=colour, line_dash=dash)
        if dots:
            drawn = plot.scatter("x", "y", source=source, size=6, color=colour)
        plot.add_tools(_hover([("", "@name"), (str(x_label), "@x"), ("", f"@y{NUMERALS} {unit}")], renderers=[drawn]))
    if mark is not None:
        plot.add_layout(Span(location=mark, dimension="height", line_color=PALETTE[5], line_dash="dashed"))
    if limit is not None:
        plot.add_layout(Span(location=limit, dimension="width", line_color=PALETTE[4], line_dash="dashed"))
        plot.y_range.end = limit + 0.03 * (limit - min((min(curve.low) for curve in series), default=0.0))
    if from_zero:
        plot.y_range.start = 0
    plot.xaxis.axis_label = str(x_label) or None
    head = [str(x_label), *(str(curve.name) for curve in series)]
    return _chart(plot, title, head, [_cell(float(v)) for v in x], [curve.values for curve in series])


def custom(plot: Any, title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Chart:
    """Any Bokeh plot, with the table that says the same; for plots that only one room draws."""
    return Chart(title, json.dumps(json_item(plot)), list(head), [[_cell(v) for v in row] for row in rows])


def _figure(title: str, unit: str, height: int, **options: Any) -> Any:
    """An empty plot in the product's style; the title stands in HTML above it, so it is text to everybody."""
    plot = figure(height=height, sizing_mode="stretch_width", tools="", toolbar_location=None, **options)
    plot.background_fill_color = plot.border_fill_color = None
    plot.outline_line_color = None
    plot.xgrid.grid_line_color = None
    plot.xaxis.major_label_policy = NoOverlap(min_distance=4)  # a month of days on a phone
    plot.yaxis.axis_label = str(unit) or None
    plot.yaxis.formatter = NumeralTickFormatter(format=NUMERALS[1:-1])
    plot.name = str(title)
    return plot


def _hover(tips: list[tuple[str, str]], **options: Any) -> HoverTool:
    return HoverTool(tooltips=tips, **options)


def _chart(plot: Any, title: str, head: list[str], first: Sequence[str], columns: Sequence[Sequence[Any]]) -> Chart:
    if plot.legend:
        plot.legend.orientation = "horizontal"
        if len(plot.legend[0].items) > PHONE_ENTRIES:
            plot.legend[0].ncols = PHONE_ENTRIES
        plot.legend.background_fill_alpha = 0
        plot.legend.border_line_color = None
        plot.legend.padding = 2
        plot.add_layout(plot.legend[0], "above")
    rows = [[str(label), *(_cell(column[i]) for column in columns)] for i, label in enumerate(first)]
    return Chart(str(title), json.dumps(json_item(plot)), head, rows)


def _cell(value: Any) -> str:
    match value:
        case None:
            return "–"
        case int():
            return number(value)
        case float():
            return number(value, 0 if value.is_integer() else 1)
        case _:
            return str(value)


def _gap(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _naive(at: datetime, site: Any) -> datetime:
    return at.astimezone(zone_of(site)).replace(tzinfo=None)
