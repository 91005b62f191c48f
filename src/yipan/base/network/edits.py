"""Changes that people make on the pages of the network: access, the checks of an import, one audit entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from yipan.base import audit
from yipan.base.network import importing, policies, validate
from yipan.base.network.actors import Actor
from yipan.base.network.changes import Changes, compare
from yipan.base.network.exporting import cells_of
from yipan.base.network.files import RawNetwork, RawRow, RawTable
from yipan.base.network.models import Bed, Department, NetworkVersion, Organisation, Policy, Site, Ward
from yipan.base.network.queries import policies_above
from yipan.base.network.schema import SCHEMA
from yipan.base.network.stored import STORES, part
from yipan.kernel.errors import NotFound

VIEW, EDIT, POLICY = "network.view", "network.edit", "network.policy"

EDITABLE: dict[str, tuple[str, ...]] = {
    "organisations": ("name", "name_en"),
    "sites": ("name", "name_en", "latitude", "longitude", "time_zone"),
    "specialties": ("name", "name_en"),
    "departments": ("name", "name_en"),
    "wards": ("name", "name_en", "building", "floor", "nurses_total", "emergency_reserve", "turnover_minutes"),
    "competences": ("nurses_qualified",),
    "rooms": ("sex_policy", "isolation", "age_min", "age_max"),
    "beds": ("label", "department", "oxygen", "monitor", "ventilator", "level_of_care"),
    "alliances": ("rank",),
    "similarities": ("similarity",),
    "walks": ("minutes",),
    "roads": ("minutes",),
}
RELATIONS = frozenset({"competences", "alliances", "similarities", "walks", "roads"})
"""Tables whose rows a page may add and remove; places come and go by import only."""

NEEDED: dict[str, tuple[str, ...]] = {
    "organisations": ("organisations",),
    "sites": ("organisations", "sites"),
    "specialties": ("specialties",),
    "departments": ("sites", "specialties", "departments"),
    "wards": ("sites", "departments", "wards", "competences"),
    "competences": ("specialties", "wards", "competences"),
    "rooms": ("wards", "rooms"),
    "beds": ("departments", "wards", "rooms", "beds"),
    "alliances": ("departments", "alliances"),
    "similarities": ("specialties", "similarities"),
    "walks": ("wards", "walks"),
    "roads": ("sites", "roads"),
}
"""What has to be read to check an edit of a table: what it points to, and what its rules compare."""


def require_whole(actor: Actor, verb: str) -> None:
    """What concerns everybody (specialties, imports) needs the verb at the top of every tree. Raises Refused."""
    for path in Organisation.objects.filter(parent=None).values_list("path", flat=True):
        actor.require(verb, path)
    actor.require(verb)


def require_owner(actor: Actor, table: str, code: str) -> None:
    """The right to edit the rows of a table that belong to this place, also when nothing is given to change.

    Raises Refused, NotFound.
    """
    path = _path(table, (code,))
    if path is None:
        require_whole(actor, EDIT)
    else:
        actor.require(EDIT, path)


def edit(
    *, actor: Actor, table: str, rows: Sequence[Mapping[str, str]], remove: Sequence[tuple[str, ...]] = ()
) -> Changes:
    """Write cells into rows named by their key columns; relations may be new, or removed by their key.

    Columns that are not given keep their value; columns that no page edits are left alone.
    Raises Refused, NotFound, or InvalidFile whose problems name the row (counted from 2, as in `rows`) and column.
    """
    with transaction.atomic():
        NetworkVersion.lock()
        paths = {_path(table, key) for key in (*(_key(table, row) for row in rows), *remove)}
        for path in paths:
            if path is None:
                require_whole(actor, EDIT)
            else:
                actor.require(EDIT, path)
        _remove(table, remove)
        stored, keys = part(NEEDED[table])
        known = {SCHEMA[table].key_of(row): row for row in stored.table(table)}
        raw = RawTable(SCHEMA[table].file)
        for number, given in enumerate(rows, start=2):
            row = known.get(_key(table, given))
            if row is None and table not in RELATIONS:
                raise NotFound("network_object_unknown")
            allowed = (*EDITABLE[table], *SCHEMA[table].key)
            cells = {name: text for name, text in given.items() if name in allowed}
            raw.rows.append(RawRow(number, (cells_of(table, row) if row else {}) | cells))
        changes = compare(stored, validate.check(RawNetwork(tables={table: raw}), stored))
        importing.write(changes, keys, actor=actor)
        for path in sorted(paths, key=str):
            _record(actor, table, path, changes, remove)
    return changes


def set_policy(*, actor: Actor, organisation: Organisation, body: Mapping[str, Any], evidence: str = "") -> Policy:
    """Write the next version of an organisation's policy: the keys it decides itself, and what the edit rests on.

    Raises Refused, or InvalidInput("policy_invalid", problems=[…]); the keys must also be usable together with those
    of the organisations above.
    """
    actor.require(POLICY, organisation.path)
    policies.read(body)
    with transaction.atomic():
        NetworkVersion.lock()
        merged: dict[str, Any] = {}
        for row in policies_above(organisation.path):
            if row.organisation_id != organisation.pk:
                merged = policies.overlay(merged, row.body)
        policies.read(policies.overlay(merged, body))
        policy = importing.add_policy(organisation.pk, dict(body), actor, evidence)
        audit.record(
            actor,
            "network.policy",
            "organisation",
            organisation.pk,
            path=organisation.path,
            data={"version": policy.version, "body": policy.body} | ({"evidence": evidence} if evidence else {}),
        )
    return policy


def import_upload(*, actor: Actor, raw: RawNetwork, replace: bool) -> Changes:
    """Import what somebody uploaded on a page. Raises Refused, InvalidFile or Conflict; then nothing was written."""
    require_whole(actor, EDIT)
    return importing.import_raw(raw, actor=actor, replace=replace)


def _key(table: str, row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row.get(name, "").strip() for name in SCHEMA[table].key)


def _path(table: str, key: tuple[str, ...]) -> str | None:
    """The organisation that decides about a row; None when the whole network does. Raises NotFound."""
    found: QuerySet[Any, str]
    match table:
        case "specialties" | "similarities":
            return None
        case "organisations":
            found = Organisation.objects.filter(code=key[0]).values_list("path", flat=True)
        case "sites" | "roads":
            found = Site.objects.filter(code=key[0]).values_list("organisation__path", flat=True)
        case "departments" | "alliances":
            found = Department.objects.filter(code=key[0]).values_list("site__organisation__path", flat=True)
        case "beds":
            found = Bed.objects.filter(code=key[0]).values_list("room__ward__site__organisation__path", flat=True)
        case _:
            found = Ward.objects.filter(code=key[0]).values_list("site__organisation__path", flat=True)
    path = found.first()
    if path is None:
        raise NotFound("network_object_unknown")
    return path


def _remove(table: str, wanted: Sequence[tuple[str, ...]]) -> None:
    if wanted and table not in RELATIONS:
        raise NotFound("network_object_unknown")
    store = STORES[table]
    for key in wanted:
        columns = zip(SCHEMA[table].key, key, strict=True)
        found = store.model._default_manager.filter(**{store.paths[column]: code for column, code in columns})
        found.delete()


def _record(actor: Actor, table: str, path: str | None, changes: Changes, removed: Sequence[tuple[str, ...]]) -> None:
    """One entry for each organisation concerned, with old and new values."""
    done = changes.table(table)
    data: dict[str, Any] = {
        "changed": [
            {
                "key": list(SCHEMA[table].key_of(change.after)),
                **{c: [getattr(change.before, c), getattr(change.after, c)] for c in change.columns},
            }
            for change in done.changed
        ],
        "added": [asdict(row) for row in done.added],
        "removed": [list(key) for key in removed],
    }
    if any(data.values()):
        audit.record(actor, "network.edited", table, "network", path=path or "", data=data)
