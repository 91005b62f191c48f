"""Where the key ring comes from: YIPAN_KEYS, else what YIPAN_KEYS_COMMAND prints, else a file beside the state.

The file is read again when it changed, so that every process seals with a new key from the moment it is written.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from yipan.kernel.errors import InvalidInput, Unavailable
from yipan.kernel.sealing import Algorithm, Key, KeyRing

COMMAND_SECONDS = 30


class _Read(NamedTuple):
    stamp: object
    ring: KeyRing


_last: _Read | None = None


def ring() -> KeyRing:
    """The key ring of now.

    Raises Unavailable("key_ring_missing" | "key_command_failed"), InvalidInput("key_ring_unreadable").
    """
    global _last
    stamp = _stamp()
    if _last is None or _last.stamp != stamp:
        _last = _Read(stamp, KeyRing.read(_text(), place()))
    return _last.ring


def place() -> str:
    """Where the keys are, as sentences name it."""
    if settings.YIPAN_KEYS:
        return "YIPAN_KEYS"
    return "YIPAN_KEYS_COMMAND" if settings.YIPAN_KEYS_COMMAND else str(settings.YIPAN_KEY_FILE)


def exists() -> bool:
    """Whether there is a ring to read."""
    return bool(settings.YIPAN_KEYS or settings.YIPAN_KEYS_COMMAND or Path(settings.YIPAN_KEY_FILE).exists())


def algorithm() -> Algorithm:
    """The cipher of new keys: YIPAN_CIPHER. Raises InvalidInput("cipher_unknown")."""
    try:
        return Algorithm(settings.YIPAN_CIPHER)
    except ValueError:
        names = ", ".join(Algorithm)
        raise InvalidInput("cipher_unknown", cipher=settings.YIPAN_CIPHER, known=names) from None


def make() -> KeyRing:
    """Make the key file with a first key; the ring that is there when another process was quicker."""
    path = Path(settings.YIPAN_KEY_FILE)
    new = _beside(path, KeyRing.new(algorithm()))
    try:
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink()
    return ring()


def add(key: Key) -> KeyRing:
    """Write one more key into the file and seal with it from now on. Raises InvalidInput("key_ring_not_ours")."""
    if settings.YIPAN_KEYS or settings.YIPAN_KEYS_COMMAND:
        raise InvalidInput("key_ring_not_ours", place=place())
    path = Path(settings.YIPAN_KEY_FILE)
    _beside(path, ring().with_key(key)).rename(path)
    return ring()


def _beside(path: Path, written: KeyRing) -> Path:
    """A complete file on disk, readable by its owner only, to be put in the place of `path` in one step."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(written.written())
        out.flush()
        os.fsync(out.fileno())
    return new


def _stamp() -> object:
    if settings.YIPAN_KEYS or settings.YIPAN_KEYS_COMMAND:
        return settings.YIPAN_KEYS or settings.YIPAN_KEYS_COMMAND
    try:
        told = os.stat(settings.YIPAN_KEY_FILE)  # noqa: PTH116 – asked for every value
    except OSError:
        raise Unavailable("key_ring_missing", place=place()) from None
    return (settings.YIPAN_KEY_FILE, told.st_ino, told.st_mtime_ns)


def _text() -> str:
    if settings.YIPAN_KEYS:
        return str(settings.YIPAN_KEYS)
    if not settings.YIPAN_KEYS_COMMAND:
        try:
            return Path(settings.YIPAN_KEY_FILE).read_text()
        except OSError:
            raise Unavailable("key_ring_missing", place=place()) from None
    try:
        words = shlex.split(settings.YIPAN_KEYS_COMMAND)
        done = subprocess.run(words, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=True)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise Unavailable("key_command_failed", why=type(error).__name__) from None
    return done.stdout
