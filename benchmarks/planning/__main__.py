"""`python -m benchmarks.planning ihtc [--seconds 60] [--instances i01-i05,i27]`: one table and a summary.

A kind of problem is a module beside this one with `NAMES`, `REFERENCE`, `problem(directory, name)` and
`reference(directory, name)`; without a reference the solver's own bound is used.
"""

from __future__ import annotations

import importlib
import os
import resource
import statistics
from pathlib import Path
from typing import Any

import click

from yipan.engine.optimise import Stop, solve

KINDS = ("ihtc", "pas")
DATA = Path(os.environ.get("YIPAN_DATA", Path(__file__).parents[3] / "shared" / "data"))


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--instances", help="Some of them: i01-i05,i27. Without it all.")
@click.option("--seconds", default=60.0, show_default=True)
@click.option("--iterations", type=int, help="Moves of each thread, instead of seconds.")
@click.option("--threads", default=2, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--data", type=click.Path(path_type=Path), default=DATA, help="The directory that holds ihtc/ and pas/.")
def main(
    kind: str, instances: str | None, seconds: float, iterations: int | None, threads: int, seed: int, data: Path
) -> None:
    """Solve each problem and print its cost beside the best known or proven bound."""
    if not (data / kind).is_dir():
        raise click.ClickException(f"{data / kind} is not there; YIPAN_DATA names the directory that holds {kind}/")
    problems = importlib.import_module(f"benchmarks.planning.{kind}")
    stop = Stop(iterations=iterations) if iterations else Stop(seconds=seconds)
    print(f"| instance | cost | {problems.REFERENCE} | gap | seconds | threads | seed | moves/s | memory | load |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    names = chosen(instances, problems.NAMES)
    gaps = [measure(problems, data, name, stop, threads=threads, seed=seed) for name in names]
    known = [gap for gap in gaps if gap is not None]
    print(f"\n{len(known)} of {len(gaps)} possible", end="")
    if known:
        middle = statistics.median(known)
        print(f"; gap: mean {statistics.mean(known):.2f} %, median {middle:.2f} %, most {max(known):.2f} %", end="")
    print()


def measure(problems: Any, data: Path, name: str, stop: Stop, *, threads: int, seed: int) -> float | None:
    """Solve one problem and print its line; returns the gap in percent, or None when no plan was found."""
    result = solve(problems.problem(data, name), stop, seed=seed, threads=threads)
    reference = problems.reference(data, name) or result.bound
    gap = 100 * (result.cost / reference - 1) if result.feasible else None
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    shown = "not possible" if gap is None else f"{gap:.2f} %"
    speed = f"{result.iterations / result.seconds / 1e6:.2f} M"
    costs = (name, round(result.cost, 2), round(reference, 2), shown)
    cells = (*costs, round(result.seconds), threads, seed, speed, f"{memory} MB", f"{os.getloadavg()[0]:.1f}")
    print("|", " | ".join(map(str, cells)), "|", flush=True)
    return gap


def chosen(wanted: str | None, names: list[str]) -> list[str]:
    """The names in a list of names and ranges (`i01-i05,i27`); all without a list."""
    if not wanted:
        return names
    found = []
    for part in wanted.split(","):
        first, _, last = part.partition("-")
        found += names[names.index(first) : names.index(last or first) + 1]
    return found


main()
