"""Sealed files: what was done to one is found, whatever it was."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.kernel.errors import InvalidInput, NotFound
from yipan.server.backup import keys, sealed
from yipan.server.backup.keys import Key
from yipan.server.backup.sealed import CHUNK, TAG, Reader, Writer

PATH = Path("some.backup")
KEY = Key(b"k" * 32, {"from": "file"}, "here")


def seal(content: bytes, key: Key = KEY, pieces: int = 1 << 16) -> bytes:
    file = io.BytesIO()
    writer = Writer(file, key, {"what": "test"})
    for first in range(0, len(content), pieces):
        writer.write(content[first : first + pieces])
    writer.finish()
    return file.getvalue()


def unseal(data: bytes, key: Key | None = KEY) -> bytes:
    return io.BufferedReader(Reader(io.BytesIO(data), key, PATH)).read()


def three_chunks() -> tuple[bytes, list[bytes]]:
    """The header and the three chunks of a file that does not compress."""
    data = seal(os.urandom(2 * CHUNK + 1000))
    begin = data.index(b'"}', data.index(b"check")) + 2
    return data[:begin], [data[i : i + CHUNK + TAG] for i in range(begin, len(data), CHUNK + TAG)]


@given(st.binary(max_size=5000), st.integers(1, 5000))
def test_what_was_sealed_comes_back(content: bytes, pieces: int) -> None:
    """Any bytes, written in pieces of any size, are read as they were."""
    assert unseal(seal(content, pieces=pieces)) == content


@pytest.mark.parametrize("size", [0, 1, CHUNK - 50, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_sizes_around_a_chunk(size: int) -> None:
    """The borders of chunks are no borders of what can be sealed."""
    content = os.urandom(size)
    assert unseal(seal(content)) == content


def test_much_of_the_same_is_small_and_read_in_pieces() -> None:
    """A hundred megabytes of zeros take less than one, and never come as one block."""
    file = io.BytesIO()
    writer = Writer(file, KEY, {})
    for _ in range(100):
        writer.write(bytes(CHUNK))
    writer.finish()
    assert len(file.getvalue()) < CHUNK
    reader = Reader(io.BytesIO(file.getvalue()), KEY, PATH)
    total = 0
    while block := reader.read(64 * CHUNK):
        assert len(block) <= sealed.LARGEST_PLAIN
        total += len(block)
    assert total == 100 * CHUNK


@pytest.mark.parametrize(
    "change",
    [
        lambda c: [c[0], c[1]],
        lambda c: [c[0], c[1], c[2][:-5]],
        lambda c: [c[0], c[1][:1000]],
        lambda c: [c[1], c[0], c[2]],
        lambda c: [c[0], c[0], c[1], c[2]],
        lambda c: [c[0], c[2]],
        lambda c: [c[0], c[1], c[2], b"more"],
        lambda c: [c[0][:50] + bytes([c[0][50] ^ 1]) + c[0][51:], c[1], c[2]],
    ],
    ids=["end lost", "end cut", "middle cut", "swapped", "repeated", "left out", "extended", "one bit"],
)
def test_what_was_done_to_the_chunks_is_found(change: object) -> None:
    """Cut, swapped, repeated, left out, extended or changed by a bit: refused."""
    header, chunks = three_chunks()
    with pytest.raises(InvalidInput, match="backup_damaged"):
        unseal(header + b"".join(change(chunks)))  # type: ignore[operator]


def test_a_changed_header_is_found() -> None:
    """The header can be read by everybody and changed by nobody."""
    with pytest.raises(InvalidInput, match="backup_damaged"):
        unseal(seal(b"content").replace(b'"what": "test"', b'"what": "TEST"'))


def test_another_key_is_named_and_not_taken_for_damage() -> None:
    """The wrong key is told apart from a damaged file."""
    with pytest.raises(InvalidInput, match="backup_wrong_key") as caught:
        unseal(seal(b"content"), Key(b"x" * 32, {}, "elsewhere"))
    assert caught.value.params["origin"] == "elsewhere"


@pytest.mark.parametrize("data", [b"", b"PGDMP something else", sealed.MAGIC, sealed.MAGIC + b"\xff\xff\xff\xff{}"])
def test_what_is_no_backup_is_refused(data: bytes) -> None:
    """Empty, foreign and headless files end in a sentence."""
    with pytest.raises(InvalidInput, match=r"backup_(foreign|damaged)"):
        unseal(data)


def test_the_same_content_is_never_sealed_the_same_way() -> None:
    """Each file has a key of its own: equal contents show nothing."""
    first, second = seal(b"same" * 100), seal(b"same" * 100)
    assert first[-100:] != second[-100:]


def test_the_key_file_is_made_once_and_only_for_its_owner(own_keys: Path) -> None:
    """The first use makes it and tells where; the second uses it."""
    told: list[Path] = []
    first, second = Key.for_sealing(told.append), Key.for_sealing(told.append)
    assert first.secret == second.secret
    assert told == [own_keys]
    assert own_keys.stat().st_mode & 0o777 == 0o600
    assert unseal(seal(b"x", first), None) == b"x"


def test_a_missing_or_broken_key_file_is_said(own_keys: Path) -> None:
    """Reading never makes a key, and takes nothing else for one."""
    data = seal(b"x")
    with pytest.raises(NotFound, match="backup_key_missing"):
        unseal(data, None)
    assert not own_keys.exists()
    own_keys.write_text("not a key")
    with pytest.raises(InvalidInput, match="backup_key_unreadable"):
        unseal(data, None)


def test_a_passphrase_opens_what_it_sealed(monkeypatch: pytest.MonkeyPatch, own_keys: Path) -> None:
    """With a passphrase no file is made; another passphrase, and none, are refused."""
    monkeypatch.setattr(keys, "COST", {"n": 1 << 10, "r": 8, "p": 1})
    monkeypatch.setenv(keys.PASSPHRASE, "three in the morning")
    data = seal(b"x", Key.for_sealing())
    assert not own_keys.exists()
    assert unseal(data, None) == b"x"
    monkeypatch.setenv(keys.PASSPHRASE, "four in the morning")
    with pytest.raises(InvalidInput, match="backup_wrong_key"):
        unseal(data, None)
    monkeypatch.delenv(keys.PASSPHRASE)
    with pytest.raises(NotFound, match="backup_passphrase_missing"):
        unseal(data, None)
