"""The rounding list: an attending's patients wherever their beds are (主诊医师负责制)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from yipan.base.access import Actor
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Ward
from yipan.base.network.queries import below, travel
from yipan.kernel.errors import NotFound
from yipan.spine.models import Booking
from yipan.spine.states import Purpose, State


@dataclass(frozen=True, slots=True)
class Stop:
    """A ward on the round, the minutes to it from the one before, and the patients there."""

    ward: Ward
    minutes: float | None
    stays: list[Booking]


def attendings(actor: Actor) -> QuerySet[Practitioner]:
    """Practitioners whose rounds the actor may see (`beds.rounds`), by name."""
    where = below(actor.paths("beds.rounds"), "department__site__organisation__path")
    return Practitioner.objects.filter(where).select_related("department__site").order_by("department__code", "code")


def own_post(actor: Actor) -> Practitioner | None:
    """The practitioner that the person signed in as."""
    if actor.user_id is None:
        return None
    return Practitioner.objects.select_related("department__site").filter(user_id=actor.user_id).first()


def attending(actor: Actor, practitioner_id: UUID) -> Practitioner:
    """Raises NotFound("practitioner_unknown") for one whose round the actor may not see."""
    own = own_post(actor)
    if own is not None and own.pk == practitioner_id:
        return own
    found = attendings(actor).filter(pk=practitioner_id).first()
    if found is None:
        raise NotFound("practitioner_unknown")
    return found


def round_of(practitioner: Practitioner) -> list[Stop]:
    """The patients of an attending by ward, in an order to walk: the home site first, building by building."""
    stays = list(
        Booking.objects.select_related(
            "patient",
            "request__admission",
            "request__home_department",
            "capacity__bed__department",
            "capacity__bed__room__ward__site__organisation",
        ).filter(state=State.ACTIVE, purpose=Purpose.CARE, capacity__kind="bed", request__attending=practitioner)
    )
    by_ward: dict[UUID, list[Booking]] = {}
    for stay in stays:
        by_ward.setdefault(_ward(stay).pk, []).append(stay)
    home = practitioner.department.site_id if practitioner.department else None
    wards = sorted(
        (_ward(found[0]) for found in by_ward.values()),
        key=lambda w: (w.site_id != home, w.site.code, w.building, -w.floor, w.code),
    )
    return [
        Stop(ward, _minutes(before, ward), sorted(by_ward[ward.pk], key=_bed_label))
        for before, ward in zip(_before(wards), wards, strict=True)
    ]


def _ward(stay: Booking) -> Ward:
    ward: Ward = stay.capacity.bed.room.ward  # type: ignore[union-attr]
    return ward


def _bed_label(stay: Booking) -> str:
    return stay.capacity.bed.label  # type: ignore[union-attr]


def _before(wards: list[Ward]) -> Iterable[Ward | None]:
    return [None, *wards][: len(wards)]


def _minutes(before: Ward | None, ward: Ward) -> float | None:
    return None if before is None else travel(before, ward).minutes
