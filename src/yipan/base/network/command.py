"""The command `yipan network`: check, import and export a description of the network.

Exit codes: 0 done, 2 the input is not right (every problem is listed) or the import was refused.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from yipan.base.network import exporting, files, hooks, importing, validate
from yipan.base.network.adapters import northern_ireland
from yipan.base.network.changes import Changes
from yipan.base.network.problems import InvalidFile
from yipan.base.network.rows import POLICY
from yipan.base.network.stored import snapshot
from yipan.kernel.errors import Conflict

PROBLEMS_SHOWN = 200
BAD_INPUT = 2


@dataclass(frozen=True, slots=True)
class _Terminal:
    """The actor of a command: who may run it may do everything."""

    user_id: int | None = None
    name: str = "command line"
    kind: str = "system"


@click.group()
def network() -> None:
    """Describe the hospitals of the network in files, and bring them in and out."""


@network.command("check")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
def check(source: Path) -> None:
    """Check files on their own, without touching the database."""
    try:
        found = validate.check(files.read(source))
    except InvalidFile as error:
        fail(error)
    rows = sum(len(found.table(name)) for name in found.given if name != POLICY)
    click.echo(_say("network_check_passed", tables=len(found.given), rows=rows))


@network.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--adapter", type=click.Choice(["ni"]), help="Read the table of another publisher: ni, Northern Ireland.")
@click.option("--replace", is_flag=True, help="Also remove what the files no longer hold, unless it is in use.")
@click.option("--dry-run", is_flag=True, help="Try everything and say what would change, then undo it.")
@click.option(
    "--occupancy", type=click.Path(path_type=Path), help="With --adapter: write here how full each department was."
)
def import_(source: Path, adapter: str | None, replace: bool, dry_run: bool, occupancy: Path | None) -> None:
    """Import a folder of CSV files, a zip of them, or one TOML or JSON file: all of it or nothing."""
    try:
        raw = _adapted(source, occupancy) if adapter else files.read(source)
        changes = _import(raw, replace=replace, dry_run=dry_run)
    except InvalidFile as error:
        fail(error)
    except Conflict as error:
        click.echo(hooks.sentence(error.code, error.params), err=True)
        sys.exit(BAD_INPUT)
    _show(changes)
    if not changes:
        click.echo(_say("network_nothing_to_change"))
    else:
        click.echo(_say("network_dry_run_done" if dry_run else "network_import_done"))


@network.command("export")
@click.argument("target", type=click.Path(path_type=Path))
def export(target: Path) -> None:
    """Write the network to TARGET: a folder of CSV files, or one file ending in .zip, .json or .toml."""
    written = exporting.write(snapshot(), target)
    click.echo(_say("network_export_done", path=str(target), files=len(written)))


def _adapted(source: Path, occupancy: Path | None) -> files.RawNetwork:
    found = northern_ireland.load(source)
    if found.left_out:
        left_out = [f"{name} ({beds:g})" for name, beds in sorted(found.left_out.items())]
        click.echo(_say("network_hospitals_left_out", hospitals=left_out, minimum=f"{northern_ireland.MINIMUM_BEDS:g}"))
    if occupancy is not None:
        occupancy.write_text(northern_ireland.occupancy_csv(found.occupancy), encoding="utf-8", newline="")
    return exporting.to_raw(found.network)


def _import(raw: files.RawNetwork, *, replace: bool, dry_run: bool) -> Changes:
    """Import, with a line that moves while tables are written."""
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(_say("network_checking"), total=None)
        return importing.import_raw(
            raw,
            actor=_Terminal(),
            replace=replace,
            dry_run=dry_run,
            progress=lambda table, rows: progress.update(task, description=f"{table} {rows:,}"),
        )


def _show(changes: Changes) -> None:
    grid = Grid(box=None, pad_edge=False)
    grid.add_column("")
    for word in ("added", "changed", "removed", "unchanged"):
        grid.add_column(_say(f"network_rows_{word}"), justify="right")
    for name, counts in changes.summary().items():
        grid.add_row(name, *(f"{count:,}" if count else "–" for count in counts.values()))
    Console().print(grid)


def fail(error: InvalidFile) -> NoReturn:
    """List what is wrong, one line each, and end with exit code 2."""
    for problem in error.problems[:PROBLEMS_SHOWN]:
        place = problem.file + (f":{problem.row}" if problem.row else "")
        column = f" {problem.column}" if problem.column else ""
        value = f" “{problem.value}”" if problem.value else ""
        click.echo(f"{place}{column}{value}  {hooks.sentence(problem.code, problem.params)}", err=True)
    click.echo(hooks.sentence(error.code, error.params), err=True)
    sys.exit(BAD_INPUT)


def _say(code: str, **params: object) -> str:
    return hooks.sentence(code, params)
