"""The commands `yipan patient` and `yipan retention`."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import click

from yipan.base.access import SYSTEM
from yipan.base.patients import actions, handing
from yipan.base.vault import retention
from yipan.kernel.errors import NotFound
from yipan.server.speech import say


@click.group("patient")
def patient() -> None:
    """Data of one person."""


@patient.command("export")
@click.argument("record")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The ZIP file.")
@click.option("--reason", required=True, help="Why, and to whom; it is kept in the audit trail.")
def export(record: str, output: Path, reason: str) -> None:
    """Write everything that Yipan knows of the patient with the identifier RECORD."""
    try:
        patient_id = UUID(record)
    except ValueError:
        raise NotFound("patient_unknown") from None
    told = actions.export(actor=SYSTEM, patient_id=patient_id, reason=reason)
    with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(handing.as_zip(told))
    click.echo(say("patient_exported", path=str(output)))


@click.group("retention")
def keeping() -> None:
    """How long things are kept."""


@keeping.command("list")
def list_rules() -> None:
    """Show every rule, and how much is due."""
    for found in retention.look():
        click.echo(
            say("retention_line", key=found.rule.key, days=found.days, title=str(found.rule.title), n=found.count)
        )


@keeping.command("set")
@click.argument("key")
@click.argument("days", type=int)
def set_rule(key: str, days: int) -> None:
    """Keep what KEY names for so many DAYS."""
    retention.keep(key, days)


@keeping.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
def run(dry_run: bool) -> None:
    """Remove what has been kept long enough; the worker does it by itself every six hours."""
    if dry_run:
        for found in retention.look():
            click.echo(f"{found.rule.key}: {found.count}")
        return
    for found in retention.run():
        click.echo(say("retention_removed", key=found.rule.key, n=found.count))
