"""Which beds a sending system may speak of."""

from __future__ import annotations

from yipan.base.access import Actor
from yipan.codecs.hl7v2.types import PL
from yipan.kernel.errors import Refused
from yipan.lines.beds.queries import facts as known
from yipan.lines.beds.queries.facts import BedPlace
from yipan.spine.wire import Sender


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
