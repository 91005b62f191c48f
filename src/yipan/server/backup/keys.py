"""The key of backups: a file made at first use, or a passphrase."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from yipan.kernel.errors import InvalidInput, NotFound
from yipan.server import environment

FILE, PASSPHRASE, NAME = "YIPAN_BACKUP_KEY", "YIPAN_BACKUP_PASSPHRASE", "backup.key"
SIZE = 32
COST = {"n": 1 << 16, "r": 8, "p": 1}  # 64 MB and a fifth of a second (RFC 7914)
LARGEST_COST = 1 << 20


@dataclass(frozen=True, slots=True)
class Key:
    """`origin` goes into the header of what it seals and says how to get it again; `place` names it for people."""

    secret: bytes
    origin: dict[str, Any]
    place: str

    @staticmethod
    def for_sealing(told: Callable[[Path], None] = lambda path: None) -> Key:
        """The passphrase's key, else the file's; a file that is not there is made, and `told`.

        Raises InvalidInput("backup_key_unreadable") when the file holds no key.
        """
        if phrase := os.environ.get(PASSPHRASE):
            salt = _process_salt()
            return Key(_stretched(phrase, salt, **COST), {"from": "passphrase", "salt": salt.hex(), **COST}, PASSPHRASE)
        path = key_file()
        if not path.exists():
            _make(path)
            told(path)
        return _of_file(path)

    @staticmethod
    def for_reading(origin: dict[str, Any]) -> Key:
        """The key that the header of a sealed file asks for.

        Raises NotFound("backup_key_missing" or "backup_passphrase_missing"), InvalidInput("backup_key_unreadable").
        """
        if origin.get("from") != "passphrase":
            return _of_file(key_file())
        if not (phrase := os.environ.get(PASSPHRASE)):
            raise NotFound("backup_passphrase_missing")
        n, r, p = (int(origin[name]) for name in ("n", "r", "p"))
        if n * r * p > LARGEST_COST:  # the header is not authenticated yet
            raise InvalidInput("backup_key_unreadable", path=PASSPHRASE)
        return Key(_stretched(phrase, bytes.fromhex(origin["salt"]), n=n, r=r, p=p), origin, PASSPHRASE)


def key_file() -> Path:
    """YIPAN_BACKUP_KEY, else `backup.key` in the state directory."""
    return Path(os.environ.get(FILE) or environment.state_directory() / NAME).absolute()


def _of_file(path: Path) -> Key:
    try:
        secret = base64.b64decode(path.read_text().strip(), validate=True)
    except FileNotFoundError:
        raise NotFound("backup_key_missing", path=str(path)) from None
    except (OSError, ValueError, binascii.Error):
        secret = b""
    if len(secret) != SIZE:
        raise InvalidInput("backup_key_unreadable", path=str(path))
    return Key(secret, {"from": "file"}, str(path))


def _make(path: Path) -> None:
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_bytes(base64.b64encode(os.urandom(SIZE)) + b"\n")
    new.rename(path)


@lru_cache(maxsize=1)
def _process_salt() -> bytes:
    return os.urandom(16)


@lru_cache(maxsize=64)
def _stretched(phrase: str, salt: bytes, *, n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=salt, length=SIZE, n=n, r=r, p=p).derive(phrase.encode())
