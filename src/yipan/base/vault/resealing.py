"""Bringing every sealed value under the active key: in batches, beside everything else, and on from where it stopped.

Each batch is one transaction that also writes down how far it came. Rows that are written meanwhile are sealed with
the active key anyway. An old key stays on the ring for as long as a backup may hold values that only it opens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from yipan.base.vault import keys
from yipan.base.vault.fields import Sealed, SealedField
from yipan.base.vault.models import Reseal
from yipan.base.vault.settling import note_active
from yipan.kernel import clock, sealing

BATCH = 500


@dataclass(frozen=True, slots=True)
class InUse:
    """How many values of one column one key opens."""

    key: str
    column: str
    values: int


_tell: Callable[[str, int], None] | None = None


def tell_with(tell: Callable[[str, int], None]) -> None:
    """Let `tell(table, rows)` hear of each batch in its transaction: a journal above this room writes it down."""
    global _tell
    _tell = tell


def sealed_models() -> Iterator[tuple[type[models.Model], list[SealedField]]]:
    """Every model with sealed columns, and these, in the order of their tables."""
    for model in sorted(apps.get_models(), key=lambda m: m._meta.db_table):
        fields = [f for f in model._meta.concrete_fields if isinstance(f, SealedField)]
        if fields and model._meta.label != "vault.KnownKey":
            yield model, fields


def begin() -> str:
    """Ask for every table to be brought under the active key; returns its identifier. Asking again begins anew."""
    ring = keys.ring()
    note_active(ring)
    now = clock.now()
    for model, _ in sealed_models():
        fresh = {"after": "", "rows": 0, "started_at": now, "done_at": None}
        Reseal.objects.update_or_create(table=model._meta.db_table, key=ring.active, defaults=fresh)
    return ring.active


def advance(most: int = 20 * BATCH) -> int:
    """Go on with what was begun for the active key, for about `most` rows; returns how many rows were looked at."""
    done = 0
    active = keys.ring().active
    for model, fields in sealed_models():
        while done < most:
            looked = _batch(model, fields, active)
            if looked is None:
                break
            done += looked
    return done


def work_left() -> bool:
    """Whether a change of keys is under way."""
    return Reseal.objects.filter(key=keys.ring().active, done_at=None).exists()


def in_use() -> list[InUse]:
    """Which keys the values of every column need; reads the tables whole."""
    found: list[InUse] = []
    for model, fields in sealed_models():
        for field in fields:
            with connection.cursor() as cursor:
                column, table = _quoted(field.column), _quoted(model._meta.db_table)
                cursor.execute(
                    f"SELECT encode(substring({column} FROM 3 FOR 4), 'hex'), count(*) FROM {table}"
                    f" WHERE length({column}) > 0 GROUP BY 1 ORDER BY 1"
                )
                found += [InUse(key, field.label, n) for key, n in cursor.fetchall()]
    return found


@transaction.atomic
def _batch(model: type[models.Model], fields: list[SealedField], active: str) -> int | None:
    """Look at the next rows of a table; None when nothing is left of it, or somebody else is at it."""
    mark = Reseal.objects.select_for_update(skip_locked=True).filter(
        table=model._meta.db_table, key=active, done_at=None
    )
    state = mark.first()
    if state is None:
        return None
    rows = model._default_manager.order_by("pk").select_for_update(of=("self",))
    if state.after:
        rows = rows.filter(pk__gt=state.after)
    named = {f.name for f in fields} | {model._meta.get_field(n).name for f in fields for n in f.row if n != "pk"}
    found = list(rows.only(*named)[:BATCH])
    _reseal(model, fields, found, active)
    if len(found) < BATCH:
        state.done_at = clock.now()
    if found:
        if _tell is not None:
            _tell(model._meta.db_table, len(found))
        state.after, state.rows = str(found[-1].pk), state.rows + len(found)
    state.save()
    return len(found)


def _reseal(model: type[models.Model], fields: list[SealedField], rows: list[Any], active: str) -> None:
    for field in fields:
        fresh = []
        for row in rows:
            value = row.__dict__.get(field.attname)
            if isinstance(value, Sealed) and sealing.key_of(value.data) != active:
                sealed = field.seal(row, getattr(row, field.attname))
                fresh.append((sealed.data if isinstance(sealed, Sealed) else sealed, row.pk))
        if fresh:
            table, column, pk = (_quoted(n) for n in (model._meta.db_table, field.column, model._meta.pk.column))
            with connection.cursor() as cursor:
                cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE {pk} = %s", fresh)


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(name or "")
