"""The command `yipan audit`: verify the journals, take checkpoints, export the trail.

Exit codes: 0 all is whole, 1 something was tampered with (each finding is a line), 2 the input is not right.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
TAMPERED = 1


@click.group()
def audit() -> None:
    """Prove that the audit trail and the events are whole, and hand them out."""


@audit.command()
@click.option("--checkpoint", "files", type=FILE, multiple=True, help="A checkpoint kept elsewhere; may be repeated.")
@click.option("--public-key", "keys", type=FILE, multiple=True, help="Who may have signed; without it this server.")
def verify(files: tuple[Path, ...], keys: tuple[Path, ...]) -> None:
    """Recompute everything and name each changed, removed, inserted or truncated entry."""
    from yipan.server import session
    from yipan.server.progress import Counter
    from yipan.server.speech import say

    with session.database():
        from yipan.base.audit import checkpoints, journals, verifying
        from yipan.base.audit.keys import public_from_pem, public_pem

        trusted = [public_from_pem(path.read_bytes()) for path in keys] or [public_from_pem(public_pem())]
        kept = [checkpoints.read(path.read_text(encoding="utf-8")) for path in files]
        if not keys:
            kept += checkpoints.kept()
        found = 0
        with Counter() as counter:
            tell = _told(counter)
            for finding in verifying.verify(kept=kept, trusted=trusted, progress=tell):
                found += 1
                click.echo(say(finding.code, **finding.params))
        waiting = {journal.code: verifying.unsealed(journal) for journal in journals.every()}
        click.echo(say("audit_waiting", n=sum(waiting.values())))
        click.echo(say("audit_tampered", n=found) if found else say("audit_whole", n=len(kept)))
    sys.exit(TAMPERED if found else 0)


@audit.command()
@click.option("-o", "target", type=TARGET, help="Write here instead of to the terminal.")
def checkpoint(target: Path | None) -> None:
    """Seal what is there, and write a small signed file to keep elsewhere."""
    from yipan.server import session
    from yipan.server.speech import say

    with session.database():
        from yipan.base.audit import checkpoints, sealing

        sealing.seal()
        made = checkpoints.make()
        if made is None:
            click.echo(say("audit_nothing_sealed"), err=True)
            sys.exit(2)
        _write(json.dumps(made, indent=1, sort_keys=True) + "\n", target)


@audit.command("public-key")
@click.option("-o", "target", type=TARGET, help="Write here instead of to the terminal.")
def public_key(target: Path | None) -> None:
    """Write the key with which checkpoints of this server are verified elsewhere."""
    from yipan.server import session

    session.django()
    from yipan.base.audit.keys import public_pem

    _write(public_pem().decode(), target)


@audit.command()
@click.option("--from", "since", type=DAY, required=True, help="First day, or instant, in the installation's zone.")
@click.option("--to", "until", type=DAY, required=True, help="Day or instant before which the export ends.")
@click.option("-o", "target", type=TARGET, required=True, help="The file to write, one AuditEvent a line (NDJSON).")
def export(since: datetime, until: datetime, target: Path) -> None:
    """Export the trail as FHIR R4 AuditEvents in the shapes of IHE BALP."""
    from yipan.server import session
    from yipan.server.progress import Counter
    from yipan.server.speech import say

    with session.database(), Counter() as counter:
        from django.utils.timezone import make_aware

        from yipan.base.access import SYSTEM
        from yipan.base.audit import exporting, queries

        wanted = queries.Filter(since=make_aware(since), until=make_aware(until))
        with target.open("w", encoding="utf-8") as file:
            written = 0
            for written, line in enumerate(exporting.lines(SYSTEM, wanted), start=1):
                file.write(line)
                if written % 1000 == 0:
                    counter(say("audit_exporting"), written)
        click.echo(say("audit_exported", n=written, path=str(target)))


def _told(counter: Any) -> Any:
    from yipan.server.speech import say

    return lambda what, done, total: counter(say("audit_verifying", what=what), done, total)


def _write(text: str, target: Path | None) -> None:
    if target is None:
        click.echo(text, nl=False)
    else:
        target.write_text(text, encoding="utf-8")
