"""A physical copy back on the disk: PostgreSQL's data directory, checked, with the journal that it is to replay."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from yipan.kernel.errors import InvalidInput
from yipan.server.backup import checking, kept, programs, wal
from yipan.server.backup.checking import BLOCK, Content, Report
from yipan.server.backup.parts import PartReader

JOURNAL = "restored_wal"
TARGET_FORMAT = "%Y-%m-%d %H:%M:%S.%f+00"


@dataclass(frozen=True, slots=True)
class Recovery:
    """Settings under which PostgreSQL replays the journal, and the first segment that the archive lacks, if any."""

    settings: Mapping[str, str]
    missing: str | None = None


def unpack(
    path: Path, data: Path, own: Callable[[Path], None], carry: Callable[[PartReader], None], *, report: Report
) -> Content:
    """Write the database of a backup into the new directory `data`, each path given to `own`; other parts to `carry`.

    What is there then is checked by PostgreSQL's own pg_verifybackup, the journal included; PostgreSQL forces it to
    the disk before it starts from a copy. Raises what
    `checking.read` raises, and Unavailable("backup_program_failed").
    """
    data.mkdir(mode=0o700)
    own(data)

    def handle(part: PartReader) -> None:
        if part.name == checking.TAR:
            _extract(part, data, own)
        else:
            carry(part)

    content = checking.read(path, handle, report=report)
    _verify(data, content.about["postgres"])
    return content


def _extract(part: PartReader, data: Path, own: Callable[[Path], None]) -> None:
    with tarfile.open(fileobj=part, mode="r|", bufsize=BLOCK) as tar:
        for member in tar:
            if member.name in (".", "./"):
                continue
            target = kept.target(data, member.name.removeprefix("./"))
            if member.isdir():
                target.mkdir(mode=0o700, exist_ok=True)
            elif (file := tar.extractfile(member) if member.isreg() else None) is not None:
                target.touch(mode=0o600, exist_ok=False)
                with target.open("wb") as plain:
                    while block := file.read(BLOCK):
                        plain.write(block)
            else:
                raise InvalidInput("backup_malformed")
            own(target)


def _verify(data: Path, major: int) -> None:
    program = programs.find("pg_verifybackup", server=major)
    if programs.version(program) != major:  # another version cannot read the journal of this one
        command = [program, "--quiet", "--no-parse-wal", str(data)]
    else:
        command = [program, "--quiet", str(data)]
    child = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    if child.returncode != 0:
        raise programs.failed(program, child.stderr)


def bring_journal(
    content: Content, data: Path, own: Callable[[Path], None], *, until: datetime | None, report: Report
) -> Recovery:
    """Put what the WAL archive has since the backup into `data`, and say how PostgreSQL replays it.

    Without an archive the database is that of the backup's end. Raises NotFound("wal_not_there").
    """
    archive = wal.directory(content.about["system"])
    if archive is None:
        return Recovery({})
    segments = wal.since(archive, content.manifest["begins"])
    journal = data / JOURNAL
    journal.mkdir(mode=0o700)
    own(journal)
    for done, path in enumerate(wal.unseal(segments.files, journal), start=1):
        own(path)
        report("restore_journal", done, len(segments.files))
    signal = data / "recovery.signal"
    signal.touch(mode=0o600)
    own(signal)
    settings = {"restore_command": f"cp {JOURNAL}/%f %p", "hot_standby": "off", "recovery_target_action": "promote"}
    if until is not None:
        settings["recovery_target_time"] = until.strftime(TARGET_FORMAT)
    return Recovery(settings, segments.missing)


def write_settings(data: Path, settings: Mapping[str, str]) -> None:
    """Add settings to the server's own file, for a server that somebody else starts."""
    lines = [f"{name} = '{value}'\n" for name, value in settings.items() if name != "hot_standby"]
    with (data / "postgresql.auto.conf").open("a") as file:
        file.writelines(lines)


def content_of(part: PartReader) -> bytes:
    """A small part as a whole."""
    return io.BufferedReader(part).read()
