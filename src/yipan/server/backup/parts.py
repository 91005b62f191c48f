"""Named parts, one after another in one stream, each of a length that nobody knows beforehand.

length of name (2 bytes) | name | length (4 bytes) | data | … | length 0        for each part
length of name 0                                                                at the end
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from yipan.kernel.errors import InvalidInput

LARGEST_BLOCK = 1 << 22


class Sink(Protocol):
    """Something that takes bytes."""

    def write(self, data: bytes, /) -> object: ...


@dataclass(slots=True)
class Digest:
    """Length and SHA-256 of one part, as far as it went."""

    size: int = 0
    sha256: Any = field(default_factory=hashlib.sha256)

    def add(self, data: bytes) -> None:
        self.size += len(data)
        self.sha256.update(data)

    def plain(self) -> dict[str, Any]:
        return {"bytes": self.size, "sha256": self.sha256.hexdigest()}


class PartsWriter:
    """Writes parts into a sink and remembers their digests."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.digests: dict[str, Digest] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[Sink]:
        """Begin a part; what is written inside the block belongs to it."""
        encoded = name.encode()
        self._sink.write(len(encoded).to_bytes(2, "big") + encoded)
        self.digests[name] = digest = Digest()
        yield _Part(self._sink, digest)
        self._sink.write(bytes(4))

    def end(self) -> None:
        """Say that no part follows."""
        self._sink.write(bytes(2))


class _Part:
    def __init__(self, sink: Sink, digest: Digest) -> None:
        self._sink, self._digest = sink, digest

    def write(self, data: bytes) -> int:
        for first in range(0, len(data), LARGEST_BLOCK):
            block = data[first : first + LARGEST_BLOCK]
            self._sink.write(len(block).to_bytes(4, "big"))
            self._sink.write(block)
            self._digest.add(block)
        return len(data)


class PartReader(io.RawIOBase):
    """One part, to be read to its end before the next begins."""

    def __init__(self, source: io.BufferedReader, name: str) -> None:
        self.name = name
        self.digest = Digest()
        self._source = source
        self._left = -1  # bytes of the present block; -1 before the first

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._left == -1:
            self._left = int.from_bytes(exactly(self._source, 4), "big")
        if self._left == 0:
            return 0
        data = exactly(self._source, min(len(buffer), self._left))
        self._left = (self._left - len(data)) or -1
        self.digest.add(data)
        buffer[: len(data)] = data
        return len(data)

    def drain(self) -> None:
        """Read on to the end of the part."""
        while self.read(1 << 20):
            continue


def parts(source: io.BufferedReader) -> Iterator[PartReader]:
    """The parts of a stream in their order; whatever the caller did not read of one is skipped.

    Raises InvalidInput("backup_malformed") when the stream is none of ours.
    """
    while size := int.from_bytes(exactly(source, 2), "big"):
        part = PartReader(source, exactly(source, size).decode(errors="replace"))
        yield part
        part.drain()
    if source.read(1):
        raise InvalidInput("backup_malformed")


def exactly(source: io.BufferedReader, size: int) -> bytes:
    """So many bytes, or InvalidInput("backup_malformed")."""
    data = source.read(size)
    if len(data) != size:
        raise InvalidInput("backup_malformed")
    return data
