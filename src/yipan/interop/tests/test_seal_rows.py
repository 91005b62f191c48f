"""The migration that seals messages stored by older versions, on a table that looks as theirs did."""

from __future__ import annotations

from importlib import import_module
from uuid import UUID

import pytest
from django.db import connection

from yipan.base.vault.fields import Sealed
from yipan.interop.models import InboundMessage
from yipan.interop.reading import person_key

OLD = """
CREATE TEMP TABLE interop_inboundmessage (id bigint, source_id uuid, control_id text, digest text, raw bytea,
  patient_key text, raw_sealed bytea, person bytea);
INSERT INTO interop_inboundmessage SELECT i, lpad('7', 32, '0')::uuid, 'C' || i, md5(i::text),
  convert_to('MSH|PID|李建国|' || i, 'UTF8'), 'P' || i FROM generate_series(1, 12) AS i;
"""


@pytest.mark.django_db
def test_messages_are_sealed_as_the_code_reads_them() -> None:
    """Every stored message reads the same afterwards and keeps its person's key; nothing of it stands open."""
    with connection.cursor() as cursor:
        cursor.execute(OLD)
        with connection.schema_editor(atomic=False) as editor:
            import_module("yipan.interop.migrations.0003_seal_rows").seal_rows(None, editor)
        cursor.execute("SELECT control_id, digest, raw, patient_key, raw_sealed, person FROM interop_inboundmessage")
        rows = cursor.fetchall()
    assert len(rows) == 12
    for number, (control, digest, raw, key, sealed, person) in enumerate(rows, start=1):
        assert (bytes(raw), key) == (b"", "")
        message = InboundMessage(source_id=UUID(int=7), control_id=control, digest=digest)
        message.raw = Sealed(bytes(sealed))
        assert message.raw.decode() == f"MSH|PID|李建国|{number}"
        assert bytes(person) == person_key(f"P{number}")
