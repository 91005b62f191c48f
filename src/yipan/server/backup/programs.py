"""PostgreSQL's client programs: those of the server's own version where they are, else newer ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from yipan.kernel.errors import Unavailable
from yipan.server.embedded import binaries

SYSTEM = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")  # Debian; Red Hat and its relatives
BLOCK = 1 << 20
LONGEST_REASON = 300


def find(name: str, *, server: int, at_least: int = 0) -> str:
    """The path of program `name` for a server of this major version; `at_least` as new as what wrote a dump.

    Raises Unavailable("backup_no_program") when every one that is there is older.
    """
    found = {major: path for path in _candidates(name) if (major := version(path))}
    for major in (server, *sorted(found)):
        if major in found and major >= max(server, at_least):
            return found[major]
    raise Unavailable("backup_no_program", program=name, version=max(server, at_least))


def _candidates(name: str) -> Iterator[str]:
    with suppress(Unavailable):
        yield str(binaries.installed() / "bin" / name)
    for pattern in SYSTEM:
        yield from (str(path / name) for path in sorted(Path("/").glob(pattern.lstrip("/"))))
    if path := shutil.which(name):
        yield path


def version(path: str) -> int | None:
    """The major version of a program, or None when it does not run."""
    try:
        said = subprocess.run([path, "--version"], check=False, capture_output=True, text=True).stdout
    except OSError:
        return None
    number = re.search(r"\) (\d+)", said)
    return int(number[1]) if number else None


def connection(url: str) -> tuple[str, dict[str, str]]:
    """The connection string without its password, for a command line, and the environment that has it."""
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    variables = {**os.environ, "LC_ALL": "C", "PGAPPNAME": "yipan backup"}
    if password is not None:
        variables["PGPASSWORD"] = str(password)
    return make_conninfo("", **{name: str(value) for name, value in parts.items()}), variables


class Output:
    """A program that runs and writes what we want to its standard output."""

    def __init__(self, child: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
        self._child, self._errors = child, errors

    def blocks(self) -> Iterator[bytes]:
        """What it writes, to the end. Raises Unavailable("backup_program_failed") with its reason when it fails."""
        assert self._child.stdout is not None
        while block := self._child.stdout.read1(BLOCK):  # type: ignore[attr-defined]
            yield block
        if self._child.wait() != 0:
            raise failed(str(self._child.args[0]), self.said())  # type: ignore[index]

    def said(self) -> str:
        """What it wrote beside: its messages."""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")


@contextmanager
def running(command: Sequence[str], variables: Mapping[str, str]) -> Iterator[Output]:
    """Start a program and read from it; it never outlives the block."""
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=dict(variables)
        )
        try:
            yield Output(child, errors)
        finally:
            child.kill()
            child.communicate()


def failed(program: str, said: str) -> Unavailable:
    """The error of a program that gave up, with its last words."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    why = next((line for line in lines if "error" in line.lower() or "FATAL" in line), lines[-1] if lines else "?")
    return Unavailable("backup_program_failed", program=Path(program).name, why=why[:LONGEST_REASON])
