"""From a row of a journal to the 32 bytes that stand for it in a seal.

The canonical form is a JSON object of the columns that are not null, by name, each as PostgreSQL writes it as text
under fixed settings. It is the same on every version and machine, and after a dump and restore.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from yipan.base.audit.journals import Journal

SIZE = 32
FIXED = (
    "SELECT set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true),"
    " set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true),"
    " set_config('intervalstyle', 'postgres', true)"
)
COLUMNS = """
SELECT attname FROM pg_attribute
 WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'xid'
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it is sealed, and how a person would name it."""

    id: int
    leaf: bytes
    what: str
    when: str


class Reader:
    """Reads rows of one journal as leaves. `cursor` must be inside a transaction, whose settings it fixes."""

    def __init__(self, cursor: Any, journal: Journal) -> None:
        cursor.execute(FIXED)
        cursor.execute(COLUMNS, [journal.table])
        self._names = sorted(name for (name,) in cursor.fetchall())
        self._what, self._when = self._names.index(journal.what), self._names.index(journal.when)
        texts = ", ".join(f'"{name}"::text AS text{place}' for place, name in enumerate(self._names))
        self.select = f"SELECT id AS row_id, {texts} FROM {journal.table}"

    def rows(self, fetched: Iterable[Sequence[Any]]) -> Iterator[Row]:
        """What `select` found, row by row."""
        for number, *texts in fetched:
            known = {name: text for name, text in zip(self._names, texts, strict=True) if text is not None}
            yield Row(number, leaf(known), texts[self._what] or "", texts[self._when] or "")


def leaf(columns: dict[str, str]) -> bytes:
    """SHA-256 of the canonical form."""
    return sha256(json.dumps(columns, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).digest()


def root(ids: Sequence[int], leaves: bytes) -> str:
    """SHA-256 over every identifier (8 bytes, big-endian) followed by its leaf, in order; hexadecimal."""
    together = sha256()
    for place, number in enumerate(ids):
        together.update(number.to_bytes(8, "big", signed=True) + leaves[place * SIZE : (place + 1) * SIZE])
    return together.hexdigest()
