"""An electrocardiogram on millimetre paper: where every curve lies, in millimetres. Pure.

Standard paper (AHA/ACC/HRS 2007, doi 10.1016/j.jacc.2007.01.024): 25 mm a second, 10 mm a millivolt; the leads in four
columns of 2.5 s in the usual order with lead II as rhythm strip below, or all twelve below one another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

SPEEDS, GAINS = (25, 50), (5, 10, 20)
"""Millimetres a second, and a millivolt."""
COLUMNS = (("I", "II", "III"), ("aVR", "aVL", "aVF"), ("V1", "V2", "V3"), ("V4", "V5", "V6"))
LEADS_IN_ORDER = tuple(lead for column in COLUMNS for lead in column)
RHYTHM = "II"
COLUMN_SECONDS, STRIP_SECONDS = 2.5, 10.0
MARGIN, TOP, PULSE = 5.0, 5.0, 5.0
"""Millimetres before the first curve, above it, and the width of the calibration pulse at 25 mm a second: 0.2 s."""
PULSE_SECONDS = 0.2
FINEST = 0.2
"""Millimetres: of all samples in so short a piece only the lowest and the highest are drawn."""


class Layout(StrEnum):
    """How the leads stand on the paper."""

    COLUMNS = "3x4"
    ROWS = "12x1"


@dataclass(frozen=True, slots=True)
class Curve:
    """A piece of a lead: `path` of SVG in millimetres on the paper; `x` is where it begins, `y` its zero line."""

    lead: str
    path: str
    x: float
    y: float
    start: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of paper, its size in millimetres; `pulses` are the calibration pulses of 1 mV at the left."""

    width: float
    height: float
    curves: tuple[Curve, ...]
    pulses: tuple[str, ...]


def sheet(leads: Mapping[str, NDArray[np.float64]], rate: float, *, speed: int, gain: int, layout: Layout) -> Sheet:
    """Draw leads (millivolts by name, `rate` samples a second) on a sheet of paper."""
    height = max(20.0, 2.4 * gain)
    seconds = min(STRIP_SECONDS, max((len(mv) for mv in leads.values()), default=0) / rate)
    left = MARGIN + PULSE_SECONDS * speed + 2
    rows: list[list[tuple[str, float, float]]] = (
        [[(lead, 0.0, seconds)] for lead in LEADS_IN_ORDER if lead in leads]
        if layout is Layout.ROWS
        else _columns(leads, seconds)
    )
    curves, pulses = [], []
    for number, row in enumerate(rows):
        zero = TOP + height * (number + 0.5)
        pulses.append(_pulse(MARGIN, zero, speed, gain))
        for lead, start, length in row:
            piece = leads[lead][round(start * rate) : round((start + length) * rate)]
            x = left + start * speed
            curves.append(Curve(lead, _path(piece, rate, x, zero, speed, gain), x, zero, start, length))
    return Sheet(left + seconds * speed + MARGIN, TOP * 2 + height * len(rows), tuple(curves), tuple(pulses))


def _columns(leads: Mapping[str, NDArray[np.float64]], seconds: float) -> list[list[tuple[str, float, float]]]:
    """Three rows of four leads, each lead where its column lies in time, and the rhythm strip."""
    length = min(COLUMN_SECONDS, seconds / len(COLUMNS))
    rows = [
        [(column[n], length * at, length) for at, column in enumerate(COLUMNS) if column[n] in leads] for n in range(3)
    ]
    if strip := RHYTHM if RHYTHM in leads else next(iter(leads), ""):
        rows.append([(strip, 0.0, seconds)])
    return [row for row in rows if row]


def _pulse(x: float, zero: float, speed: int, gain: int) -> str:
    wide = PULSE_SECONDS * speed
    return f"M{x:g} {zero:g}h{wide / 5:g}v{-gain}h{wide * 3 / 5:g}v{gain}h{wide / 5:g}"


def _path(piece: NDArray[np.float64], rate: float, x: float, zero: float, speed: int, gain: int) -> str:
    """The curve as a path; hundredths of a millimetre are finer than any screen."""
    if not len(piece):
        return ""
    at, mv = _thinned(piece, max(1, int(rate * FINEST / speed)))
    points: Sequence[tuple[float, float]] = list(zip(x + at / rate * speed, zero - mv * gain, strict=True))
    return "M" + "L".join(f"{round(px, 2):g} {round(py, 2):g}" for px, py in points)


def _thinned(piece: NDArray[np.float64], each: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Indices and values of the lowest and the highest sample of every `each`, in their order: no peak is lost."""
    if each < 3:
        return np.arange(len(piece)), piece
    whole = len(piece) // each * each
    blocks = piece[:whole].reshape(-1, each)
    first = np.arange(0, whole, each)
    ends = np.sort(np.stack([first + blocks.argmin(axis=1), first + blocks.argmax(axis=1)], axis=1), axis=1)
    at = np.unique(np.concatenate([ends.ravel(), np.arange(whole, len(piece)), [0, len(piece) - 1]]))
    return at, piece[at]
