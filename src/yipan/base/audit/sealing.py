"""The sealer: turns what was committed into seals, without standing in the way of anybody who writes.

Rows are taken in the order of (transaction, id) and only of transactions older than every one that is still open, so a
slow transaction is never passed over (the same reasoning as in live updates). Transaction numbers start anew when a
dump is restored into another cluster; then everything that is there and not sealed is sealed once, and sealing goes on
with the new numbers for rows above the identifiers that came with the dump.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from yipan.base.audit import checkpoints, journals
from yipan.base.audit.journals import Journal
from yipan.base.audit.leaves import Reader, Row, root
from yipan.base.audit.models import Seal
from yipan.kernel import clock

BATCH = 2000
GENESIS = "0" * 64
LOCK = 0x5941_5345  # one sealer at a time
NOW = """
SELECT (SELECT system_identifier FROM pg_control_system()),
       pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint
  FROM pg_current_snapshot() AS s
"""
UNSEALED = "(xid, id) > (%s::text::xid8, %s) AND id > %s"


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where a journal is sealed: see `models.Seal`."""

    cluster: int
    xid: int = 0
    id: int = 0
    floor: int = 0

    @property
    def unsealed(self) -> list[Any]:
        """The parameters of `UNSEALED`."""
        return [str(self.xid), self.id, self.floor]


def seal(batch: int = BATCH) -> int:
    """Seal everything that can be sealed now; returns how many rows were.

    Several may call this at once: one seals, the others return 0.
    """
    return sum(_seal_all(journal, batch) for journal in journals.every())


def mark_of(journal: Journal, *, upto: int | None = None) -> Mark | None:
    """Up to where the journal is sealed, by seals up to number `upto`; None before its first seal."""
    rows = Seal.objects.filter(journal=journal.code)
    if upto is not None:
        rows = rows.filter(number__lte=upto)
    last = rows.order_by("-number").values_list("cluster", "mark_xid", "mark_id", "floor_id").first()
    return Mark(*last) if last else None


def _seal_all(journal: Journal, batch: int) -> int:
    sealed = 0
    while (count := _seal_next(journal, batch)) > 0:
        sealed += count
        if count < batch:
            break
    return sealed


def _seal_next(journal: Journal, batch: int) -> int:
    """One seal of at most `batch` rows; how many it holds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(NOW)
        cluster, xmin, xmax = cursor.fetchone()
        mark = mark_of(journal) or Mark(cluster)
        reader = Reader(cursor, journal)
        if mark.cluster == cluster:
            cursor.execute(
                f"{reader.select} WHERE {UNSEALED} AND xid < %s::text::xid8 ORDER BY xid, id LIMIT %s",
                [*mark.unsealed, str(xmin), batch],
            )
            rows = list(reader.rows(cursor.fetchall()))
            if not rows:
                return 0
            cursor.execute(f"SELECT xid::text::bigint FROM {journal.table} WHERE id = %s", [rows[-1].id])
            after = Mark(cluster, cursor.fetchone()[0], rows[-1].id, mark.floor)
        elif xmin < xmax:
            return 0  # a restored database is first sealed in a moment in which nobody writes
        else:
            rows = _restored(cursor, reader, journal, mark)
            cursor.execute(f"SELECT coalesce(max(id), 0) FROM {journal.table}")
            after = Mark(cluster, xmin, 0, cursor.fetchone()[0])
        _write(journal, rows, after)
    return len(rows)


def _restored(cursor: Any, reader: Reader, journal: Journal, mark: Mark) -> list[Row]:
    """Rows that a dump brought along unsealed, and those written since."""
    newest = Seal.objects.filter(journal=journal.code).aggregate(Max("last_id"))["last_id__max"] or 0
    cursor.execute(f"{reader.select} WHERE ({UNSEALED}) OR id > %s ORDER BY id", [*mark.unsealed, newest])
    return list(reader.rows(cursor.fetchall()))


def _write(journal: Journal, rows: Sequence[Row], after: Mark) -> None:
    last = Seal.objects.order_by("-number").values_list("number", "digest").first() or (0, GENESIS)
    ids = [row.id for row in rows]
    leaves = b"".join(row.leaf for row in rows)
    new = Seal(
        number=last[0] + 1,
        journal=journal.code,
        at=clock.now(),
        count=len(rows),
        first_id=min(ids, default=0),
        last_id=max(ids, default=0),
        ids=ids,
        leaves=leaves,
        root=root(ids, leaves),
        previous=last[1],
        cluster=after.cluster,
        mark_xid=after.xid,
        mark_id=after.id,
        floor_id=after.floor,
    )
    new.digest = new.computed_digest()
    new.save(force_insert=True)


def seal_and_keep() -> int:
    """What the worker does every few seconds: seal, and once an hour keep a signed checkpoint beside the state."""
    sealed = seal()
    checkpoints.keep_when_due()
    return sealed
