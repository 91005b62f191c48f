"""The commands `yipan backup` and `yipan restore`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime

    from yipan.server.backup.checking import Report
    from yipan.server.backup.restoring import Restored

MEGABYTE = 1 << 20
FILE = click.Path(path_type=Path, dir_okay=False)


class WithDefault(click.Group):
    """A group whose first word is a command or, when it is none, an argument of `make`."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["make", *args]
        return super().parse_args(context, args)


@click.group(cls=WithDefault)
def backup() -> None:
    """Make a backup (yipan backup [DIRECTORY]), read one back, or carry the journal away."""


@backup.command()
@click.argument("directory", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--keep", type=click.IntRange(min=1), help="Remove all but the newest so many backups afterwards.")
@click.option("--kind", type=click.Choice(["physical", "logical"]), help="What to make instead of the best possible.")
def make(directory: Path | None, keep: int | None, kind: str | None) -> None:
    """Write a sealed backup into DIRECTORY (YIPAN_BACKUPS, else `backups` in the state directory) and read it back."""
    from yipan.server import environment, session

    with session.database():
        from yipan.server.backup import folder, taking
        from yipan.server.backup.keys import Key
        from yipan.server.speech import say

        state = environment.state_directory()
        into = directory or folder.directory(state)
        key = Key.for_sealing(lambda path: click.echo(say("backup_key_made", path=path)))
        with _progress() as report:
            path, manifest = taking.take(into, state, wanted=kind, key=key, report=report)
        size = f"{path.stat().st_size / MEGABYTE:.1f}"
        click.echo(say("backup_made", path=path, size=size, covers=_local(manifest["covers"])))
        if keep is not None:
            for old in folder.thin(into, keep):
                click.echo(say("backup_removed", path=old))
            _thin_archive(into)


def _thin_archive(directory: Path) -> None:
    from yipan.server.backup import archive, folder, sealed, wal

    oldest = folder.oldest(directory)
    if oldest is not None and (place := wal.directory(sealed.about(oldest)["system"])) is not None:
        archive.thin(place, oldest)


@backup.command()
@click.argument("file", type=FILE)
def verify(file: Path) -> None:
    """Read a backup as a restore would, and compare everything in it with its digests."""
    from yipan.server import session

    session.django()
    from yipan.server.backup import checking
    from yipan.server.speech import say

    with _progress() as report:
        content = checking.check(file, report=report)
    rows = sum(content.manifest["counts"].values())
    click.echo(say("backup_good", path=file, rows=rows, covers=_local(content.manifest["covers"])))


@backup.command()
def archive() -> None:
    """Carry PostgreSQL's journal into YIPAN_WAL_ARCHIVE until it is stopped; `yipan run` does it by itself."""
    from yipan.server import session

    with session.database():
        from yipan.server.backup.archive import serve

        serve()


@click.command()
@click.argument("file", type=FILE)
@click.option("--until", metavar="TIME", help="Stop before the first change after this moment: 2026-03-02T08:30.")
@click.option("--data", type=click.Path(path_type=Path), help="Only make a data directory here, for a server of yours.")
def restore(file: Path, until: str | None, data: Path | None) -> None:
    """Bring the backup FILE back into an empty state directory, or the empty database of YIPAN_DATABASE_URL."""
    from yipan.server import environment, session

    session.django()
    from django.db.migrations.loader import MigrationLoader

    from yipan.server.backup import restoring

    known = frozenset(".".join(migration) for migration in MigrationLoader(None).disk_migrations)
    moment = _moment(until) if until else None
    with _progress() as report:
        restored = restoring.restore(
            file, environment.state_directory(), until=moment, data=data, known=known, report=report
        )
    _tell(restored, data)


def _tell(restored: Restored, data: Path | None) -> None:
    from yipan.server.speech import say

    click.echo(say("restored", moment=_local(restored.moment.isoformat())))
    if restored.missing is not None:
        click.echo(say("restored_gap", name=restored.missing))
    if data is None:
        click.echo(say("restored_next"))
    else:
        click.echo(say("restored_data", path=data, version=restored.content.about["postgres"]))


def _moment(text: str) -> datetime:
    """A moment as people write it; without a zone it is that of YIPAN_TIME_ZONE."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from django.conf import settings

    from yipan.kernel.errors import InvalidInput

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput("restore_time_unclear", value=text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))


def _local(moment: str) -> str:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from django.conf import settings

    return datetime.fromisoformat(moment).astimezone(ZoneInfo(settings.TIME_ZONE)).isoformat(" ", "seconds")


@contextmanager
def _progress() -> Iterator[Report]:
    from yipan.server.progress import Counter
    from yipan.server.speech import say

    with Counter() as counter:
        yield lambda code, done, total: counter(say(code), done, total)
