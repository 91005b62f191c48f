"""Bring a backup back into an empty place, all of it or nothing.

Everything is built beside the place under the name `restoring`: unpacked, checked, started, replayed and stopped. Only
then is it renamed to what `yipan run` looks for.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Unavailable
from yipan.server.backup import folder, kept, loading, sealed, source, unpacking, wal
from yipan.server.backup.checking import Content, Report
from yipan.server.backup.keys import NAME as OWN_KEY
from yipan.server.backup.parts import PartReader
from yipan.server.backup.source import EXTERNAL, LOGICAL, PHYSICAL
from yipan.server.embedded import Server
from yipan.server.embedded.place import Place, has_data, make_directory, places_of, prepare

RESTORING = "restoring"
CARRIED = "carried"
LOCK = "restore.lock"
MAY_BE_THERE = {OWN_KEY, "backups", RESTORING, f"{RESTORING}.lock", LOCK}


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: to which moment, and the first segment of the journal that the archive lacks, if any."""

    content: Content
    moment: datetime
    missing: str | None = None


def restore(
    path: Path,
    state: Path,
    *,
    until: datetime | None = None,
    data: Path | None = None,
    known: frozenset[str],
    report: Report,
) -> Restored:
    """Restore the backup at `path` into the empty state directory, into YIPAN_DATABASE_URL, or into `data`.

    `until` stops before the first commit after that moment (physical backups with a WAL archive). `known` are the
    migrations of this version of Yipan. Raises InvalidInput, NotFound, Conflict and Unavailable; nothing is left then.
    """
    about = _about(path)
    url = os.environ.get("YIPAN_DATABASE_URL")
    _require_known(about, known)
    _require_moment(about, until)
    if data is not None:
        return _into_directory(path, data, about["kind"], until=until, report=report)
    if about["kind"] == PHYSICAL and (url or about["origin"] == EXTERNAL):
        raise InvalidInput("restore_copy_needs_directory")
    with _empty(state):
        if about["kind"] == PHYSICAL:
            return _copy_back(path, state, until=until, report=report)
        if url:
            return _load(path, state, url, report=report)
        return _load_into_own(path, state, report=report)


def _about(path: Path) -> dict[str, Any]:
    """What the header of a backup says. Raises NotFound or InvalidInput when the file is none."""
    try:
        about = sealed.about(path)
    except OSError:
        raise NotFound("backup_not_there", path=str(path)) from None
    if about.get("what") != "backup":
        raise InvalidInput("backup_foreign", path=str(path))
    return about


def _require_known(about: dict[str, Any], known: frozenset[str]) -> None:
    if strange := sorted(set(about["migrations"]) - known):
        raise InvalidInput("restore_newer", version=about["yipan"], name=strange[0])


def _require_moment(about: dict[str, Any], until: datetime | None) -> None:
    if until is None:
        return
    if about["kind"] == LOGICAL:
        raise InvalidInput("restore_until_needs_copy")
    if wal.directory(about["system"]) is None:
        raise InvalidInput("restore_needs_archive")
    if until < datetime.fromisoformat(about["created"]):
        raise InvalidInput("restore_before_backup", covers=about["created"])


@contextmanager
def _empty(state: Path) -> Iterator[None]:
    """Hold an empty state directory, alone; what was begun in it and not finished is gone afterwards.

    Raises Conflict("restore_not_empty" or "restore_running").
    """
    make_directory(state)
    found = sorted(entry.name for entry in state.iterdir() if entry.name not in MAY_BE_THERE)
    if found or has_data(state.resolve(), kept.DATABASE):
        raise Conflict("restore_not_empty", path=str(state), found=found[0] if found else kept.DATABASE)
    with (state / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("restore_running", path=str(state)) from None
        _sweep(state)
        try:
            yield
        finally:
            _sweep(state)
            (state / LOCK).unlink(missing_ok=True)


def _sweep(state: Path) -> None:
    """Remove what a restore leaves that did not come to its end."""
    for base in places_of(state.resolve(), RESTORING):
        shutil.rmtree(base, ignore_errors=True)
    (state / f"{RESTORING}.lock").unlink(missing_ok=True)


def _copy_back(path: Path, state: Path, *, until: datetime | None, report: Report) -> Restored:
    place = prepare(state.resolve(), RESTORING)
    if (have := sealed.about(path)["postgres"]) != place.major:
        raise InvalidInput("restore_other_version", have=have, want=place.major)
    own = place.account.own
    content = unpacking.unpack(path, place.data, own, lambda part: _carry(part, place.base), report=report)
    recovery = unpacking.bring_journal(content, place.data, own, until=until, report=report)
    for password in (place.base / CARRIED / "server").glob(kept.PASSWORDS):
        password.rename(place.base / password.name)
    report("restore_replaying", 0, None)
    server = Server(state, RESTORING, options=recovery.settings)
    try:
        server.start()
        moment = _moment(server.url, content, replayed=bool(recovery.settings))
    except Unavailable as error:
        raise _why_not(error, place, content) from None
    finally:
        server.stop()
    shutil.rmtree(place.data / unpacking.JOURNAL, ignore_errors=True)
    _settle(state, place.base)
    _settle_server(state, place.base)
    return Restored(content, moment, recovery.missing)


def _why_not(error: Unavailable, place: Place, content: Content) -> Unavailable | InvalidInput:
    """The reason in the server's log when it did not reach the moment that was asked for."""
    said = place.log.read_text(errors="replace") if place.log.exists() else ""
    if "recovery ended before configured recovery target was reached" in said:
        return InvalidInput("restore_after_archive")
    if "before consistent recovery point" in said:
        return InvalidInput("restore_before_backup", covers=content.manifest["covers"])
    if error.code == "database_did_not_start":
        return Unavailable("restore_did_not_start", why=said.strip().splitlines()[-1] if said.strip() else "?")
    return error


def _moment(url: str, content: Content, *, replayed: bool) -> datetime:
    """Until when everything is there: the last commit that was replayed, else what the backup covers."""
    covers = datetime.fromisoformat(content.manifest["covers"])
    with source.connect(url) as connection:
        (last,) = connection.execute("SELECT pg_last_xact_replay_timestamp()").fetchone() or (None,)
    return max(last, covers) if replayed and last is not None else covers


def _load_into_own(path: Path, state: Path, *, report: Report) -> Restored:
    """A dump into a new embedded server: also the way from a server of one's own back to the embedded one."""
    with Server(state, RESTORING) as server:
        restored = _load(path, state, server.url, report=report)
    _settle_server(state, prepare(state.resolve(), RESTORING).base)
    return restored


def _load(path: Path, state: Path, url: str, *, report: Report) -> Restored:
    base = state / RESTORING
    content = loading.load(path, url, carry=lambda part: _carry(part, base), report=report)
    _settle(state, base)
    return Restored(content, datetime.fromisoformat(content.manifest["covers"]))


def _into_directory(path: Path, data: Path, kind: str, *, until: datetime | None, report: Report) -> Restored:
    """A data directory for a server that somebody else starts; the files of the state directory lie beside it."""
    if kind != PHYSICAL:
        raise InvalidInput("restore_dump_needs_database")
    beside = data.with_name(f"{data.name}.{CARRIED}")
    if data.exists() or beside.exists():
        raise Conflict("restore_not_empty", path=str(data.parent), found=(data if data.exists() else beside).name)
    new = data.with_name(f"{data.name}.{RESTORING}")
    shutil.rmtree(new, ignore_errors=True)
    try:
        new.mkdir(parents=True, mode=0o700)
        content = unpacking.unpack(path, new / "data", _nobody, lambda part: _carry(part, new), report=report)
        recovery = unpacking.bring_journal(content, new / "data", _nobody, until=until, report=report)
        unpacking.write_settings(new / "data", recovery.settings)
        if (new / CARRIED).exists():
            (new / CARRIED).rename(beside)
        (new / "data").rename(data)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return Restored(content, until or datetime.fromisoformat(content.manifest["covers"]), recovery.missing)


def _nobody(path: Path) -> None:
    """Whoever restores owns what is written."""


def _carry(part: PartReader, base: Path) -> None:
    kept.write(kept.target(base / CARRIED, part.name), unpacking.content_of(part))


def _settle(state: Path, base: Path) -> None:
    """Move the files of the state directory to where they belong."""
    carried = base / CARRIED / "state"
    for name, path in list(kept.files(carried)):
        target = kept.target(state, name)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(path, target)
    shutil.rmtree(base / CARRIED, ignore_errors=True)


def _settle_server(state: Path, base: Path) -> None:
    """Give the server its name: from here on `yipan run` finds it."""
    base.rename(base.with_name(kept.DATABASE))
    folder.sync(base.parent)
