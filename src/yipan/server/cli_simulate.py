"""The command `yipan simulate`: policies on a twin of the network before the wards live them. No database is needed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

PATH = click.Path(path_type=Path)


@click.command()
@click.argument("file", type=PATH)
@click.option("-o", "--output", type=PATH, required=True, help="Write the figures here, as JSON.")
@click.option("--policies", help="Some of the scenario's policies, by name, with commas; the first is compared with.")
@click.option(
    "--precision",
    type=click.FloatRange(min=0, min_open=True, max=1),
    default=0.05,
    show_default=True,
    help="Half width of the intervals as a share of the mean at which it ends.",
)
@click.option("--replications", type=click.IntRange(min=1), default=200, show_default=True, help="At most so many.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="At most so long.")
@click.option("--processes", type=click.IntRange(min=1), default=1, show_default=True, help="Runs at a time.")
@click.option("--cluster", help="Address of a Dask scheduler that runs them instead (needs yipan[cluster]).")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the patients' chance.")
def simulate(
    file: Path, output: Path, policies: str | None, replications: int, seconds: float | None, **wish: Any
) -> None:
    """Try the policies of a scenario (TOML) on the same patients and write what each does, with intervals.

    Ctrl-C or SIGTERM ends it, and what is finished is written.
    """
    from yipan.engine.simulate import Stop, read_scenario
    from yipan.kernel.errors import InvalidInput
    from yipan.server.plans import files
    from yipan.server.simulating import run, summary, written
    from yipan.server.speech import say, set_up_words

    set_up_words()
    files.check_target(output, source=file)
    scenario = read_scenario(file)
    names = None if policies is None else [name.strip() for name in policies.split(",")]
    stop = Stop(least=min(5, replications), most=replications, seconds=seconds)
    comparison = run(scenario, names, stop, **wish)
    if comparison.replications == 0:
        raise InvalidInput("twin_nothing_finished")
    files.write(output, json.dumps(written(scenario, comparison), indent=1, allow_nan=False) + "\n")
    if not comparison.outcomes[0].window.settled:
        click.echo(say("twin_not_settled"), err=True)
    print(json.dumps(summary(comparison) | {"seconds": round(comparison.seconds, 2)}))
    sys.stdout.flush()
