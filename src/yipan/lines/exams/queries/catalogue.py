"""The catalogue: what can be ordered, and where it is done."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from yipan.base.access import Actor
from yipan.lines.exams.models import Device, ExamItem, Technician
from yipan.lines.exams.queries.files import CatalogueFile, DeviceRow, ItemRow, TechnicianRow


def items(actor: Actor, *, text: str = "", category: str = "") -> QuerySet[ExamItem]:
    """Items in use with the devices that do them, by category and code. Raises Refused."""
    actor.require("exams.view")
    working = Device.objects.filter(in_use=True).select_related("capacity__site")
    rows = ExamItem.objects.filter(in_use=True).prefetch_related(Prefetch("devices", working))
    if category:
        rows = rows.filter(category=category)
    for word in text.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(name_en__icontains=word) | Q(code__icontains=word) | Q(loinc__istartswith=word)
        )
    return rows


def as_file(actor: Actor) -> CatalogueFile:
    """The whole catalogue as rows of files, by code: what is exported imports again. Raises Refused."""
    actor.require("exams.view")
    devices = Device.objects.select_related("department").prefetch_related("items").order_by("code")
    staff = Technician.objects.select_related("practitioner__department").prefetch_related("items")
    return CatalogueFile(
        items=tuple(
            ItemRow(**{n: _plain(getattr(row, n)) for n in ItemRow.__dataclass_fields__})
            for row in ExamItem.objects.order_by("code")
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
    )  # fmt: skip


def _codes(row: Device | Technician) -> tuple[str, ...]:
    return tuple(sorted(item.code for item in row.items.all()))


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
