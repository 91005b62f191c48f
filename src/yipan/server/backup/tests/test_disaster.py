"""The machine is lost, and everything comes back: a backup made under load, and any moment after it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import psycopg
import pytest
from django.contrib.auth.hashers import check_password
from psycopg import errors

from yipan.kernel.errors import Conflict, InvalidInput, NotFound, YipanError
from yipan.server.backup import folder, keys, restoring, sealed, source, wal
from yipan.server.backup.archive import Archiver
from yipan.server.backup.keys import Key
from yipan.server.backup.tests.clerk import PASSWORD
from yipan.server.backup.tests.conftest import silent
from yipan.server.embedded import Server

ENOUGH = 20  # bookings


@dataclass
class Lost:
    """What is left of a machine that is gone, and what its users remember."""

    place: Path
    backup: Path
    archive: Path
    key: Path
    secret: bytes
    said: list[tuple[datetime, UUID]] = field(default_factory=list)
    between: datetime = datetime.min  # after the first mark and before the second

    def restore(self, name: str, **options: object) -> restoring.Restored:
        return self.restore_file(self.backup, name, **options)

    def restore_file(self, path: Path, name: str, **options: Any) -> restoring.Restored:
        known = frozenset(sealed.about(self.backup)["migrations"])
        return restoring.restore(path, self.place / name, **{"known": known, "report": silent, **options})

    def left(self) -> list[Path]:
        """What a refused restore left in its place."""
        return list((self.place / "refused").glob("*"))


@pytest.fixture(scope="module")
def lost() -> Iterator[Lost]:
    """A machine that archived its journal, was backed up while beds were booked, went on, and is lost."""
    place = Path(tempfile.mkdtemp(prefix="yipan-test-")).resolve()
    place.chmod(0o755)
    patch = pytest.MonkeyPatch()
    for name in (keys.PASSPHRASE, wal.VARIABLE, source.URL):
        patch.delenv(name, raising=False)
    patch.setenv(keys.FILE, str(place / "key"))
    try:
        yield live_and_die(place, patch)
    finally:
        patch.undo()
        shutil.rmtree(place)


def live_and_die(place: Path, patch: pytest.MonkeyPatch) -> Lost:
    state = place / "one"
    with Server(state, options={"fsync": "off"}) as server:
        patch.setenv("YIPAN_DATABASE_URL", server.url)
        patch.setenv("YIPAN_STATE", str(state))
        yipan("migrate")
        stop = threading.Event()
        archiver = archiver_of(state, place / "wal")
        archiving = threading.Thread(target=archiver.run, args=(stop,))
        archiving.start()
        clerk = subprocess.Popen(
            [sys.executable, "-m", "yipan.server.backup.tests.clerk"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert clerk.stdin is not None
        heard = Heard(clerk.stdout)
        heard.more(ENOUGH)
        yipan("audit", "checkpoint", "-o", str(place / "checkpoint"))
        yipan("backup", str(place / "backups"), "--keep", "2")
        heard.more(ENOUGH)
        clerk.stdin.close()
        said = heard.all()
        assert clerk.wait(60) == 0
        between = leave_marks(server.url)
        stop.set()
        archiving.join(60)
    (backup,) = (place / "backups").iterdir()
    left = Lost(place, backup, place / "wal", place / "key", (state / "secret.key").read_bytes(), said, between)
    shutil.rmtree(state)
    patch.delenv("YIPAN_DATABASE_URL")
    return left


def archiver_of(state: Path, archive: Path) -> Archiver:
    origin = source.of(state)
    assert (origin.origin, origin.kind(None)) == ("embedded", "physical")
    return Archiver(origin, archive / origin.system, state / "wal-staging", Key.for_sealing())


def yipan(*arguments: str, **variables: str) -> str:
    """What the command prints; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "yipan.server.cli", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def parsed(line: bytes) -> tuple[datetime, UUID]:
    moment, _, booking = line.decode().strip().partition("\t")
    return datetime.fromisoformat(moment), UUID(booking)


class Heard:
    """Listens to the clerk all the time: one who is not listened to falls silent when the pipe is full."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        assert stream is not None
        self._said: list[tuple[datetime, UUID]] = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._listen, args=(stream,), daemon=True)
        self._thread.start()

    def _listen(self, stream: IO[bytes]) -> None:
        for line in stream:
            with self._changed:
                self._said.append(parsed(line))
                self._changed.notify_all()

    def more(self, count: int) -> None:
        """Wait for so many more."""
        with self._changed:
            wanted = len(self._said) + count
            assert self._changed.wait_for(lambda: len(self._said) >= wanted, 60)

    def all(self) -> list[tuple[datetime, UUID]]:
        """Everything, once the clerk is done."""
        self._thread.join(60)
        return self._said


def leave_marks(url: str) -> datetime:
    """Two commits and a moment of the server's clock between them."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE mark (name text)")
        connection.execute("INSERT INTO mark VALUES ('before')")
        row = connection.execute("SELECT clock_timestamp()").fetchone()
        connection.execute("INSERT INTO mark VALUES ('after')")
    assert row is not None
    return row[0]


@pytest.fixture(autouse=True)
def surroundings(lost: Lost, own_keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(keys.FILE, str(lost.key))


def looked_at(state: Path, look: Callable[[psycopg.Connection], None]) -> None:
    """Start the restored server as `yipan run` does, look, and prove the journals against what was kept elsewhere."""
    with Server(state, options={"fsync": "off"}) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            look(connection)
        there = {"YIPAN_DATABASE_URL": server.url, "YIPAN_STATE": str(state), "LC_ALL": "C.UTF-8"}
        said = yipan("audit", "verify", "--checkpoint", str(state.parent / "checkpoint"), **there)
        assert "Everything is whole; 1 checkpoints agree." in said


def bookings(connection: psycopg.Connection) -> set[UUID]:
    return {row[0] for row in connection.execute("SELECT id FROM spine_booking")}


def test_everything_acknowledged_before_the_end_of_the_backup_comes_back(lost: Lost) -> None:
    """Bookings, the password, the keys and the guards; the clerk went on booking while the backup was made."""
    restored = lost.restore("two")
    covers = datetime.fromisoformat(restored.content.manifest["covers"])
    acknowledged = {booking for at, booking in lost.said if at < covers}
    assert ENOUGH <= len(acknowledged) < len(lost.said)

    def look(connection: psycopg.Connection) -> None:
        assert acknowledged <= bookings(connection)
        (hashed,) = connection.execute("SELECT password FROM auth_user WHERE username = 'nurse'").fetchone() or ("",)
        assert check_password(PASSWORD, hashed)
        with pytest.raises(errors.ExclusionViolation):
            connection.execute(
                "INSERT INTO spine_booking SELECT (jsonb_populate_record(b, jsonb_build_object('id',"
                " gen_random_uuid()))).* FROM spine_booking b LIMIT 1"
            )

    looked_at(lost.place / "two", look)
    assert (lost.place / "two" / "secret.key").read_bytes() == lost.secret
    assert restored.missing is None


def test_any_moment_after_the_backup_comes_back(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the archive, a restore stops between two commits; every booking before is there, the later mark is not."""
    monkeypatch.setenv(wal.VARIABLE, str(lost.archive))
    restored = lost.restore("three", until=lost.between)
    assert restored.moment <= lost.between

    def look(connection: psycopg.Connection) -> None:
        assert {booking for _, booking in lost.said} <= bookings(connection)
        assert connection.execute("SELECT name FROM mark").fetchall() == [("before",)]
        connection.execute("INSERT INTO mark VALUES ('new life')")

    looked_at(lost.place / "three", look)
    assert not list((lost.place / "three" / "database" / "data").glob("restored_wal*"))


def test_without_a_moment_the_archive_is_replayed_to_its_end(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last commit before the loss is there."""
    monkeypatch.setenv(wal.VARIABLE, str(lost.archive))
    lost.restore("four")

    def look(connection: psycopg.Connection) -> None:
        assert connection.execute("SELECT name FROM mark").fetchall() == [("before",), ("after",)]

    looked_at(lost.place / "four", look)


@pytest.mark.parametrize(
    ("shift", "code"),
    [(timedelta(days=1), "restore_after_archive"), (timedelta(days=-1), "restore_before_backup")],
)
def test_a_moment_outside_the_archive_is_refused(
    lost: Lost, monkeypatch: pytest.MonkeyPatch, shift: timedelta, code: str
) -> None:
    """Too late and too early are told apart, and nothing is left in the place."""
    monkeypatch.setenv(wal.VARIABLE, str(lost.archive))
    refused(lost, code, until=lost.between + shift)


def refused(lost: Lost, code: str, **options: object) -> None:
    with pytest.raises(YipanError, match=code):
        lost.restore("refused", **options)
    assert lost.left() == []


def test_a_moment_needs_the_archive(lost: Lost) -> None:
    """Without the journal a backup has one moment only."""
    refused(lost, "restore_needs_archive", until=lost.between)


def test_a_place_that_is_not_empty_is_left_alone(lost: Lost) -> None:
    """Whatever is there, a restore refuses and touches nothing."""
    state = lost.place / "taken"
    state.mkdir()
    (state / "secret.key").write_text("of somebody else")
    with pytest.raises(Conflict, match="restore_not_empty"):
        lost.restore("taken")
    assert [(p.name, p.read_text()) for p in state.iterdir()] == [("secret.key", "of somebody else")]


def test_a_damaged_file_leaves_nothing_behind(lost: Lost, tmp_path: Path) -> None:
    """Flipped in the middle, cut at the end, or with the wrong key: one sentence, and an empty place."""
    whole = lost.backup.read_bytes()
    middle = len(whole) // 2
    for bad in (whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], whole[:-1], whole[:middle]):
        path = tmp_path / "bad.backup"
        path.write_bytes(bad)
        with pytest.raises(InvalidInput, match="backup_damaged"):
            lost.restore_file(path, "refused")
        assert lost.left() == []


def test_the_wrong_key_and_no_key_are_refused(lost: Lost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told apart from damage; the place stays empty."""
    for path, error in ((tmp_path / "none", NotFound), (tmp_path / "other", InvalidInput)):
        monkeypatch.setenv(keys.FILE, str(path))
        if error is InvalidInput:
            Key.for_sealing()
        with pytest.raises(error, match=r"backup_(key_missing|wrong_key)"):
            lost.restore("refused")
        assert lost.left() == []


def test_a_backup_of_a_newer_yipan_is_refused(lost: Lost) -> None:
    """Migrations that this version does not know would be lost on it."""
    refused(lost, "restore_newer", known=frozenset())


def test_a_data_directory_for_a_server_of_ones_own(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a directory named, only that is made, ready to replay the journal until the moment."""
    monkeypatch.setenv(wal.VARIABLE, str(lost.archive))
    lost.restore("unused", until=lost.between, data=lost.place / "data")
    assert (lost.place / "data" / "recovery.signal").exists()
    assert "recovery_target_time" in (lost.place / "data" / "postgresql.auto.conf").read_text()
    assert (lost.place / "data.carried" / "state" / "secret.key").read_bytes() == lost.secret
    assert not (lost.place / "unused").exists()


def test_the_archive_is_sealed(lost: Lost) -> None:
    """Nothing in it can be read without the key, and a patient's name is nowhere in it or in the backup."""
    files = [path for path in lost.archive.rglob("*") if path.is_file()]
    assert files
    for path in (*files, lost.backup):
        content = path.read_bytes()
        assert content.startswith(sealed.MAGIC)
        assert "患者".encode() not in content


def test_old_backups_go_and_the_journal_before_them(lost: Lost, tmp_path: Path) -> None:
    """Of three backups the newest two stay; the backup's own journal stays with it."""
    for hour in (1, 2, 3):
        (tmp_path / folder.name(datetime(2026, 3, 2, hour))).write_bytes(b"")
    (tmp_path / "notes.txt").write_text("of somebody else")
    gone = folder.thin(tmp_path, 2)
    assert [path.name for path in gone] == ["yipan-20260302T010000Z.backup"]
    assert len(list(tmp_path.iterdir())) == 3
    assert os.fspath(folder.oldest(tmp_path) or "").endswith("020000Z.backup")
