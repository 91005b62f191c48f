"""Where the embedded server keeps its data, its socket and its passwords."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from yipan.kernel.errors import Unavailable
from yipan.server.embedded import account as accounts
from yipan.server.embedded import binaries
from yipan.server.embedded.account import Account

LONGEST_SOCKET = 106  # bytes in sockaddr_un.sun_path on Linux, less the closing zero; other systems have 103
SOCKET_NAME = ".s.PGSQL.5432.lock"  # the longest name that is made beside the socket
SYSTEM_PLACE = Path("/var/lib")


@dataclass(frozen=True, slots=True)
class Place:
    """`base` belongs to whoever runs Yipan; `data` and the socket's directory to the account of the server."""

    base: Path
    install: Path
    account: Account
    major: int

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def log(self) -> Path:
        return self.base / "server.log"

    def program(self, name: str) -> str:
        return str(self.install / "bin" / name)

    def password(self, role: str) -> str:
        """The password of a role, made at the first call and kept in a file that only the owner of Yipan reads."""
        path = self.base / f"{role}.password"
        if not path.exists():
            new = path.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(secrets.token_urlsafe(24))
            new.rename(path)
        return path.read_text()

    def sockets(self) -> Path:
        """A directory for the socket, private to the account: beside the data, or a temporary one if that is long."""
        directory = self.base / "run"
        if len(os.fsencode(directory / SOCKET_NAME)) > LONGEST_SOCKET:
            directory = Path(tempfile.mkdtemp(prefix="yipan-"))
        directory.mkdir(mode=0o700, exist_ok=True)
        self.account.own(directory)
        return directory


def prepare(state: Path, name: str) -> Place:
    """The place of the server called `name`, whose directories exist afterwards.

    It is `state/name`. When root runs Yipan and the server's user cannot walk there, it is `/var/lib/yipan-<hash of
    state>/name` instead; no permission is ever loosened. Raises Unavailable when a directory cannot be written or
    reached, or the data are of another major version.
    """
    base, far = base_of(state, name), places_of(state, name)[1]
    account = accounts.choose(base / "data")
    make_directory(state)
    make_directory(base.parent, 0o755)
    make_directory(base, 0o711)
    if account.switch and not account.reaches(base):
        if _has_data(base):
            raise Unavailable("database_place_unreachable", path=str(base), user=account.name)
        base = far
        make_directory(base.parent, 0o755)
        make_directory(base, 0o711)
        if not account.reaches(base):
            raise Unavailable("database_place_unreachable", path=str(base), user=account.name)
    install, major = _programs(state, account)
    place = Place(base, install, account, major)
    _check_version(place)
    return place


def _programs(state: Path, account: Account) -> tuple[Path, int]:
    install = binaries.installed()
    major = binaries.major(install, account)
    if major is None and account.switch:
        system = _system_place(state)
        make_directory(system, 0o755)
        install = binaries.copied(system)
        major = binaries.major(install, account)
    if major is None:
        raise Unavailable("database_programs_unusable", path=str(install), user=account.name)
    return install, major


def _check_version(place: Place) -> None:
    if _has_data(place.base):
        have = int((place.data / "PG_VERSION").read_text().split(".")[0])
        if have != place.major:
            raise Unavailable("database_other_version", path=str(place.data), have=have, want=place.major)


def places_of(state: Path, name: str) -> tuple[Path, Path]:
    """Where the server called `name` can be: near, in the state directory, and far, where its user can walk."""
    return state / name, _system_place(state) / name


def base_of(state: Path, name: str) -> Path:
    """Where it is, or would be tried first: far only when its data are there alone."""
    near, far = places_of(state, name)
    return far if not _has_data(near) and _has_data(far) else near


def has_data(state: Path, name: str) -> bool:
    """Whether the server called `name` has data, near or far."""
    return _has_data(base_of(state, name))


def _has_data(base: Path) -> bool:
    try:
        return (base / "data" / "PG_VERSION").exists()
    except PermissionError:
        return False


def _system_place(state: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    return SYSTEM_PLACE / f"yipan-{digest}"


def make_directory(path: Path, mode: int = 0o777, *, variable: str = "YIPAN_STATE") -> None:
    """Make a directory if there is none. A new one gets `mode` whatever the umask; 0o777 leaves it to the umask.

    Raises Unavailable when it cannot be made or written, with the variable that names another.
    """
    try:
        if not path.is_dir():
            path.mkdir(parents=True)
            if mode != 0o777:
                path.chmod(mode)
    except OSError:
        raise Unavailable("directory_unwritable", path=str(path), variable=variable) from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise Unavailable("directory_unwritable", path=str(path), variable=variable)
