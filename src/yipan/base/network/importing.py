"""Write a checked network into the database: an upsert by code, in one transaction, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, ProtectedError, RestrictedError

from yipan.base import audit
from yipan.base.audit.journal import SomeActor
from yipan.base.network import hooks, paths, validate
from yipan.base.network.changes import Changed, Changes, TableChanges, compare
from yipan.base.network.files import RawNetwork
from yipan.base.network.models import NetworkVersion, Organisation, Policy
from yipan.base.network.rows import TABLES, NetworkFile, Row
from yipan.base.network.schema import SCHEMA
from yipan.base.network.stored import STORES, Keys, snapshot, snapshot_with_keys
from yipan.kernel import clock
from yipan.kernel.errors import Conflict

BATCH = 2000
Progress = Callable[[str, int], None]
"""Told (table, rows to write) before each table is written."""


def preview(raw: RawNetwork, *, replace: bool = False) -> tuple[NetworkFile, Changes]:
    """Check a source against the stored network and say what an import would do; writes nothing.

    Raises InvalidFile with every problem.
    """
    stored = snapshot()
    network = validate.check(raw, stored, replace=replace)
    return network, compare(stored, network, replace=replace)


def import_raw(
    raw: RawNetwork, *, actor: SomeActor, replace: bool = False, dry_run: bool = False, progress: Progress | None = None
) -> Changes:
    """Check a source and write it. With `dry_run` everything is tried and then undone.

    Raises InvalidFile with every problem, or Conflict("network_removal_refused") when a row to remove is in use.
    """
    with transaction.atomic():
        NetworkVersion.lock()
        stored, keys = snapshot_with_keys()
        network = validate.check(raw, stored, replace=replace)
        changes = compare(stored, network, replace=replace)
        write(changes, keys, actor=actor, progress=progress)
        if changes:
            audit.record(actor, "network.imported", "network", "network", data=changes.summary())
        hooks.run_after_import()
        if dry_run:
            transaction.set_rollback(True)
    return changes


def import_network(network: NetworkFile, *, actor: SomeActor, progress: Progress | None = None) -> Changes:
    """Write a network made by a program (the demo, an adapter), with the same checks as a file."""
    from yipan.base.network.exporting import to_raw

    return import_raw(to_raw(network), actor=actor, progress=progress)


def write(changes: Changes, keys: Keys, *, actor: SomeActor, progress: Progress | None = None) -> None:
    """Write changes that were compared in this transaction; `keys` are the stored primary keys, and grow.

    Raises Conflict("network_removal_refused") when a row to remove is in use.
    """
    for name in TABLES:
        table = changes.table(name)
        if progress and table:
            progress(name, len(table.added) + len(table.changed) + len(table.removed))
        if name == "organisations":
            _write_organisations(table, keys)
        else:
            _add(name, table.added, keys)
            _change(name, table.changed, keys)
    for name in reversed(TABLES):
        _remove(name, changes.table(name).removed, keys)
    for code, body in changes.policy.items():
        add_policy(keys["organisations"][(code,)], dict(body), actor)


def add_policy(organisation_id: Any, body: dict[str, Any], actor: SomeActor, evidence: str = "") -> Policy:
    """Write the next version of an organisation's policy."""
    newest = Policy.objects.filter(organisation_id=organisation_id).order_by("-version").first()
    return Policy.objects.create(
        organisation_id=organisation_id,
        version=newest.version + 1 if newest else 1,
        body=body,
        edited_by=actor.name,
        edited_at=clock.now(),
        evidence=evidence,
    )


def _write_organisations(table: TableChanges, keys: Keys) -> None:
    """Organisations need their parents' keys and the paths of the whole tree."""
    if not table:
        return
    everyone = {organisation.code: organisation for organisation in Organisation.objects.all()}
    fresh = [Organisation(code=row.code) for row in table.added]  # type: ignore[union-attr]
    everyone |= {organisation.code: organisation for organisation in fresh}
    keys["organisations"].update({(o.code,): o.pk for o in fresh})
    store = STORES["organisations"]
    for row in (*table.added, *(change.after for change in table.changed)):
        for attribute, value in store.values(row, ("name", "name_en", "kind", "parent"), keys).items():
            setattr(everyone[SCHEMA["organisations"].key_of(row)[0]], attribute, value)
    paths.arrange(list(everyone.values()))
    Organisation.objects.bulk_create(sorted(fresh, key=lambda o: o.path), batch_size=BATCH)
    Organisation.objects.bulk_update(
        [o for o in everyone.values() if o not in fresh], ["name", "name_en", "kind", "parent", "path"], BATCH
    )


def _add(name: str, rows: Sequence[Row], keys: Keys) -> None:
    if not rows:
        return
    table, store = SCHEMA[name], STORES[name]
    columns = [column.name for column in table.columns]
    objects = [store.model(**store.values(row, columns, keys)) for row in rows]
    store.model._default_manager.bulk_create(objects, batch_size=BATCH)
    keys[name].update({table.key_of(row): made.pk for row, made in zip(rows, objects, strict=True)})


def _change(name: str, changed: Sequence[Changed], keys: Keys) -> None:
    """Update only the columns that differ somewhere."""
    table, store = SCHEMA[name], STORES[name]
    columns = sorted({column for change in changed for column in change.columns})
    for start in range(0, len(changed), BATCH):
        batch = changed[start : start + BATCH]
        values = [store.values(change.after, columns, keys) for change in batch]
        update_rows(store.model, [keys[name][table.key_of(change.after)] for change in batch], values)


def update_rows(model: type[Model], pks: Sequence[Any], values: Sequence[dict[str, Any]]) -> None:
    """Set attributes of many rows in one statement: an array a column, which is quick where CASE a row is not."""
    meta = model._meta
    attributes = [field for field in meta.concrete_fields if values and field.attname in values[0]]
    pk = meta.pk
    assert pk is not None
    quote = connection.ops.quote_name
    arrays = ", ".join(f"unnest(%s::{field.rel_db_type(connection)}[])" for field in (pk, *attributes))
    sets = ", ".join(f"{quote(str(f.column))} = new.{quote(f.attname)}" for f in attributes)
    names = ", ".join(quote(f.attname) for f in (pk, *attributes))
    sql = f"""
        UPDATE {quote(meta.db_table)} SET {sets}
        FROM (SELECT {arrays}) AS new ({names})
        WHERE {quote(meta.db_table)}.{quote(str(pk.column))} = new.{quote(pk.attname)}
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(pks), *([row[f.attname] for row in values] for f in attributes)])


def _remove(name: str, rows: Sequence[Row], keys: Keys) -> None:
    """Delete, unless something refers to one of the rows: then the whole import is refused."""
    table, store = SCHEMA[name], STORES[name]
    for start in range(0, len(rows), BATCH):
        wanted = {keys[name][table.key_of(row)]: " ".join(table.key_of(row)) for row in rows[start : start + BATCH]}
        try:
            store.model._default_manager.filter(pk__in=wanted).delete()
        except (ProtectedError, RestrictedError) as error:
            blocking = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
            raise Conflict("network_removal_refused", table=name, count=len(blocking)) from error
