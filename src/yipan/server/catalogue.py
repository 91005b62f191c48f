"""The command `yipan catalogue`: bring the catalogue of examinations in and out.

Exit codes: 0 done, 2 the input is not right (every problem is listed, and nothing was written).
"""

from __future__ import annotations

from pathlib import Path

import click

from yipan.base.access import SYSTEM
from yipan.base.network import files as sources
from yipan.base.network.command import fail
from yipan.base.network.problems import InvalidFile
from yipan.lines.exams.actions import import_catalogue
from yipan.lines.exams.queries.catalogue import as_file
from yipan.lines.exams.queries.files import SCHEMA, to_zip


@click.group()
def catalogue() -> None:
    """What can be examined, on which devices, by whom, and what counts as critical: files in and out."""


@catalogue.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--replace", is_flag=True, help="What the given tables do not hold is out of use from now on.")
@click.option("--dry-run", is_flag=True, help="Try everything and say what would change, then undo it.")
def import_(source: Path, replace: bool, dry_run: bool) -> None:
    """Import a folder of CSV files, a zip of them, or one TOML or JSON file: all of it or nothing."""
    try:
        raw = sources.read(source, SCHEMA)
        told = import_catalogue(actor=SYSTEM, raw=raw, replace=replace, dry_run=dry_run)
    except InvalidFile as error:
        fail(error)
    for table, counts in told.items():
        click.echo(f"{table}: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()))


@catalogue.command("export")
@click.argument("target", type=click.Path(path_type=Path))
def export(target: Path) -> None:
    """Write items, devices, technicians, critical findings and limits to TARGET, a zip of CSV files."""
    target.write_bytes(to_zip(as_file(SYSTEM)))
