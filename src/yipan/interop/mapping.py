"""A sender with its mappings: what its names for beds, departments and numbers mean here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet

from yipan.base.access import Actor, interface_actor
from yipan.base.network.models import Bed, Department, Ward
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
    """Implements `yipan.lines.beds.wire.Sender` for a source that has an organisation."""

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
        named = LocationAlias.objects.filter(source=self.source, location=text)
        alias = named.values_list("bed_id", flat=True).first()
        found = [alias] if alias is not None else self._by_name(location)
        if len(found) > 1:
            raise InvalidInput("location_ambiguous", location=text)
        if not found:
            raise NotFound("location_unknown", location=text)
        return found[0]

    def ward_department(self, location: PL) -> UUID | None:
        """The department of the ward of a location."""
        code = location.point_of_care
        return self._wards(code).values_list("department_id", flat=True).first() if code else None

    def department(self, service: str) -> UUID | None:
        """The department of a hospital service: as mapped, else the one of that code."""
        code = self.source.services.get(service, service)
        rows = Department.objects.filter(code=code)
        if service not in self.source.services:
            rows = rows.filter(site__organisation__path__startswith=self.path)
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

    def _by_name(self, location: PL) -> list[UUID]:
        mode, found = self.source.location_mode, list[UUID]()
        if mode != LocationMode.ALIAS:
            rows = list(self._here().filter(code=location.bed).values_list("id", "room__ward_id"))
            wards = set(self._wards(location.point_of_care or "").values_list("id", flat=True)) if rows else set()
            found = [bed for bed, ward in rows if not wards or ward in wards]
        if not found and mode == LocationMode.AUTO and location.point_of_care:
            found = self._by_label(location)
        return found

    def _by_label(self, location: PL) -> list[UUID]:
        """Beds of a label in a ward; the room decides between equal labels."""
        rows = self._here().filter(room__ward__in=self._wards(location.point_of_care or ""), label=location.bed)
        found = list(rows.values_list("id", "room__label")[:50])
        if len(found) > 1 and location.room:
            found = [row for row in found if row[1] == location.room]
        return [row[0] for row in found]

    def _wards(self, code: str) -> QuerySet[Ward]:
        here = Q(site__organisation__path__startswith=self.path)
        return Ward.objects.filter(here, Q(code=code) | Q(name=code))

    def _here(self) -> QuerySet[Bed]:
        return Bed.objects.filter(room__ward__site__organisation__path__startswith=self.path)


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
