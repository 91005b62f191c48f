"""Sealed files: compressed, encrypted and authenticated in chunks, written and read as a stream.

    magic | length of header (4 bytes) | header (JSON) | chunk | chunk | … | last chunk

Each chunk is AES-256-GCM over at most `CHUNK` bytes of the compressed stream. Its nonce is its number and a flag that
only the last chunk has set (the STREAM construction: Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015); the header
is authenticated with each. So no chunk can be changed, moved, repeated, left out or added. The key is derived for each
file from a random salt (HKDF-SHA256), which lets the numbers start at zero.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zlib
from pathlib import Path
from typing import IO, Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yipan.kernel.errors import InvalidInput
from yipan.server.backup.keys import Key

MAGIC = b"YIPAN SEALED 1\n"
CHUNK = 1 << 20
TAG = 16
LARGEST_PLAIN = 4 << 20
LONGEST_HEADER = 1 << 16
LEVEL = 1  # pages of a database shrink to a fifth already at the quickest level


class Bytes(Protocol):
    """Something to read from."""

    def read(self, size: int, /) -> bytes: ...


class Writer(io.RawIOBase):
    """Seals what is written to it into `file`. Without `close` the last chunk is missing, and readers notice."""

    def __init__(self, file: IO[bytes], key: Key, about: dict[str, Any]) -> None:
        salt = os.urandom(32)
        secret, check = _derive(key.secret, salt)
        header = json.dumps({**about, "key": key.origin, "salt": salt.hex(), "check": check.hex()}).encode()
        file.write(MAGIC + len(header).to_bytes(4, "big") + header)
        self._file, self._cipher, self._bound = file, AESGCM(secret), hashlib.sha256(header).digest()
        self._compress = zlib.compressobj(LEVEL)
        self._waiting = bytearray()
        self._number = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += self._compress.compress(data)
        while len(self._waiting) > CHUNK:  # a full one waits: it may be the last
            self._seal(CHUNK, last=False)
        return len(data)

    def finish(self) -> None:
        """Write what is left and the last chunk."""
        self._waiting += self._compress.flush()
        while len(self._waiting) > CHUNK:
            self._seal(CHUNK, last=False)
        self._seal(len(self._waiting), last=True)

    def _seal(self, size: int, *, last: bool) -> None:
        nonce = _nonce(self._number, last)
        self._file.write(self._cipher.encrypt(nonce, bytes(self._waiting[:size]), self._bound))
        del self._waiting[:size]
        self._number += 1


class Reader(io.RawIOBase):
    """Reads what a `Writer` sealed; gives out nothing that was not authenticated.

    Raises InvalidInput: `backup_foreign` (no such file), `backup_wrong_key`, `backup_damaged` (or cut off).
    """

    def __init__(self, file: Bytes, key: Key | None, path: Path) -> None:
        header = _header(file, path)
        self.about = _parsed(header, path)
        key = key or Key.for_reading(self.about["key"])
        secret, check = _derive(key.secret, bytes.fromhex(self.about["salt"]))
        if check.hex() != self.about["check"]:
            raise InvalidInput("backup_wrong_key", path=str(path), origin=key.place)
        self._file, self._path = file, path
        self._cipher, self._bound = AESGCM(secret), hashlib.sha256(header).digest()
        self._decompress = zlib.decompressobj()
        self._number = 0
        self._ahead = file.read(CHUNK + TAG)
        self._compressed = b""
        self._plain = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._plain and (self._compressed or self._ahead):
            if not self._compressed:
                self._compressed = self._open_chunk()
            self._plain = memoryview(self._inflate())
        size = min(len(buffer), len(self._plain))
        buffer[:size] = self._plain[:size]
        self._plain = self._plain[size:]
        return size

    def _open_chunk(self) -> bytes:
        chunk, self._ahead = self._ahead, self._file.read(CHUNK + TAG)
        last = not self._ahead
        try:
            opened = self._cipher.decrypt(_nonce(self._number, last), chunk, self._bound)
        except InvalidTag:
            raise InvalidInput("backup_damaged", path=str(self._path), chunk=self._number + 1) from None
        self._number += 1
        return opened

    def _inflate(self) -> bytes:
        """Some of the plain stream: never much at once, however well it was compressed."""
        plain = self._decompress.decompress(self._compressed, LARGEST_PLAIN)
        self._compressed = self._decompress.unconsumed_tail
        if not self._compressed and not self._ahead:
            plain += self._decompress.flush()
            if not self._decompress.eof:
                raise InvalidInput("backup_damaged", path=str(self._path), chunk=self._number)
        return plain


def about(path: Path) -> dict[str, Any]:
    """The header of a sealed file, not authenticated yet: when and from what it was made."""
    with path.open("rb") as file:
        return _parsed(_header(file, path), path)


def _header(file: Bytes, path: Path) -> bytes:
    if file.read(len(MAGIC)) != MAGIC:
        raise InvalidInput("backup_foreign", path=str(path))
    size = int.from_bytes(file.read(4), "big")
    header = file.read(size) if size <= LONGEST_HEADER else b""
    if len(header) != size or not size:
        raise InvalidInput("backup_damaged", path=str(path), chunk=0)
    return header


def _parsed(header: bytes, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(header)
        bytes.fromhex(found["salt"])
        if isinstance(found["key"], dict) and isinstance(found["check"], str):
            return dict(found)
    except (ValueError, KeyError, TypeError):
        pass
    raise InvalidInput("backup_damaged", path=str(path), chunk=0)


def _derive(secret: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """The file's own key, and eight bytes that tell a wrong key from a damaged file."""
    made = HKDF(algorithm=SHA256(), length=40, salt=salt, info=b"yipan sealed file 1").derive(secret)
    return made[:32], made[32:]


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
