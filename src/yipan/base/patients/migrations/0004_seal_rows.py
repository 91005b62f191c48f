"""Seal what stands in open columns and empty these, a thousand rows a transaction; stopped, it goes on where it was.

Open and sealed value change in one statement, so that no new version of a row holds both.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import migrations, transaction

from yipan.base.vault import keys
from yipan.kernel import sealing

BATCH = 1000
PATIENT = {
    "phone": "patients.phone",
    "address": "patients.address",
    "contact_name": "patients.contact_name",
    "contact_phone": "patients.contact_phone",
}
NUMBER, PHONE = "patients.identifier", "patients.phone"


def sealed(label: str, row: Any, value: str) -> bytes:
    """As `SealedField.seal` does it."""
    return sealing.seal(keys.ring(), value.encode(), f"{label}\0{row}".encode()) if value else b""


def digest(domain: str, value: str) -> bytes | None:
    return sealing.digest(keys.ring(), domain, value) if value else None


def patients(editor: Any) -> None:
    columns = list(PATIENT)
    some = " OR ".join(f"{c} <> ''" for c in columns)
    sets = ", ".join(f"{c}_sealed = %s, {c} = ''" for c in columns)
    read = f"SELECT id, {', '.join(columns)} FROM patients_patient WHERE ({some})"
    write = f"UPDATE patients_patient SET phone_digest = %s, {sets} WHERE id = %s"

    def one(row: Any) -> list[Any]:
        pk, values = row[0], dict(zip(columns, row[1:], strict=True))
        return [digest(PHONE, values["phone"]), *(sealed(PATIENT[c], pk, values[c]) for c in columns), pk]

    in_batches(editor, read, write, one)


def identifiers(editor: Any) -> None:
    read = "SELECT id, value FROM patients_identifier WHERE value <> ''"
    write = "UPDATE patients_identifier SET value_sealed = %s, value_digest = %s, value = '' WHERE id = %s"
    in_batches(editor, read, write, lambda row: [sealed(NUMBER, row[0], row[1]), digest(NUMBER, row[1]), row[0]])


def merges(editor: Any) -> None:
    read = "SELECT id, moved::text FROM patients_merge WHERE moved <> '{}'"
    write = "UPDATE patients_merge SET moved_sealed = %s, moved = '{}' WHERE id = %s"
    in_batches(editor, read, write, lambda row: [sealed("patients.merge.moved", row[0], row[1]), row[0]])


def pairs(editor: Any) -> None:
    read = "SELECT id, reasons::text FROM patients_duplicatecandidate WHERE reasons @? '$[*].value'"
    write = "UPDATE patients_duplicatecandidate SET reasons = %s WHERE id = %s"

    def one(row: Any) -> list[Any]:
        reasons = json.loads(row[1])
        for reason in reasons:
            if "value" in reason:
                reason["digest"] = (digest(NUMBER, reason.pop("value")) or b"").hex()
        return [json.dumps(reasons), row[0]]

    in_batches(editor, read, write, one)


def in_batches(editor: Any, read: str, write: str, one: Any) -> None:
    """Read a batch in the order of the rows, write what `one` makes of each, and on to the end."""
    last = "00000000-0000-0000-0000-000000000000"
    while True:
        with transaction.atomic(using=editor.connection.alias), editor.connection.cursor() as cursor:
            cursor.execute(f"{read} AND id > %s ORDER BY id LIMIT {BATCH} FOR UPDATE", [last])
            rows = cursor.fetchall()
            if not rows:
                return
            cursor.executemany(write, [one(row) for row in rows])
            last = rows[-1][0]


def seal_rows(apps: Any, editor: Any) -> None:
    for table in (patients, identifiers, merges, pairs):
        table(editor)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("patients", "0003_sealed_columns")]
    operations = [migrations.RunPython(seal_rows)]
