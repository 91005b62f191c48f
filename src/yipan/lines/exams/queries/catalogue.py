"""The catalogue: what can be ordered, and where it is done."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet

from yipan.base.access import Actor, scope
from yipan.base.network.models import Organisation, Site
from yipan.lines.exams.models import CriticalFinding, CriticalRule, Device, ExamItem, ItemCode, Technician
from yipan.lines.exams.queries.files import (
    CatalogueFile,
    DeviceRow,
    FindingRow,
    ItemRow,
    LimitRow,
    TechnicianRow,
)


def items(actor: Actor, *, text: str = "", category: str = "") -> QuerySet[ExamItem]:
    """Items in use, by category and code. Raises Refused."""
    actor.require("exams.view")
    rows = ExamItem.objects.filter(in_use=True)
    if category:
        rows = rows.filter(category=category)
    for word in text.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(name_en__icontains=word) | Q(code__icontains=word) | Q(loinc__istartswith=word)
        )
    return rows


def places(item_ids: Collection[UUID]) -> dict[UUID, list[Site]]:
    """Item → the sites with a device in use that does it, by code."""
    links: Any = Device.items.through
    pairs = links.objects.filter(device__in_use=True, examitem_id__in=item_ids)
    by = pairs.values_list("examitem_id", "device__capacity__site_id").distinct()
    sites = Site.objects.in_bulk({site for _, site in by})
    told: dict[UUID, list[Site]] = {}
    for item, site in by:
        told.setdefault(item, []).append(sites[site])
    return {item: sorted(found, key=lambda site: site.code) for item, found in told.items()}


def codes(item_id: UUID) -> list[ItemCode]:
    """What senders call an item: everybody first, then by organisation."""
    rows = ItemCode.objects.filter(item_id=item_id).select_related("organisation")
    return list(rows.order_by(F("organisation__path").asc(nulls_first=True), "system", "code"))


def owners(actor: Actor) -> list[Organisation]:
    """Organisations for whose systems the actor may say what they call an item."""
    return list(Organisation.objects.filter(scope(actor, "exams.catalogue", "path")).order_by("path"))


def as_file(actor: Actor) -> CatalogueFile:
    """The whole catalogue as rows of files, by code: what is exported imports again. Raises Refused."""
    actor.require("exams.view")
    devices = Device.objects.select_related("department").prefetch_related("items").order_by("code")
    staff = Technician.objects.select_related("practitioner__department").prefetch_related("items")
    return CatalogueFile(
        items=tuple(
            ItemRow(**_cells(row, ItemRow)) for row in ExamItem.objects.order_by("code")
        ),
        devices=tuple(
            DeviceRow(
                row.code, row.department.code, row.name, row.name_en, row.modality, row.ae_title, row.hours,
                _codes(row), row.in_use,
            )
            for row in devices
        ),
        technicians=tuple(
            TechnicianRow(
                row.practitioner.code, row.practitioner.department.code if row.practitioner.department else "",
                row.practitioner.name, row.practitioner.name_en, row.hours, _codes(row), row.in_use,
            )
            for row in staff.order_by("practitioner__code")
        ),
        findings=tuple(FindingRow(**_cells(row, FindingRow)) for row in CriticalFinding.objects.order_by("code")),
        limits=tuple(LimitRow(**_cells(row, LimitRow)) for row in CriticalRule.objects.order_by("loinc")),
    )  # fmt: skip


def _cells(row: Model, kind: type[ItemRow | FindingRow | LimitRow]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in kind.__dataclass_fields__}


def _codes(row: Device | Technician) -> tuple[str, ...]:
    return tuple(sorted(item.code for item in row.items.all()))


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
