"""The catalogue: what can be ordered, and where it is done."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet

from yipan.base.access import Actor
from yipan.lines.exams.models import Device, ExamItem


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
