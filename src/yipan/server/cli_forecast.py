"""The command `yipan forecast`: quantiles of coming days, how good they would have been, and history for the board."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from yipan.engine.forecast import Panel

PATH = click.Path(path_type=Path)
LONGEST_HORIZON = 28
USUAL_COUNTRY = "CN"


class WithDefault(click.Group):
    """A group whose first word may be left out: `yipan forecast FILE` is `yipan forecast days FILE`."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in {*self.commands, *self.get_help_option_names(context)}:
            args = ["days", *args]
        return super().parse_args(context, args)


@click.group(cls=WithDefault)
def forecast() -> None:
    """Forecast daily series: FILE.csv -o OUT.csv; `evaluate` FILE.csv on its past; `history` FILE.csv for the board."""


horizon_option = click.option(
    "--horizon", type=click.IntRange(1, LONGEST_HORIZON), default=14, show_default=True, help="Days ahead."
)
country_option = click.option(
    "--country",
    help="Whose public holidays: ISO 3166 code such as CN, DE, GB-ENG.  [default: those the series keep, else CN]",
)
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the model's chance."
)


@forecast.command()
@click.argument("file", type=PATH)
@click.option("-o", "--output", type=PATH, required=True, help="Write the quantiles here.")
@horizon_option
@country_option
@seed_option
def days(file: Path, output: Path, horizon: int, country: str | None, seed: int) -> None:
    """Quantiles of the coming days; FILE is CSV with the columns date, series, value."""
    from yipan.engine.forecast import forecast as make
    from yipan.engine.forecast.hierarchy import parts_of
    from yipan.engine.forecast.reconciling import reconcile
    from yipan.engine.forecast.writing import write
    from yipan.server.plans import files
    from yipan.server.progress import Counter
    from yipan.server.speech import say, set_up_words

    set_up_words()
    files.check_target(output, source=file)
    panel = _panel(file, country)
    keeps = _keeps(panel, country)
    with Counter(stderr=True) as counter:
        counter(say("forecast_working", series=len(panel.names), days=panel.days))
        coming = reconcile(make(panel, horizon, country=keeps, seed=seed), parts_of(panel))
    files.write(output, write(coming))


def _panel(file: Path, country: str | None) -> Panel:
    """The panel in the file, and a look whether a country that is named is known. Raises InvalidInput."""
    from yipan.engine.forecast.calendars import check_country
    from yipan.engine.forecast.reading import read
    from yipan.server.plans import files

    if country is not None:
        check_country(country)
    return read(files.content(file))


def _keeps(panel: Panel, named: str | None) -> str:
    """The country that is named, else the one whose holidays the series keep, which is said, else the usual one."""
    from yipan.engine.forecast.recognising import country_of
    from yipan.server.speech import say

    if named is not None:
        return named
    found = country_of(panel, usual=USUAL_COUNTRY)
    if found:
        click.echo(say("forecast_country_found", country=found), err=True)
    return found or USUAL_COUNTRY


@forecast.command()
@click.argument("file", type=PATH)
@horizon_option
@click.option("--days", "test_days", type=click.IntRange(min=1), help="Of the test, the last ones (400, or a quarter).")
@click.option("--origins", type=click.IntRange(min=1), default=60, show_default=True, help="Days forecast from.")
@click.option("--baselines/--no-baselines", default=True, help="Compare with statsforecast's models (yes); slow.")
@country_option
@seed_option
def evaluate(
    file: Path, horizon: int, test_days: int | None, origins: int, baselines: bool, country: str | None, seed: int
) -> None:
    """Forecast FILE's own past from many days, and say how far off that was."""
    from yipan.engine.forecast.evaluating import evaluate as compare
    from yipan.engine.forecast.methods import BASELINES, baseline, ours
    from yipan.kernel.errors import InvalidInput
    from yipan.server.plans.scores import table
    from yipan.server.progress import Counter
    from yipan.server.speech import say, set_up_words

    set_up_words()
    panel = _panel(file, country)
    test_days = test_days or min(400, panel.days // 4)
    if not horizon <= test_days < panel.days:
        raise InvalidInput("forecast_test_does_not_fit", days=panel.days, test=test_days, horizon=horizon)
    keeps = _keeps(panel.until(panel.days - test_days), country)
    with Counter(stderr=True) as counter:
        methods = {"Yipan": ours(country=keeps, seed=seed)}
        if baselines:
            methods |= {name: baseline(name) for name in BASELINES}
        found = compare(
            panel,
            methods,
            horizon=horizon,
            test_days=test_days,
            origins=origins,
            progress=lambda name: counter(say("forecast_measuring", method=name)),
        )
    sys.stdout.write(table(found))


@forecast.command()
@click.argument("file", type=PATH)
def history(file: Path) -> None:
    """Keep FILE's daily counts from before Yipan; series are named CODE/occupied, CODE/arrivals, CODE/discharges."""
    from yipan.engine.forecast.reading import read
    from yipan.server import session
    from yipan.server.plans import files
    from yipan.server.speech import say, set_up_words

    set_up_words()
    panel = read(files.content(file))
    with session.database():
        from yipan.planning.forecasting.history import keep

        click.echo(say("history_kept", series=keep(panel), first=panel.first.isoformat(), days=panel.days))
