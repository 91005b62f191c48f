"""Seal stored messages and empty the open columns, a thousand rows a transaction; stopped, it goes on where it was."""

from __future__ import annotations

from typing import Any

from django.db import migrations, transaction

from yipan.base.vault import keys
from yipan.kernel import sealing

READ = """
SELECT id, source_id, control_id, digest, raw, patient_key FROM interop_inboundmessage
 WHERE id > %s AND (raw <> '' OR patient_key <> '') ORDER BY id LIMIT 1000 FOR UPDATE
"""
WRITE = """
UPDATE interop_inboundmessage SET raw_sealed = %s, raw = '', person = %s, patient_key = '' WHERE id = %s
"""


def sealed(row: Any) -> list[Any]:
    pk, source, control, digest, raw, person = row
    context = "\0".join(("interop.raw", str(source), control, digest)).encode()
    content = sealing.seal(keys.ring(), bytes(raw), context) if raw else b""
    return [content, sealing.digest(keys.ring(), "interop.person", person) if person else None, pk]


def seal_rows(apps: Any, editor: Any) -> None:
    last = 0
    while True:
        with transaction.atomic(using=editor.connection.alias), editor.connection.cursor() as cursor:
            cursor.execute(READ, [last])
            rows = cursor.fetchall()
            if not rows:
                return
            cursor.executemany(WRITE, [sealed(row) for row in rows])
            last = rows[-1][0]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("interop", "0002_sealed_columns")]
    operations = [migrations.RunPython(seal_rows)]
