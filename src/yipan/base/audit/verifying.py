"""Recomputes everything and names what does not fit. Streams: memory holds one seal's rows at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, transaction
from django.db.models import Max, Sum

from yipan.base.audit import checkpoints, findings, guards, journals
from yipan.base.audit.findings import Finding, Kind, Progress
from yipan.base.audit.journals import Journal
from yipan.base.audit.leaves import SIZE, Reader, Row, root
from yipan.base.audit.models import Seal
from yipan.base.audit.sealing import GENESIS, UNSEALED, Mark, mark_of


def verify(
    *,
    kept: Iterable[dict[str, Any]] = (),
    trusted: Iterable[Ed25519PublicKey] = (),
    progress: Progress = lambda what, done, total: None,
) -> Iterator[Finding]:
    """Everything that is wrong, as it is found; nothing when all is whole.

    `kept` are checkpoints, `trusted` the keys that may have signed them. Entries that are written meanwhile are left
    to the next verification.
    """
    upto = Seal.objects.aggregate(Max("number"))["number__max"] or 0
    yield from guards.findings()
    yield from _chain(upto, progress)
    for journal in journals.every():
        progress(journal.code, 0, None)
        yield from _inserted(journal, upto)
    yield from _against_checkpoints(kept, list(trusted), upto)
    for name, run in findings.checks().items():
        progress(name, 0, None)
        yield from run()


def unsealed(journal: Journal) -> int:
    """How many entries wait to be sealed."""
    mark = mark_of(journal) or Mark(0)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {journal.table} WHERE {UNSEALED}", mark.unsealed)
        return int(cursor.fetchone()[0])


def _chain(upto: int, progress: Progress) -> Iterator[Finding]:
    """Seal by seal: the chain, the seal itself, and its rows."""
    total = Seal.objects.aggregate(Sum("count"))["count__sum"] or 0
    previous, done = GENESIS, 0
    for number in range(1, upto + 1):
        seal = Seal.objects.filter(number=number).first()
        if seal is None:
            yield Finding(Kind.SEAL_REMOVED, {"seal": number})
            previous = ""
            continue
        ids, leaves = seal.ids, bytes(seal.leaves)
        sound = seal.root == root(ids, leaves) and seal.digest == seal.computed_digest() and seal.count == len(ids)
        if not sound or (previous and seal.previous != previous):
            yield Finding(Kind.SEAL_CHANGED, {"seal": number, "at": seal.at.isoformat(), **_range(seal)})
        previous = seal.digest
        yield from _rows_of(seal, ids, leaves)
        done += len(ids)
        progress("entries", done, total)


def _rows_of(seal: Seal, ids: list[int], leaves: bytes) -> Iterator[Finding]:
    journal = journals.get(seal.journal)
    if journal is None:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        reader = Reader(cursor, journal)
        cursor.execute(f"{reader.select} WHERE id = ANY(%s)", [ids])
        there = {row.id: row for row in reader.rows(cursor.fetchall())}
    for place, number in enumerate(ids):
        row = there.get(number)
        if row is None:
            yield _finding(Kind.REMOVED, seal.journal, Row(number, b"", "", seal.at.isoformat()), seal.number)
        elif row.leaf != leaves[place * SIZE : (place + 1) * SIZE]:
            yield _finding(Kind.CHANGED, seal.journal, row, seal.number)


def _inserted(journal: Journal, upto: int) -> Iterator[Finding]:
    """Rows that stand among sealed ones and are in no seal."""
    mark = mark_of(journal, upto=upto)
    if mark is None:
        return
    newest = Seal.objects.filter(journal=journal.code, number__lte=upto).aggregate(Max("last_id"))["last_id__max"]
    late = UNSEALED
    parameters: list[Any] = mark.unsealed
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        if cursor.fetchone()[0] != mark.cluster:  # restored, and not sealed since
            late, parameters = f"({UNSEALED} OR id > %s)", [*mark.unsealed, newest]
    with (
        transaction.atomic(),
        connection.create_cursor("audit_inserted") as cursor,
    ):  # a cursor of the server's: streams
        cursor.execute(
            f"SELECT id, {journal.what}, {journal.when} FROM {journal.table} AS row WHERE NOT ({late}) AND NOT EXISTS ("
            "SELECT FROM audit_seal AS seal CROSS JOIN unnest(seal.ids) AS sealed(id)"
            " WHERE seal.journal = %s AND seal.number <= %s AND sealed.id = row.id) ORDER BY id",
            [*parameters, journal.code, upto],
        )
        for number, what, when in cursor:
            yield _finding(Kind.INSERTED, journal.code, Row(number, b"", what, when.isoformat()), 0)


def _against_checkpoints(
    kept: Iterable[dict[str, Any]], trusted: list[Ed25519PublicKey], upto: int
) -> Iterator[Finding]:
    agreed = 0
    for said in sorted(kept, key=lambda one: (one["seal"], one["at"])):
        at = datetime.fromisoformat(said["at"]).isoformat()
        if not checkpoints.is_signed(said, trusted):
            yield Finding(Kind.CHECKPOINT_UNTRUSTED, {"at": at, "key": said["key"]})
            continue
        digest = Seal.objects.filter(number=said["seal"]).values_list("digest", flat=True).first()
        if digest == said["digest"]:
            agreed = said["seal"]
        elif digest is None and said["seal"] > upto:
            yield from _truncated(said, upto, at)
        else:
            yield Finding(Kind.REWRITTEN, {"at": at, "first": agreed + 1, "last": said["seal"]})


def _truncated(said: dict[str, Any], upto: int, at: str) -> Iterator[Finding]:
    """The checkpoint knew more than there is: which identifiers are gone, by journal."""
    for code, reached in sorted(said["journals"].items()):
        rows = Seal.objects.filter(journal=code, number__lte=upto)
        here = rows.aggregate(Max("last_id"))["last_id__max"] or 0
        if here < reached["last_id"]:
            params = {"journal": code, "first": here + 1, "last": reached["last_id"], "at": at}
            yield Finding(Kind.TRUNCATED, params)


def _finding(kind: Kind, journal: str, row: Row, seal: int) -> Finding:
    return Finding(kind, {"journal": journal, "id": row.id, "what": row.what, "at": row.when, "seal": seal})


def _range(seal: Seal) -> dict[str, Any]:
    return {"journal": seal.journal, "first": seal.first_id, "last": seal.last_id}
