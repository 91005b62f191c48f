"""The command `yipan plan nurses`: a ward's week, who works which shift and has which rooms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from yipan.server.cli_plan import arguments, run


@click.command()
@arguments
def nurses(file: Path, output: Path, **wish: Any) -> None:
    """Shifts and rooms of a ward's nurses for a week; FILE is TOML (docs/reference/nurses.md), the plan is JSON."""
    from yipan.engine.optimise.nursing import Nursing, read, write

    run(
        lambda content: Nursing(read(content)),
        lambda problem, result: write(problem.week, result.solution),
        file=file,
        output=output,
        **wish,
    )
