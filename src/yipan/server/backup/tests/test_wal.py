"""Segments of an archive: which of them a restore uses, and what it says of a gap."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from yipan.kernel.errors import NotFound
from yipan.server.backup import archive, folder, sealed, wal
from yipan.server.backup.keys import Key

KEY = Key(b"k" * 32, {"from": "file"}, "here")


def segment(number: int, timeline: int = 1) -> str:
    return f"{timeline:08X}{wal.name_of(number)}"


def put(directory: Path, name: str, content: bytes = b"", at: datetime = datetime(2026, 3, 2, tzinfo=UTC)) -> Path:
    file = io.BytesIO()
    writer = sealed.Writer(file, KEY, {"created": at.isoformat()})
    writer.write(content)
    writer.finish()
    path = directory / f"{name}{wal.SUFFIX}"
    path.write_bytes(file.getvalue())
    return path


def names(found: wal.Segments) -> list[str]:
    return [path.name.removesuffix(wal.SUFFIX) for path in found.files]


def test_numbers_and_positions_agree() -> None:
    """A position lies in the segment that PostgreSQL names for it."""
    assert wal.number_at("1/2345678") == wal.number_of("000000010000000100000002")
    assert wal.name_of(wal.number_at("1/2345678")) == "0000000100000002"
    assert wal.number_of("00000002.history") is None


def test_segments_before_the_backup_are_left_out(tmp_path: Path) -> None:
    """What lies before the position where replay begins is not needed; histories of timelines always are."""
    for name in (*map(segment, (3, 4, 5)), f"{segment(6)}.partial", "00000002.history"):
        put(tmp_path, name)
    found = wal.since(tmp_path, "0/4000028")
    assert names(found) == ["00000002.history", segment(4), segment(5), f"{segment(6)}.partial"]
    assert found.missing is None


def test_a_gap_ends_what_can_be_used_and_is_named(tmp_path: Path) -> None:
    """After a missing segment nothing can be replayed, and the person learns which one it is."""
    for number in (4, 5, 7, 8):
        put(tmp_path, segment(number))
    found = wal.since(tmp_path, "0/4000028")
    assert names(found) == [segment(4), segment(5)]
    assert found.missing == wal.name_of(6)


def test_an_archive_without_the_time_of_the_backup_is_refused(tmp_path: Path) -> None:
    """Only older segments, or none: said rather than replayed to nowhere."""
    put(tmp_path, segment(3))
    with pytest.raises(NotFound, match="wal_not_there"):
        wal.since(tmp_path, "0/4000028")


def test_a_whole_segment_wins_over_its_earlier_part(
    tmp_path: Path, own_keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When both were archived, the whole one is opened."""
    monkeypatch.setattr(Key, "for_reading", staticmethod(lambda origin: KEY))
    files = (put(tmp_path, f"{segment(4)}.partial", b"part"), put(tmp_path, segment(4), b"whole"))
    (tmp_path / "out").mkdir()
    assert [p.read_bytes() for p in wal.unseal(files, tmp_path / "out")] == [b"whole"]


def test_only_journal_older_than_the_oldest_backup_goes(tmp_path: Path) -> None:
    """What was archived before that backup was begun is removed, histories and everything later stay."""
    old, new = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    put(tmp_path, segment(3), at=old)
    put(tmp_path, segment(4), at=new)
    put(tmp_path, "00000002.history", at=old)
    backup = put(tmp_path, "backup")
    assert archive.thin(tmp_path, backup.rename(tmp_path / folder.name(old))) == 1
    left = {wal.segment(path) for path in tmp_path.glob(f"*{wal.SUFFIX}")}
    assert left == {segment(4), "00000002.history"}
