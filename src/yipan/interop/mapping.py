"""A sender with its mappings: what its names for beds, departments and numbers mean here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor, interface_actor
from yipan.base.network.directory import Directory, directory
from yipan.base.network.models import Bed, Department
from yipan.base.unit import Shelf
from yipan.codecs.hl7v2.types import PL
from yipan.interop.models import LocationAlias, LocationMode, Source
from yipan.kernel.errors import InvalidInput, NotFound


def location_text(location: PL | None) -> str:
    """A location as an integrator writes it: ward^room^bed; "" when there is none."""
    if location is None:
        return ""
    parts = (location.point_of_care, location.room, location.bed)
    return "^".join(p or "" for p in parts).rstrip("^")[:200]


@dataclass(frozen=True)
class Sender:
    """Implements `yipan.spine.wire.Sender` for a source that has an organisation."""

    source: Source
    name: str
    path: str
    organisation_code: str

    @cached_property
    def actor(self) -> Actor:
        """The interface that acts for this source, within its organisation."""
        return interface_actor(self.name, self.path)

    def bed(self, location: PL) -> UUID:
        """The bed at a location: by alias, else by bed code, else by ward and label in the organisation.

        An alias comes first because a person wrote it, and it may name any bed. A bed code counts only when the ward
        named beside it, if known here, is that of the bed: "12" may be a code here and a label there.
        Raises NotFound("location_unknown"), InvalidInput("location_ambiguous").
        """
        text = location_text(location)
        alias = unit.facts(Aliases).beds[self.source.pk, text]
        found = [alias] if alias is not None else self._by_name(location)
        if len(found) > 1:
            raise InvalidInput("location_ambiguous", location=text)
        if not found:
            raise NotFound("location_unknown", location=text)
        return found[0]

    def ward_department(self, location: PL) -> UUID | None:
        """The department of the ward of a location."""
        wards = self._wards(location)
        return wards[min(wards)] if wards else None

    def department(self, service: str) -> UUID | None:
        """The department of a hospital service: as mapped, else the one of that code."""
        if service not in self.source.services:
            return self._names.departments.get(service)
        rows = Department.objects.filter(code=self.source.services[service])
        return rows.values_list("id", flat=True).first()

    def system(self, assigner: str, kind: str) -> str:
        """The identifier system of an assigning authority.

        One that nobody mapped is kept apart by organisation and type: two hospitals may both call theirs HIS, and one
        HIS may number in- and outpatients alike.
        """
        mapped = self.source.assigners
        for key in (f"{assigner}:{kind}", assigner):
            if assigner and key in mapped:
                return str(mapped[key])
        return ":".join(p for p in (self.organisation_code, assigner, kind or "MR") if p)[:120]

    @property
    def _names(self) -> Directory:
        return directory(self.path)

    def _by_name(self, location: PL) -> list[UUID]:
        mode, found = self.source.location_mode, list[UUID]()
        if mode != LocationMode.ALIAS:
            rows = self._names.beds_called(location.bed or "")
            wards = self._wards(location) if rows else {}
            found = [bed.id for bed in rows if not wards or bed.ward_id in wards]
        if not found and mode == LocationMode.AUTO and location.point_of_care:
            found = self._by_label(location)
        return found

    def _by_label(self, location: PL) -> list[UUID]:
        """Beds of a label in a ward; the room decides between equal labels."""
        found = [bed for ward in self._wards(location) for bed in self._names.beds_labelled(ward, location.bed or "")]
        if len(found) > 1 and location.room:
            found = [bed for bed in found if bed.room == location.room]
        return [bed.id for bed in found]

    def _wards(self, location: PL) -> dict[UUID, UUID]:
        return self._names.wards_called(location.point_of_care) if location.point_of_care else {}


class Aliases:
    """The beds that senders call otherwise, by source and location."""

    def __init__(self) -> None:
        self.beds: Shelf[tuple[UUID, str], UUID | None] = Shelf(self._read, lambda: None)

    @staticmethod
    def _read(keys: list[tuple[UUID, str]]) -> dict[tuple[UUID, str], UUID | None]:
        rows = LocationAlias.objects.filter(source__in={k[0] for k in keys}, location__in={k[1] for k in keys})
        return {(source, text): bed for source, text, bed in rows.values_list("source_id", "location", "bed_id")}


def sender_of(source: Source) -> Sender:
    """The sender of a source. Raises InvalidInput("source_unmapped") while nobody has said whose system it is."""
    organisation = source.organisation
    if organisation is None:
        raise InvalidInput("source_unmapped", sender=source.label)
    return Sender(source, f"HL7 {source.label}"[:120], organisation.path, organisation.code)


def bed_by_code(code: str, path: str) -> Bed:
    """The bed that an integrator names by its code. Raises NotFound("bed_code_unknown")."""
    found = Bed.objects.filter(code=code.strip(), room__ward__site__organisation__path__startswith=path).first()
    if found is None:
        raise NotFound("bed_code_unknown", bed=code.strip())
    return found
