"""`python -m benchmarks.twin speed|fidelity|policies|ni`: the twin's figures in tables."""

from __future__ import annotations

import os
from pathlib import Path

import click

DATA = Path(os.environ.get("YIPAN_DATA", Path(__file__).parents[3] / "shared" / "data"))


@click.group()
def main() -> None:
    """Measure the twin. Pin it to one core (taskset -c 0) for steady figures."""


@main.command()
@click.option("--days", default=365.0, show_default=True)
@click.option("--rounds", default=5, show_default=True)
def speed(days: float, rounds: int) -> None:
    """20 wards of 40 beds beside SimPy, in the same run."""
    from benchmarks.twin import speed as bench

    bench.run(days, rounds)


@main.command()
@click.option("--replications", default=30, show_default=True)
def fidelity(replications: int) -> None:
    """Closed forms: Erlang-B, Erlang-C, Little's law, the census of many servers."""
    from benchmarks.twin import fidelity as bench

    bench.run(replications)


@main.command()
@click.option("--replications", default=20, show_default=True)
@click.option("--load", default=0.92, show_default=True)
@click.option("--penalty", default=0.23, show_default=True)
@click.option("--stay-days", default=7.5, show_default=True)
def policies(replications: int, load: float, penalty: float, stay_days: float) -> None:
    """Silo, greedy pooling, fixed reserve and look-ahead on the same patients."""
    from benchmarks.twin import policies as bench

    bench.run(replications, load, penalty, stay_days)


@main.command()
@click.option("--data", type=click.Path(path_type=Path), default=DATA, help="The directory that holds ni/.")
@click.option("--replications", default=4, show_default=True)
def ni(data: Path, replications: int) -> None:
    """The hospitals of Northern Ireland: occupancy, and what pooling would do there."""
    from benchmarks.twin import ni as bench

    file = data / "ni" / "hospital_specialty_beds.csv"
    if not file.is_file():
        raise click.ClickException(f"{file} is not there; YIPAN_DATA names the directory that holds ni/")
    bench.run(file, replications)


main()
