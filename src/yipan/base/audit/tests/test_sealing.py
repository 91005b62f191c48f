"""The sealer takes every committed entry once, passes over no slow transaction, and stops nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from yipan.base import audit
from yipan.base.audit import checkpoints, keys, sealing
from yipan.base.audit.models import Entry, Seal
from yipan.base.audit.tests.test_journal import Someone
from yipan.base.audit.verifying import verify
from yipan.kernel import clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sealer"), pytest.mark.postgres15]

INSERT = """
INSERT INTO audit_entry (at, actor_kind, actor_name, action, object_type, object_id, organisation_path, data)
VALUES (%s, 'person', 'x', 'tea.make', 'cup', '1', '', '{}') RETURNING id
"""
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def other() -> psycopg.Connection:
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    return psycopg.connect(**parameters)


def sealed_ids() -> list[int]:
    return [number for seal in Seal.objects.order_by("number") for number in seal.ids]


def test_a_slow_transaction_is_sealed_when_it_ends() -> None:
    """Entries committed while an older transaction is open wait for it; its entry, though smaller, is not lost."""
    with other() as slow:
        (early,) = slow.execute(INSERT, [NOW]).fetchone()
        audit.record(Someone(), "tea.make", "cup", 1)
        late = Entry.objects.get().id
        assert early < late
        assert sealing.seal() == 0
        slow.commit()
    assert sealing.seal() == 2
    assert sorted(sealed_ids()) == [early, late]
    assert sealing.seal() == 0
    assert list(verify()) == []


def test_one_seals_at_a_time() -> None:
    """While another sealer holds the lock, this one does nothing, and writers go on."""
    audit.record(Someone(), "tea.make", "cup", 1)
    with other() as busy:
        busy.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
        assert sealing.seal() == 0
        audit.record(Someone(), "tea.make", "cup", 2)
    assert sealing.seal() == 2


def test_a_big_transaction_is_sealed_in_parts() -> None:
    """More entries of one transaction than a seal holds are spread over several, each once."""
    Entry.objects.bulk_create(
        Entry(at=NOW, actor_kind="person", actor_name="x", action="a", object_type="b", object_id=str(n))
        for n in range(25)
    )
    assert sealing.seal(10) == 25
    assert [seal.count for seal in Seal.objects.order_by("number")] == [10, 10, 5]
    assert len(set(sealed_ids())) == 25


def test_sealing_goes_on_in_a_restored_database() -> None:
    """After a dump is restored elsewhere, where transaction numbers start anew, nothing is skipped or sealed twice."""
    audit.record(Someone(), "tea.make", "cup", 1)
    sealing.seal()
    with connection.cursor() as cursor:  # as if those rows and that seal had come from a much older cluster
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER; ALTER TABLE audit_seal DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_entry SET xid = '4000000000000'")
        seal = Seal.objects.get()
        seal.cluster, seal.mark_xid = 1, 4000000000000
        seal.digest = seal.computed_digest()
        Seal.objects.update(cluster=seal.cluster, mark_xid=seal.mark_xid, digest=seal.digest)
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER; ALTER TABLE audit_seal ENABLE TRIGGER USER")
    audit.record(Someone(), "tea.make", "cup", 2)
    assert list(verify()) == []
    assert sealing.seal() == 1
    audit.record(Someone(), "tea.make", "cup", 3)
    assert sealing.seal() == 1
    assert sealing.seal() == 0
    assert sorted(sealed_ids()) == list(Entry.objects.order_by("id").values_list("id", flat=True))
    assert list(verify()) == []


def test_a_checkpoint_an_hour_is_kept_beside_the_state(tmp_path: Path) -> None:
    """The worker keeps a signed checkpoint at most once an hour, and only when something is new."""
    with clock.using(clock.FrozenClock(NOW)) as frozen:
        audit.record(Someone(), "tea.make", "cup", 1)
        sealing.seal_and_keep()
        audit.record(Someone(), "tea.make", "cup", 2)
        sealing.seal_and_keep()
        assert len(list(checkpoints.kept())) == 1
        frozen.advance(timedelta(hours=1))  # type: ignore[attr-defined]
        sealing.seal_and_keep()
        frozen.advance(timedelta(hours=2))  # type: ignore[attr-defined]
        sealing.seal_and_keep()
    kept = list(checkpoints.kept())
    assert [said["seal"] for said in kept] == [1, 2]
    assert all(checkpoints.is_signed(said, [keys.private().public_key()]) for said in kept)


def test_the_key_is_for_its_owner_only(tmp_path: Path) -> None:
    """The signing key is made once and nobody else may read its file."""
    first = keys.public_pem()
    assert keys.public_pem() == first
    assert (tmp_path / keys.NAME).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [keys.NAME]
