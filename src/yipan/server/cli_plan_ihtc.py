"""The command `yipan plan ihtc`: problems of the Integrated Healthcare Timetabling Competition 2024."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from yipan.server.cli_plan import arguments, run


@click.command()
@arguments
def ihtc(file: Path, output: Path, **wish: Any) -> None:
    """Plan admissions, rooms, theatres and nurses: a problem in the competition's JSON."""
    from yipan.engine.optimise.ihtc import Ihtc

    run(Ihtc.read, lambda problem, result: problem.write(result.solution), file=file, output=output, **wish)
