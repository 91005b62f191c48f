"""Whether the triggers that keep the journals append-only, and those that watch rows, are in place and on."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from yipan.base.audit import journals, watching
from yipan.base.audit.findings import Finding, Kind

ROW_CHANGES = 8 + 16  # pg_trigger.tgtype: DELETE and UPDATE
BEFORE_ROW = 1 + 2
ENABLED = """
SELECT count(*) FROM pg_trigger
 WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal AND tgenabled IN ('O', 'A')
   AND (tgtype & %s) = %s
"""


def findings() -> Iterator[Finding]:
    """A finding for each table that stands open."""
    with connection.cursor() as cursor:
        for table in (*(journal.table for journal in journals.every()), "audit_seal"):
            wanted = ROW_CHANGES | BEFORE_ROW
            cursor.execute(ENABLED, [table, wanted, wanted])
            if not cursor.fetchone()[0]:
                yield Finding(Kind.GUARD_OFF, {"table": table})
        there = watching.installed(cursor)
    for watched in watching.every():
        arguments, on = there.get((watched.table, watching.ROW), ((), False))
        if not on or arguments != watched.arguments:
            yield Finding(Kind.GUARD_OFF, {"table": watched.table})
