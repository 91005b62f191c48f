"""A database on a server of the hospital's own: dumped in one snapshot, and loaded into an empty one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from yipan.kernel.errors import Conflict, InvalidInput, Unavailable, YipanError
from yipan.server.backup import checking, keys, restoring, rows, sealed, source, taking
from yipan.server.backup.keys import Key
from yipan.server.backup.tests.conftest import silent
from yipan.server.tests.test_web import database_url
from yipan.spine.testing import small_network

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres15]

NAME = "test_yipan_restored"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state directory of an installation that uses the tests' database as its own."""
    monkeypatch.setenv("YIPAN_DATABASE_URL", database_url())
    path = tmp_path / "state"
    path.mkdir()
    (path / "secret.key").write_text("signs cookies")
    return path


@pytest.fixture
def empty() -> Iterator[str]:
    """The URL of an empty database beside the tests' own."""
    url = database_url()
    parts = {**conninfo_to_dict(url), "dbname": f"{NAME}_{conninfo_to_dict(url)['dbname']}"}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {parts['dbname']}")
        connection.execute(f"CREATE DATABASE {parts['dbname']}")
        yield make_conninfo("", **{name: str(value) for name, value in parts.items()})
        connection.execute(f"DROP DATABASE {parts['dbname']}")


def dumped(state: Path) -> Path:
    path, _ = taking.take(state.parent / "backups", state, wanted="logical", key=Key.for_sealing(), report=silent)
    return path


def restore(path: Path, state: Path) -> restoring.Restored:
    return restoring.restore(path, state, known=frozenset(sealed.about(path)["migrations"]), report=silent)


def tables(url: str) -> dict[str, int]:
    """Rows of each table; but for those of processes, which those of other tests write while they are alive."""
    with source.connect(url) as connection:
        return {table: count for table, count in rows.counts(connection).items() if table != "public.server_process"}


def test_a_dump_comes_back_row_for_row(
    state: Path, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every table has the rows of the snapshot, the constraints stand, and the files of the state are back."""
    small_network()
    path = dumped(state)
    before = tables(database_url())
    monkeypatch.setenv("YIPAN_DATABASE_URL", empty)
    restore(path, tmp_path / "new")
    assert tables(empty) == before
    assert before["public.network_bed"] > 0
    with source.connect(empty) as there:  # what the planner has to know is there at once
        known = there.execute("SELECT count(*) FROM pg_stats WHERE tablename = 'network_bed'")
        assert known.fetchone() != (0,)
    constraints = "SELECT count(*) FROM pg_constraint WHERE contype = 'x' AND conrelid = 'spine_booking'::regclass"
    with source.connect(empty) as there, source.connect(database_url()) as here:
        assert there.execute(constraints).fetchone() == here.execute(constraints).fetchone()
    assert [(p.name, p.read_text()) for p in (tmp_path / "new").iterdir()] == [("secret.key", "signs cookies")]


def test_what_comes_back_is_older_than_what_happens_next(
    state: Path, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers of transactions of the old server do not make its rows look new on this one; journals stay closed."""
    with source.connect(database_url()) as connection:
        connection.execute(
            "INSERT INTO spine_event (kind, line, at, recorded_at, actor_name, data, xid)"
            " VALUES ('test', 'test', now(), now(), '', '{}', '9223372036854775807')"
        )
    path = dumped(state)
    monkeypatch.setenv("YIPAN_DATABASE_URL", empty)
    restore(path, tmp_path / "new")
    with source.connect(empty) as connection:
        late = connection.execute("SELECT count(*) FROM spine_event WHERE xid >= pg_current_xact_id()")
        assert late.fetchone() == (0,)
        with pytest.raises(psycopg.Error, match="append-only"):
            connection.execute("DELETE FROM spine_event")


def test_a_database_with_tables_is_left_alone(
    state: Path, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is loaded over a table of somebody else."""
    path = dumped(state)
    with source.connect(empty) as connection:
        connection.execute("CREATE TABLE theirs ()")
    monkeypatch.setenv("YIPAN_DATABASE_URL", empty)
    with pytest.raises(Conflict, match="restore_database_not_empty"):
        restore(path, tmp_path / "new")
    assert list(tables(empty)) == ["public.theirs"]


def test_a_damaged_dump_writes_nothing(
    state: Path, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last byte of the file is enough: the database stays empty and so does the state."""
    path = dumped(state)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    monkeypatch.setenv("YIPAN_DATABASE_URL", empty)
    with pytest.raises(InvalidInput, match="backup_damaged"):
        restore(path, tmp_path / "new")
    assert tables(empty) == {}
    assert list((tmp_path / "new").iterdir()) == []


def test_a_second_backup_at_once_is_refused(state: Path) -> None:
    """While one is made, another one ends with a sentence and leaves no file."""
    with source.connect(database_url()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [taking.LOCK])
        with pytest.raises(Conflict, match="backup_running"):
            dumped(state)
    assert list(state.parent.glob("backups/*")) == []
    assert dumped(state).exists()


def test_what_a_killed_backup_left_is_removed_and_a_failed_one_leaves_nothing(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half files never look like backups, and do not pile up."""
    backups = state.parent / "backups"
    backups.mkdir()
    (backups / "yipan-20260302T010000Z.backup.part").write_bytes(b"half")
    monkeypatch.setattr(checking, "DUMP_MAGIC", b"OTHER")
    with pytest.raises(InvalidInput, match="backup_differs"):
        dumped(state)
    assert list(backups.iterdir()) == []


def test_a_moment_and_a_directory_are_refused_for_a_dump(state: Path, tmp_path: Path) -> None:
    """A dump has one moment and is no server."""
    path = dumped(state)
    known = frozenset(sealed.about(path)["migrations"])
    moment = datetime.fromisoformat(sealed.about(path)["created"])
    for options, code in (
        ({"until": moment}, "restore_until_needs_copy"),
        ({"data": tmp_path / "data"}, "restore_dump_needs_database"),
    ):
        with pytest.raises(YipanError, match=code):
            restoring.restore(path, tmp_path / "new", known=known, report=silent, **options)  # type: ignore[arg-type]
    assert not (tmp_path / "new").exists()


def test_a_program_that_gives_up_is_quoted_without_the_password(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason of pg_dump reaches the person; the password is not on its command line."""
    monkeypatch.setattr(taking.programs, "find", lambda *args, **kw: "/bin/false")
    with pytest.raises(Unavailable, match="backup_program_failed"):
        dumped(state)
    where, variables = taking.programs.connection("postgresql://u:hidden@h/d")
    assert "hidden" not in where
    assert variables["PGPASSWORD"] == "hidden"
    assert keys.NAME not in {p.name for p in state.iterdir()}
