"""`python -m benchmarks.forecast divi|nhs|refit [--before 1]`: scores on the test span, or on a span before it.

Whoever tunes does it with `--before 1` and `--before 2`; the last span is for the report. `--origins 999` forecasts on
every day of the span: of sixty days the coverage of one day ahead is known to about one in a hundred only. The row
"hindsight" is no forecast: it has seen everything but the day itself.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import click
import numpy as np

from benchmarks.forecast.data import SOURCES, Source, panel
from benchmarks.forecast.hindsight import hindsight
from yipan.engine.forecast import LEVELS, Panel, forecast
from yipan.engine.forecast.evaluating import Method, evaluate
from yipan.engine.forecast.methods import BASELINES, baseline, ours
from yipan.engine.forecast.panel import WEEK, Floats
from yipan.server.plans.scores import table
from yipan.server.speech import set_up_words

DATA = Path(os.environ.get("YIPAN_DATA", Path(__file__).parents[3] / "shared" / "data"))
WEEKS = 6


@click.command()
@click.argument("what", type=click.Choice([*SOURCES, "refit"]))
@click.option("--before", default=0, show_default=True, help="So many test spans before the last one.")
@click.option("--baselines", default="SeasonalNaive", show_default=True, help="Of statsforecast, with commas; or none.")
@click.option("--origins", type=click.IntRange(1), help="Days forecast on; 60 (divi) or 40 (nhs), at most every day.")
@click.option("--seed", default=1, show_default=True)
@click.option("--data", type=click.Path(path_type=Path), default=DATA, help="The directory that holds divi/ and nhs/.")
def main(what: str, before: int, baselines: str, origins: int | None, seed: int, data: Path) -> None:
    """Forecast from many days of the past and print the scores, or time a forecast of sixteen series."""
    source = SOURCES["divi" if what == "refit" else what]
    if not (data / source.file).exists():
        raise click.ClickException(f"{data / source.file} is not there; YIPAN_DATA names the directory that holds it")
    series = panel(data, source)
    if what == "refit":
        refit(series, source.country)
        return
    names = [name for name in baselines.split(",") if name in BASELINES]
    source = replace(source, origins=origins or source.origins)
    measure(series.until(series.days - before * source.test_days), source, names, seed)


def measure(series: Panel, source: Source, names: list[str], seed: int) -> None:
    """Print the table of all methods, and how long ours took."""
    set_up_words()
    methods: dict[str, Method] = {"Yipan": ours(country=source.country, seed=seed)}
    methods |= {"same weekdays": weekdays, "hindsight": hindsight}
    methods |= {name: baseline(name) for name in names}
    begun = time.process_time()
    found = evaluate(series, methods, test_days=source.test_days, origins=source.origins)
    print(table(found))
    print(f"{time.process_time() - begun:.0f} s of processor time")


def weekdays(series: Panel, origins: tuple[int, ...], horizon: int) -> Floats:
    """Quantiles of the last six known values of the same weekday."""
    out = []
    for origin in origins:
        days = origin - WEEK + np.arange(horizon)[:, None] % WEEK - WEEK * np.arange(WEEKS)
        with np.errstate(invalid="ignore"):
            out.append(np.nanquantile(series.values[:, days], LEVELS, axis=2).transpose(1, 2, 0))
    return np.stack(out)


def refit(series: Panel, country: str) -> None:
    """Time one forecast of sixteen series with everything fitted anew."""
    forecast(series.until(200), 14, country=country)  # imports and calendars
    begun, processor = time.monotonic(), time.process_time()
    forecast(series, 14, country=country)
    cells = (
        len(series.names),
        series.days,
        f"{time.process_time() - processor:.1f}",
        f"{time.monotonic() - begun:.1f}",
    )
    print("| series | days | processor s | wall s | load |\n|---|---|---|---|---|")
    print("|", " | ".join(map(str, cells)), "|", f"{os.getloadavg()[0]:.1f} |")


main()
