"""Facts about the server process, read from its lock file and from the kernel."""

from __future__ import annotations

import contextlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc/self/cwd")


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A running server: its process and the directory of its socket."""

    pid: int
    sockets: Path


def running(data: Path) -> Postmaster | None:
    """The server that has these data open, or None; a lock file that a dead server left behind is not believed."""
    lines = _lock_file(data)
    if len(lines) < 5 or not lines[4]:
        return None
    pid = abs(int(lines[0]))
    return Postmaster(pid, Path(lines[4])) if _is_server(pid, data) else None


def claimed_by_stranger(data: Path) -> bool:
    """True when the lock file names a process that lives but is no server of these data.

    After a restart of a container or machine the number often belongs to something else; PostgreSQL, which asks only
    whether such a process exists, would then refuse to start.
    """
    lines = _lock_file(data)
    if not lines:
        return False
    pid = abs(int(lines[0]))
    return _exists(pid) and not _is_server(pid, data)


def orphans(data: Path) -> list[int]:
    """Processes that still stand in the data directory: what a killed server leaves for a moment."""
    if not PROC.exists():
        return []
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in numbers if _cwd(pid) == data]


def _lock_file(data: Path) -> list[str]:
    try:
        lines = [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except OSError:
        return []
    return lines if lines and lines[0].lstrip("-").isdigit() else []


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_server(pid: int, data: Path) -> bool:
    if PROC.exists():
        return _cwd(pid) == data
    child = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], check=False, capture_output=True, text=True)
    return "postgres" in child.stdout


def _cwd(pid: int) -> Path | None:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cwd").readlink()
    return None
