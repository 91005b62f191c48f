"""Plots carry their figures as a table and leave nothing out."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from yipan.ui import charts

AT = [datetime(2026, 11, 23, 4, tzinfo=UTC) + timedelta(hours=h) for h in range(3)]


@pytest.mark.usefixtures("chinese")
def test_the_table_says_what_the_plot_shows() -> None:
    """Series, both edges of a band and the limit are columns; a gap is a dash."""
    chart = charts.lines(
        title="占用",
        at=AT,
        series=[("预计", [1000, None, 1200.5])],
        bands=[("区间", [1, 2, 3], [4, 5, 6])],
        limit=("预警", 9),
    )
    assert chart.head == ["", "预计", "区间 ↓", "区间 ↑", "预警"]
    assert chart.rows == [
        ["今天 12:00", "1,000", "1", "4", "9"],
        ["今天 13:00", "–", "2", "5", "9"],
        ["今天 14:00", "1,200.5", "3", "6", "9"],
    ]


def test_the_plot_is_json_without_code() -> None:
    """The item is plain data that embed_item takes: no callback that would need a script of the page."""
    item = json.loads(charts.bars(title="x", labels=["a", "b"], series=[("n", [1, 2]), ("m", [3, None])]).item)
    assert item["root_id"]
    assert "CustomJS" not in json.dumps(item)


@pytest.mark.parametrize("stacked", [True, False])
def test_bars_keep_the_order_of_series(stacked: bool) -> None:
    """The legend stands in the order given, not in that of the alphabet."""
    item = charts.bars(title="x", labels=["a"], series=[("z", [1]), ("a", [2])], stacked=stacked).item
    assert item.index('"value": "z"') < item.index('"value": "a"')


def test_instants_are_drawn_in_the_sites_zone() -> None:
    """Bokeh knows no zones: it is given wall time."""
    here, there = (
        charts.lines(title="x", at=AT, series=[("n", [1, 2, 3])], site=zone).item for zone in ("Asia/Shanghai", "UTC")
    )
    assert here != there
