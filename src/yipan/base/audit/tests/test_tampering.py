"""Each kind of tampering with the journals is found and named, whichever row it hits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yipan.base import audit
from yipan.base.audit import checkpoints, journals, keys, sealing
from yipan.base.audit.findings import Finding, Kind
from yipan.base.audit.leaves import root
from yipan.base.audit.models import Entry, Seal
from yipan.base.audit.tests.alone import OWN
from yipan.base.audit.tests.test_journal import Someone
from yipan.base.audit.verifying import unsealed, verify
from yipan.kernel import clock

pytestmark = pytest.mark.django_db

ROWS, BATCH = 30, 7
ROW = st.integers(0, ROWS - 1)
ONCE = settings(max_examples=8, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def sealed(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[list[int]]:
    """Identifiers of entries that are committed and sealed, several to a seal, for all tests of this file."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "NOW", OWN)
        patch.setattr(django_settings, "YIPAN_AUDIT_DIRECTORY", tmp_path_factory.mktemp("audit"))
        with clock.using(clock.FrozenClock(datetime(2026, 3, 1, 8, tzinfo=UTC))):
            for number in range(ROWS):
                audit.record(Someone(), "tea.make", "cup", number, data={"sugar": number / 3})
            assert sealing.seal(BATCH) == ROWS
        yield list(Entry.objects.order_by("id").values_list("id", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE audit_entry, audit_seal")


@contextmanager
def tampering() -> Iterator[Any]:
    """A cursor of somebody who owns the tables; what is done is undone afterwards."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("audit_entry", "audit_seal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        transaction.set_rollback(True)


def restore(cursor: Any) -> None:
    """Hide the traces: the triggers are on again."""
    for table in ("audit_entry", "audit_seal"):
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def found(**more: Any) -> list[tuple[Kind, Any]]:
    """(kind, identifier of the entry or number of the seal) of everything that is found."""
    return [(f.kind, f.params.get("id", f.params.get("seal"))) for f in verify(**more)]


def test_whole_journals_give_no_finding(sealed: list[int]) -> None:
    """Nothing is found where nothing was done; what is not sealed yet is counted, not accused."""
    said = checkpoints.make()
    audit.record(Someone(), "tea.make", "cup", 1)
    trusted = [keys.private().public_key()]
    assert list(verify(kept=[said], trusted=trusted)) == []
    assert unsealed(journals.get("audit")) == 1
    assert Seal.objects.count() == -(-ROWS // BATCH)


@ONCE
@given(
    place=ROW,
    column=st.sampled_from(["actor_name", "at", "data", "address", "patient_id", "organisation_path", "action"]),
)
def test_a_changed_entry_is_named(sealed: list[int], place: int, column: str) -> None:
    """A change in any column of any entry is found as that entry, and nothing else is."""
    values = {
        "at": "at + interval '1 microsecond'",
        "data": """'{"sugar": 1}'""",
        "address": "'10.0.0.9'",
        "patient_id": "gen_random_uuid()",
    }
    with tampering() as cursor:
        cursor.execute(
            f"UPDATE audit_entry SET {column} = {values.get(column, repr('x'))} WHERE id = %s", [sealed[place]]
        )
        restore(cursor)
        assert found() == [(Kind.CHANGED, sealed[place])]


@ONCE
@given(places=st.sets(ROW, min_size=1, max_size=ROWS))
def test_removed_entries_are_named(sealed: list[int], places: set[int]) -> None:
    """Exactly the entries that were removed are named, be it one, some or all of a seal."""
    gone = sorted(sealed[place] for place in places)
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE id = ANY(%s)", [gone])
        restore(cursor)
        assert found() == [(Kind.REMOVED, number) for number in gone]


@ONCE
@given(place=ROW, when=st.sampled_from(["'0'", "(SELECT xid FROM audit_entry ORDER BY id LIMIT 1)"]))
def test_an_inserted_entry_is_named(sealed: list[int], place: int, when: str) -> None:
    """An entry that is smuggled among sealed ones is named, whatever number and transaction it pretends to have."""
    with tampering() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry (id, at, actor_kind, actor_name, action, object_type, object_id,"
            f" organisation_path, data, xid) SELECT -%s, at, actor_kind, 'x', action, object_type, object_id, '', data,"
            f" {when} FROM audit_entry WHERE id = %s",
            [sealed[place], sealed[place]],
        )
        restore(cursor)
        assert found() == [(Kind.INSERTED, -sealed[place])]


@ONCE
@given(number=st.integers(1, -(-ROWS // BATCH)), what=st.sampled_from(["leaves", "root", "digest", "previous", "at"]))
def test_a_changed_seal_is_named(sealed: list[int], number: int, what: str) -> None:
    """Who changes a seal, so that it fits a changed row or for any other reason, is found by the chain."""
    values = {"leaves": "set_byte(leaves, 0, 255 - get_byte(leaves, 0))", "at": "at - interval '1 day'"}
    with tampering() as cursor:
        cursor.execute(f"UPDATE audit_seal SET {what} = {values.get(what, 'md5(root)')} WHERE number = %s", [number])
        restore(cursor)
        assert (Kind.SEAL_CHANGED, number) in found()


def test_a_removed_seal_is_named(sealed: list[int]) -> None:
    """A seal taken out of the chain is missed by its number."""
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_seal WHERE number = 2")
        restore(cursor)
        assert (Kind.SEAL_REMOVED, 2) in found()


@ONCE
@given(kept=st.integers(0, -(-ROWS // BATCH) - 1))
def test_truncation_is_found_by_a_checkpoint(sealed: list[int], kept: int) -> None:
    """When the newest entries go together with their seals, only a checkpoint knows; it names what is gone."""
    said, trusted = checkpoints.make(), [keys.private().public_key()]
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_seal WHERE number > %s", [kept])
        cursor.execute("DELETE FROM audit_entry WHERE id = ANY(%s)", [sealed[kept * BATCH :]])
        restore(cursor)
        assert found() == []
        (finding,) = verify(kept=[said], trusted=trusted)
    assert finding.kind is Kind.TRUNCATED
    last = sealed[kept * BATCH - 1] if kept else 0
    assert (finding.params["first"], finding.params["last"]) == (last + 1, sealed[-1])


@ONCE
@given(place=ROW)
def test_a_recomputed_chain_is_found_by_a_checkpoint(sealed: list[int], place: int) -> None:
    """Who owns the database can change an entry and recompute every seal; a checkpoint kept elsewhere convicts him."""
    said, trusted = checkpoints.make(), [keys.private().public_key()]
    with tampering() as cursor:
        cursor.execute("UPDATE audit_entry SET actor_name = 'x' WHERE id = %s", [sealed[place]])
        cursor.execute("DELETE FROM audit_seal")
        sealing_anew(cursor)
        restore(cursor)
        assert found() == []
        assert [f.kind for f in verify(kept=[said], trusted=trusted)] == [Kind.REWRITTEN]


def sealing_anew(cursor: Any) -> None:
    """What such a person would run: the sealer itself, told that all rows are old."""
    cursor.execute("UPDATE audit_entry SET xid = '1'")
    sealing.seal(BATCH)


def test_a_forged_checkpoint_is_not_believed(sealed: list[int]) -> None:
    """A checkpoint that was edited, or signed by somebody else, is told and not compared."""
    said, trusted = checkpoints.make(), [keys.private().public_key()]
    said["digest"] = sha256(b"x").hexdigest()
    assert found(kept=[said], trusted=trusted) == [(Kind.CHECKPOINT_UNTRUSTED, None)]


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
def test_open_guards_are_told(sealed: list[int], table: str) -> None:
    """A journal whose triggers are off is told even when nothing was changed yet."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        assert list(verify()) == [Finding(Kind.GUARD_OFF, {"table": table})]
        transaction.set_rollback(True)


def test_seals_refuse_changes(sealed: list[int]) -> None:
    """Not even raw SQL changes a seal while the triggers are on."""
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Seal.objects.update(root="x")
    assert not Seal.objects.filter(root="x").exists()


def test_root_depends_on_order_and_identifiers() -> None:
    """The root of a seal tells apart the same leaves under other identifiers or in another order."""
    a, b = sha256(b"a").digest(), sha256(b"b").digest()
    assert len({root([1, 2], a + b), root([1, 2], b + a), root([2, 1], a + b), root([1, 3], a + b)}) == 4
