"""What lies on the paper is what was recorded: times and voltages can be read off it in millimetres."""

from __future__ import annotations

import re

import numpy as np
import pytest

from yipan.codecs.dicom.tests.making import beats
from yipan.lines.exams.policy.ecg_paper import LEADS_IN_ORDER, Layout, sheet

RATE = 500.0
LEADS = dict(zip(("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"), beats().T, strict=True))


def points(path: str) -> np.ndarray:
    """x and y of a path in millimetres."""
    return np.array([[float(n) for n in pair.split()] for pair in re.split("[ML]", path) if pair])


@pytest.mark.parametrize(("speed", "gain"), [(25, 5), (25, 10), (50, 20)])
def test_peaks_keep_their_time_and_height_at_any_scale(speed: int, gain: int) -> None:
    """The first R of lead II is where 0.31 s lies and as high as it was recorded, though samples were thinned."""
    drawn = sheet(LEADS, RATE, speed=speed, gain=gain, layout=Layout.ROWS)
    curve = next(c for c in drawn.curves if c.lead == "II")
    at = points(curve.path)
    first = at[at[:, 0] < curve.x + 0.8 * speed]
    peak = first[first[:, 1].argmin()]
    assert peak[0] - curve.x == pytest.approx(0.31 * speed, abs=0.2)
    assert (curve.y - peak[1]) / gain == pytest.approx(LEADS["II"].max(), abs=0.01)


def test_the_usual_arrangement_has_four_columns_of_two_and_a_half_seconds() -> None:
    """Each lead lies where its column lies in time; lead II runs below from the beginning to the end."""
    drawn = sheet(LEADS, RATE, speed=25, gain=10, layout=Layout.COLUMNS)
    starts = {c.lead: c.start for c in drawn.curves[:-1]}
    assert (starts["I"], starts["aVR"], starts["V1"], starts["V6"]) == (0.0, 2.5, 5.0, 7.5)
    strip = drawn.curves[-1]
    assert (strip.lead, strip.start, strip.seconds) == ("II", 0.0, 10.0)
    assert len(drawn.pulses) == 4


def test_rows_stand_in_the_usual_order_and_what_is_missing_is_left_out() -> None:
    """Twelve rows, or as many as there are leads; a short recording makes a short sheet."""
    rows = sheet(LEADS, RATE, speed=25, gain=10, layout=Layout.ROWS)
    assert tuple(c.lead for c in rows.curves) == LEADS_IN_ORDER
    few = {name: mv[:1000] for name, mv in LEADS.items() if name in ("I", "V2")}
    assert [c.lead for c in sheet(few, RATE, speed=25, gain=10, layout=Layout.ROWS).curves] == ["I", "V2"]
    narrow = sheet(few, RATE, speed=25, gain=10, layout=Layout.COLUMNS)
    assert narrow.curves[-1].seconds == 2.0
    assert narrow.width < rows.width
