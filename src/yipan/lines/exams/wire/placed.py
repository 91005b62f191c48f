"""The order that a message speaks of."""

from __future__ import annotations

from django.db.models import QuerySet

from yipan.codecs.hl7v2.types import CWE, EI
from yipan.lines.exams.queries import mapping
from yipan.spine.models import Request


def placed_order(path: str, placer: EI | None, service: CWE | None, *, filler: EI | None = None) -> Request | None:
    """The order of this number: ours (the accession number, wherever it was ordered), or that of the system at `path`.

    One number may stand for several services; then the item decides.
    """
    numbers = [given.id for given in (placer, filler) if given is not None and given.id]
    if ours := _orders().filter(exam_order__accession__in=numbers).first():
        return ours
    theirs = orders_numbered(path, placer)
    if len(theirs) < 2:
        return next(iter(theirs), None)
    item = mapping.item_of(service, path)
    return next((row for row in theirs if item is not None and row.exam_order.item_id == item.pk), None)


def orders_numbered(path: str, placer: EI | None) -> list[Request]:
    """The orders to which the system at `path` gave this number, oldest first."""
    if placer is None or not placer.id:
        return []
    number = placer.id[:64]
    return list(
        _orders()
        .filter(exam_order__placer_number=number, site__organisation__path__startswith=path)
        .order_by("created_at")
    )


def _orders() -> QuerySet[Request]:
    joined = ("exam_order__item", "site__organisation", "home_department")
    return Request.objects.filter(line="exams").select_related(*joined)
