"""What the mapping has to know about the system that sent a message."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from yipan.base.access import Actor
from yipan.codecs.hl7v2.types import PL
from yipan.kernel.errors import Refused
from yipan.lines.beds.queries import facts as known
from yipan.lines.beds.queries.facts import BedPlace


class Sender(Protocol):
    """A sending system with its mappings, as an integrator describes it."""

    @property
    def path(self) -> str:
        """Path of its organisation; it may speak about beds there and below, and nowhere else."""

    @property
    def organisation_code(self) -> str:
        """Code of its organisation."""

    def bed(self, location: PL) -> UUID:
        """The bed at a location that names one. Raises NotFound("location_unknown", location=…)."""

    def ward_department(self, location: PL) -> UUID | None:
        """The department of the ward that a location names, or None."""

    def department(self, service: str) -> UUID | None:
        """The department behind a hospital service (PV1-10), or None."""

    def system(self, assigner: str, kind: str) -> str:
        """The identifier system of an assigning authority and a type of table 0203; both may be empty."""


def place_at(location: PL | None, *, source: Sender, actor: Actor) -> BedPlace | None:
    """The bed at a location, or None when it names no bed.

    Raises NotFound("location_unknown"), Refused("bed_of_other_organisation"), Refused("not_allowed_here").
    """
    if location is None or not location.bed:
        return None
    place = known.bed_place(source.bed(location))
    check_reach(place, source=source, actor=actor)
    return place


def check_reach(place: BedPlace, *, source: Sender, actor: Actor) -> None:
    """A system of hospital A speaks about beds of hospital A only."""
    if not place.path.startswith(source.path):
        raise Refused("bed_of_other_organisation", bed=place.label)
    actor.require("beds.receive", place.path, ward_id=place.ward_id)
