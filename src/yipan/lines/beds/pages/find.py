"""What the search field of every page finds in the bed pool."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yipan.lines.beds.queries import find
from yipan.ui.search import Hit


def places(request: HttpRequest, text: str) -> Iterator[Hit]:
    """Wards, then beds, with the site they are in; registered by `line.announce`."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.may("beds.view"):
        return
    for ward in find.wards(actor, text):
        yield Hit(_("Wards"), ward.label, reverse("ward", args=[ward.id]), ward.site.label, "building-2")
    for bed in find.beds(actor, text):
        ward = bed.room.ward
        detail = f"{ward.label} · {ward.site.label}"
        yield Hit(_("Beds"), bed.label, reverse("bed", args=[bed.id]), detail, "bed")
