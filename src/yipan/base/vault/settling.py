"""Before a process works with sealed columns: the keys of this database must be there, and be the right ones."""

from __future__ import annotations

from django.db import connection

from yipan.base.vault import keys
from yipan.base.vault.models import KnownKey
from yipan.kernel import clock, sealing
from yipan.kernel.errors import InvalidInput, Unavailable
from yipan.kernel.sealing import KeyRing

PROBE = "yipan"


def prepare() -> None:
    """Make the first key ring of a new installation; called before the tables are brought up to date.

    A database that has used keys already is never given new ones: what they sealed would be lost in silence.
    Raises Unavailable("key_ring_lost").
    """
    if keys.exists():
        keys.ring()
        return
    if _known():
        raise Unavailable("key_ring_lost", place=keys.place(), keys=", ".join(sorted(_known())))
    keys.make()


def settle() -> None:
    """Check the ring against the database and write down a new key; called when the tables are up to date.

    Raises Unavailable("key_missing"), InvalidInput("key_ring_other").
    """
    ring = keys.ring()
    mark = _mark(ring)
    for known in KnownKey.objects.order_by("first_seen_at"):
        ring.key(known.pk)
        try:
            same = known.probe == PROBE and bytes(known.index_digest) == mark
        except InvalidInput:
            same = False
        if not same:
            raise InvalidInput("key_ring_other", place=keys.place(), key=known.pk)
    note_active(ring)


def note_active(ring: KeyRing) -> None:
    """Write down the key that seals now."""
    key = ring.key(ring.active)
    if not KnownKey.objects.filter(pk=key.id).exists():
        fresh = KnownKey(
            id=key.id,
            algorithm=str(key.algorithm),
            first_seen_at=clock.now(),
            probe=PROBE,
            index_digest=_mark(ring),
        )
        KnownKey.objects.bulk_create([fresh], ignore_conflicts=True)


def _mark(ring: KeyRing) -> bytes:
    return sealing.digest(ring, "vault.index", PROBE)


def _known() -> set[str]:
    if KnownKey._meta.db_table not in connection.introspection.table_names():
        return set()
    return set(KnownKey.objects.values_list("pk", flat=True))
