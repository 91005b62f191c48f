"""The command `yipan plan`: plans for the coming days, searched for as long as one will wait. No database is needed.

Every kind of plan is a command that gives `run` two functions, one that reads the problem and one that writes the plan:

    @plan.command()
    @arguments
    def pas(file: Path, output: Path, **wish: Any) -> None:
        run(lambda text: pas.read(text), lambda problem, result: pas.write(problem, result.solution), ...)
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from yipan.engine.optimise import Problem, Result, Stop

PATH = click.Path(path_type=Path)
DEFAULT_SECONDS = 60.0

AnyProblem = TypeVar("AnyProblem", bound="Problem[Any]")
Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def plan() -> None:
    """Plan the coming days: who comes when, into which room, cared for by whom."""


def arguments(command: Command) -> Command:
    """What every kind of plan is asked with: the file, where the plan goes, and how long to look for it."""
    options = (
        click.argument("file", type=PATH),
        click.option("-o", "--output", type=PATH, required=True, help="Write the plan here."),
        click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="Search so long (60)."),
        click.option(
            "--iterations",
            type=click.IntRange(min=1),
            help="Try so many moves in each thread: with the same seed and threads, the same plan.",
        ),
        click.option("--threads", type=click.IntRange(min=1), default=2, show_default=True, help="Searches at a time."),
        click.option(
            "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the search's chance."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def run(
    read: Callable[[bytes], AnyProblem],
    write: Callable[[AnyProblem, Result[Any]], str],
    *,
    file: Path,
    output: Path,
    seconds: float | None,
    iterations: int | None,
    threads: int,
    seed: int,
) -> None:
    """Read, search with a line of progress, write the best found, and print what it costs as one line of JSON.

    Ctrl-C or SIGTERM ends the search, and the best found until then is written. Raises InvalidInput when the file or
    the place for the plan is not usable, or no plan keeps the rules; then nothing is written.
    """
    from yipan.engine.optimise import Stop
    from yipan.kernel.errors import InvalidInput
    from yipan.server.plans import files, watching
    from yipan.server.speech import set_up_words

    set_up_words()
    files.check_target(output, source=file)
    problem = read(files.content(file))
    if seconds is None and iterations is None:
        seconds = DEFAULT_SECONDS
    stop = Stop(seconds=seconds, iterations=iterations)
    result = watching.search(problem, stop, seed=seed, threads=threads)
    if not result.feasible:
        broken = ", ".join(f"{rule} {count}" for rule, count in result.violations.items() if count)
        raise InvalidInput("plan_breaks_rules", rules=broken)
    files.write(output, write(problem, result))
    print(json.dumps(_summary(result, stop, seed=seed, threads=threads)))
    sys.stdout.flush()


def _summary(result: Result[Any], stop: Stop, *, seed: int, threads: int) -> dict[str, Any]:
    """What the last line says: the cost and its components (weights applied), the bound, and how it was found."""
    return {
        "cost": _short(result.cost),
        "components": {name: _short(cost) for name, cost in result.components.items()},
        "bound": None if result.bound is None else _short(result.bound),
        "gap": None if result.gap is None else round(result.gap, 6),
        "reason": result.reason,
        "seconds": round(result.seconds, 2),
        "iterations": result.iterations,
        "seed": seed,
        "threads": threads,
    }


def _short(cost: float) -> float | int:
    """Costs are sums of short decimals; what floating point adds to them says nothing."""
    rounded = round(float(cost), 6)
    return int(rounded) if rounded.is_integer() else rounded


@plan.command()
@arguments
@click.option(
    "--department-levels/--no-department-levels",
    default=True,
    help="Whether a department's level of a specialism costs, as a room's does (yes).",
)
def pas(file: Path, output: Path, department_levels: bool, **wish: Any) -> None:
    """Beds for the patients of a Patient Admission Scheduling FILE; the plan names the bed of each night."""
    from yipan.engine.optimise.pas import Pas, read, write

    def problem(content: bytes) -> Pas:
        instance = read(content)
        return Pas(instance if department_levels else instance.without_department_levels())

    run(
        problem,
        lambda problem, result: write(problem.instance, result.solution),
        file=file,
        output=output,
        **wish,
    )
