"""Taking a catalogue in from files: items, devices, technicians and what counts as critical, all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.access.models import Practitioner
from yipan.base.network import edits
from yipan.base.network.files import RawNetwork
from yipan.base.network.models import Department
from yipan.lines.exams.models import CriticalFinding, CriticalRule, Device, ExamItem, Technician
from yipan.lines.exams.models.resources import DEVICE, TECHNICIAN
from yipan.lines.exams.queries import files
from yipan.lines.exams.queries.files import CatalogueFile, DeviceRow, Known, Row, TechnicianRow
from yipan.spine import capacities
from yipan.spine.models import Capacity

VERB = "exams.catalogue"
BATCH = 2000


def import_catalogue(
    *, actor: Actor, raw: RawNetwork, replace: bool = False, dry_run: bool = False
) -> dict[str, dict[str, int]]:
    """Check a source whole and write it, by code; return how many rows of each table were added, changed and retired.

    With `replace`, what the given tables do not hold is out of use from now on; nothing is ever removed. With `dry_run`
    everything is tried and undone. Raises Refused, InvalidFile with every problem.
    """
    edits.require_whole(actor, VERB)
    with transaction.atomic():
        departments = dict(Department.objects.values_list("code", "pk"))
        catalogue = files.check(raw, _known(departments))
        told = {
            "items": _rows(ExamItem, catalogue.items, replace),
            "devices": _devices(catalogue, departments, replace),
            "technicians": _technicians(catalogue, departments, replace),
            "findings": _rows(CriticalFinding, catalogue.findings, replace),
            "limits": _rows(CriticalRule, catalogue.limits, replace),
        }
        told = {name: counts for name, counts in told.items() if name in catalogue.given}
        if any(any(counts.values()) for counts in told.values()):
            audit.record(actor, "exams.catalogue", "network", "catalogue", data=told)
        if dry_run:
            transaction.set_rollback(True)
    return told


def _known(departments: Mapping[str, UUID]) -> Known:
    titles = Device.objects.exclude(ae_title="").values_list("ae_title", "code")
    return Known(frozenset(ExamItem.objects.values_list("code", flat=True)), frozenset(departments), dict(titles))


def _rows(model: type[Model], rows: Sequence[Row], replace: bool) -> dict[str, int]:
    """Write rows that stand for themselves, each under the first of its columns."""
    if not rows:
        return {"added": 0, "changed": 0, "retired": 0}
    key, *others = files.columns_of(rows[0])
    stored = {getattr(row, key): row for row in model._default_manager.all()}
    added, changed = [], []
    for row in rows:
        values = asdict(row)
        known = stored.get(values[key])
        if known is None:
            added.append(model(**values))
        elif _set(known, values):
            changed.append(known)
    model._default_manager.bulk_create(added, batch_size=BATCH)
    model._default_manager.bulk_update(changed, others, BATCH)
    retired = _retire(model, key, [getattr(row, key) for row in rows]) if replace else 0
    return {"added": len(added), "changed": len(changed), "retired": retired}


def _devices(catalogue: CatalogueFile, departments: Mapping[str, UUID], replace: bool) -> dict[str, int]:
    stored = {row.code: row for row in Device.objects.select_related("capacity")}
    fresh = [row for row in catalogue.devices if row.code not in stored]
    places = _capacities(DEVICE, fresh, departments)
    added = [
        Device(capacity=place, department_id=departments[row.department], **_own(row))
        for row, place in zip(fresh, places, strict=True)
    ]
    Device.objects.bulk_create(added, batch_size=BATCH)
    changed = []
    for row in catalogue.devices:
        if (known := stored.get(row.code)) is not None and _set(
            known, {**_own(row), "department_id": departments[row.department]}
        ):
            changed.append(known)
            _move(known.capacity, departments[row.department])
    columns = ["name", "name_en", "modality", "ae_title", "hours", "in_use", "department_id"]
    Device.objects.bulk_update(changed, columns, BATCH)
    owners = {row.code: row.pk for row in (*stored.values(), *added)}
    relinked = _link(Device, "device_id", {owners[row.code]: row.items for row in catalogue.devices})
    retired = _retire(Device, "code", [r.code for r in catalogue.devices]) if replace and catalogue.devices else 0
    also = len(relinked - {row.pk for row in (*changed, *added)})
    return {"added": len(added), "changed": len(changed) + also, "retired": retired}


def _technicians(catalogue: CatalogueFile, departments: Mapping[str, UUID], replace: bool) -> dict[str, int]:
    people = _people(catalogue.technicians, departments)
    stored = {row.practitioner.code: row for row in Technician.objects.select_related("practitioner", "capacity")}
    fresh = [row for row in catalogue.technicians if row.code not in stored]
    places = _capacities(TECHNICIAN, fresh, departments)
    added = [
        Technician(capacity=place, practitioner_id=people[row.code], hours=row.hours, in_use=row.in_use)
        for row, place in zip(fresh, places, strict=True)
    ]
    Technician.objects.bulk_create(added, batch_size=BATCH)
    changed = []
    for row in catalogue.technicians:
        if (known := stored.get(row.code)) is not None:
            if _set(known, {"hours": row.hours, "in_use": row.in_use}):
                changed.append(known)
            _move(known.capacity, departments[row.department])
    Technician.objects.bulk_update(changed, ["hours", "in_use"], BATCH)
    owners = {code: row.pk for code, row in stored.items()} | {
        row.code: made.pk for row, made in zip(fresh, added, strict=True)
    }
    relinked = _link(Technician, "technician_id", {owners[row.code]: row.items for row in catalogue.technicians})
    codes = [row.code for row in catalogue.technicians]
    retired = _retire(Technician, "practitioner__code", codes) if replace and codes else 0
    also = len(relinked - {row.pk for row in (*changed, *added)})
    return {"added": len(added), "changed": len(changed) + also, "retired": retired}


def _people(rows: Sequence[TechnicianRow], departments: Mapping[str, UUID]) -> dict[str, UUID]:
    """Who works the devices, by code; those who are not known yet are written."""
    known = dict(Practitioner.objects.filter(code__in=[r.code for r in rows]).values_list("code", "pk"))
    fresh = [
        Practitioner(code=r.code, name=r.name, name_en=r.name_en, department_id=departments[r.department])
        for r in rows
        if r.code not in known
    ]
    Practitioner.objects.bulk_create(fresh, batch_size=BATCH)
    return known | {p.code: p.pk for p in fresh}


def _own(row: DeviceRow) -> dict[str, Any]:
    return {k: v for k, v in asdict(row).items() if k not in ("department", "items")}


def _set(known: Model, values: Mapping[str, Any]) -> bool:
    """Give a stored row its values; whether any was another one before."""
    differs = [name for name, value in values.items() if not _same(getattr(known, name), value)]
    for name in differs:
        setattr(known, name, values[name])
    return bool(differs)


def _same(before: Any, after: Any) -> bool:
    return float(before) == after if isinstance(after, float) else before == after


def _capacities(
    kind: str, rows: Sequence[DeviceRow | TechnicianRow], departments: Mapping[str, UUID]
) -> list[Capacity]:
    sites = dict(Department.objects.values_list("pk", "site_id"))
    return capacities.make_many(kind=kind, site_ids=[sites[departments[row.department]] for row in rows])


def _move(capacity: Capacity, department_id: UUID) -> None:
    """A device or a technician that belongs to a department of another site from now on."""
    site_id = Department.objects.values_list("site_id", flat=True).get(pk=department_id)
    if capacity.site_id != site_id:
        capacity.site_id = site_id
        capacity.save(update_fields=["site_id"])


def _link(model: type[Device | Technician], key: str, wanted: Mapping[UUID, Sequence[str]]) -> set[UUID]:
    """What each does from now on; return those for whom that was something else before."""
    through: Any = model.items.through
    items = dict(ExamItem.objects.values_list("code", "pk"))
    stored: dict[UUID, set[UUID]] = {pk: set() for pk in wanted}
    for owner, item in through._default_manager.filter(**{f"{key}__in": list(wanted)}).values_list(key, "examitem_id"):
        stored[owner].add(item)
    differ = {pk for pk, codes in wanted.items() if stored[pk] != {items[c] for c in codes}}
    through._default_manager.filter(**{f"{key}__in": differ}).delete()
    through._default_manager.bulk_create(
        [through(**{key: pk, "examitem_id": items[code]}) for pk in differ for code in wanted[pk]], batch_size=BATCH
    )
    return differ


def _retire(model: type[Model], field: str, codes: Sequence[str]) -> int:
    """What a whole table does not hold any more is out of use."""
    rows = model._default_manager.filter(in_use=True).exclude(**{f"{field}__in": list(codes)})
    return rows.update(in_use=False)
