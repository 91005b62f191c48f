"""The user that the database server runs as."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yipan.kernel.errors import Unavailable

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An existing user of the machine; `switch` says that a child process has to become it."""

    name: str
    uid: int
    gid: int
    switch: bool

    def child(self) -> dict[str, Any]:
        """Arguments of `subprocess` that start a child as this user, with nothing of the caller's rights."""
        base: dict[str, Any] = {"umask": 0o077, "cwd": "/", "stdin": subprocess.DEVNULL, "env": _environment()}
        if self.switch:
            base.update(user=self.uid, group=self.gid, extra_groups=[])
        return base

    def own(self, path: Path) -> None:
        """Give a file or directory that we just made to this user."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def reaches(self, directory: Path) -> bool:
        """True when this user can walk into `directory`; asked of the kernel by a child that is this user."""
        try:
            child = subprocess.run(["/bin/sh", "-c", 'test -x "$0/."', str(directory)], check=False, **self.child())
        except OSError:
            return False
        return child.returncode == 0


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def choose(data: Path) -> Account:
    """Who runs the server whose data are (or will be) in `data`.

    An ordinary user is its own account. Root never is: the owner of existing data, else YIPAN_DATABASE_USER, else
    `postgres` or `nobody`. No user is ever created. Raises Unavailable when there is no such user.
    """
    if os.geteuid() != 0:
        return Account(_name_of(os.geteuid()), os.geteuid(), os.getegid(), switch=False)
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(_name_of(owner.st_uid), owner.st_uid, owner.st_gid, switch=True)
    wanted = os.environ.get("YIPAN_DATABASE_USER")
    for name in (wanted,) if wanted else CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)
    raise Unavailable("database_user_unknown", user=wanted or ", ".join(CANDIDATES))


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
