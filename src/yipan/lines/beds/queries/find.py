"""Wards and beds by what people call them: "神外二 17", "NSU2", "17"."""

from __future__ import annotations

from django.db.models import Q

from yipan.base.access import Actor, scope
from yipan.base.network.models import Bed, Ward

FEW = 8


def _named(prefix: str, word: str) -> Q:
    """Rows whose ward or site carries the word in a name or code."""
    fields = ("name", "name_en", "code", "site__name", "site__name_en")
    condition = Q()
    for field in fields:
        condition |= Q(**{f"{prefix}{field}__icontains": word})
    return condition


def wards(actor: Actor, text: str, limit: int = FEW) -> list[Ward]:
    """Wards in the actor's scope (`beds.view`) that match every word."""
    rows = Ward.objects.filter(scope(actor, "beds.view", "site__organisation__path")).select_related("site")
    for word in text.split():
        rows = rows.filter(_named("", word))
    return list(rows.order_by("site__code", "code")[:limit])


def beds(actor: Actor, text: str, limit: int = FEW) -> list[Bed]:
    """Beds in the actor's scope: the last word is the bed's label or code, the others name its ward or site."""
    *place, label = text.split()
    rows = Bed.objects.filter(scope(actor, "beds.view", "room__ward__site__organisation__path"))
    rows = rows.filter(Q(label__iexact=label) | Q(code__iexact=label)).select_related("room__ward__site")
    for word in place:
        rows = rows.filter(_named("room__ward__", word))
    return list(rows.order_by("room__ward__site__code", "room__ward__code", "label")[:limit])
