"""Named parts in one stream."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.kernel.errors import InvalidInput
from yipan.server.backup.parts import PartsWriter, parts

CONTENTS = st.dictionaries(st.text(min_size=1, max_size=20), st.lists(st.binary(max_size=50), max_size=5), max_size=5)


def written(contents: dict[str, list[bytes]]) -> tuple[bytes, PartsWriter]:
    sink = io.BytesIO()
    writer = PartsWriter(sink)
    for name, blocks in contents.items():
        with writer.part(name) as part:
            for block in blocks:
                part.write(block)
    writer.end()
    return sink.getvalue(), writer


@given(CONTENTS)
def test_parts_come_back_with_their_digests(contents: dict[str, list[bytes]]) -> None:
    """Names, contents and digests are what was written, empty blocks or not."""
    data, writer = written(contents)
    found = {}
    for part in parts(io.BufferedReader(io.BytesIO(data))):  # type: ignore[arg-type]
        found[part.name] = part.read()
        assert part.digest.plain() == writer.digests[part.name].plain()
    assert found == {name: b"".join(blocks) for name, blocks in contents.items()}


def test_a_part_that_nobody_reads_is_skipped() -> None:
    """The next part begins where it should."""
    data, _ = written({"one": [b"1" * 100], "two": [b"2"]})
    assert [part.name for part in parts(io.BufferedReader(io.BytesIO(data)))] == ["one", "two"]  # type: ignore[arg-type]


@given(st.data())
def test_a_stream_that_ends_early_is_refused(data: st.DataObject) -> None:
    """No shortened stream passes for a whole one."""
    whole, _ = written({"one": [b"1" * 10], "two": [b"2"]})
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(InvalidInput, match="backup_malformed"):
        list(parts(io.BufferedReader(io.BytesIO(whole[:cut]))))  # type: ignore[arg-type]
