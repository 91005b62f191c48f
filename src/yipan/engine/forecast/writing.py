"""Quantiles as a file: CSV, one row for each series and day, one column for each level."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import numpy as np

from yipan.engine.forecast.panel import Quantiles

DECIMALS = 4


def write(quantiles: Quantiles) -> str:
    """The text of the file: `series,date,q0.025,…,q0.975`. Cells are empty where nothing can be said."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["series", "date", *(f"q{level:g}" for level in quantiles.levels)])
    for name, rows in zip(quantiles.names, quantiles.values, strict=True):
        for ahead, row in enumerate(rows):
            cells = ["" if np.isnan(value) else f"{value:.{DECIMALS}f}" for value in row]
            writer.writerow([name, (quantiles.first + timedelta(ahead)).isoformat(), *cells])
    return out.getvalue()
