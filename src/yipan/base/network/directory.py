"""What the beds, wards and departments of a subtree are called: read once for each version of the network."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from yipan.base import unit
from yipan.base.network.models import Bed, Department, Ward
from yipan.base.network.models.version import current_version


class NamedBed(NamedTuple):
    """A bed with the label of its room."""

    id: UUID
    ward_id: UUID
    room: str


@dataclass(slots=True)
class Directory:
    """Names in one subtree. A ward is found by its code and by its name."""

    beds: dict[str, list[NamedBed]] = field(default_factory=lambda: defaultdict(list))
    labels: dict[tuple[UUID, str], list[NamedBed]] = field(default_factory=lambda: defaultdict(list))
    wards: dict[str, dict[UUID, UUID]] = field(default_factory=lambda: defaultdict(dict))
    departments: dict[str, UUID] = field(default_factory=dict)

    def beds_called(self, code: str) -> list[NamedBed]:
        return self.beds.get(code, [])

    def beds_labelled(self, ward_id: UUID, label: str) -> list[NamedBed]:
        return self.labels.get((ward_id, label), [])

    def wards_called(self, name: str) -> dict[UUID, UUID]:
        """Wards of a code or name, each with its department."""
        return self.wards.get(name, {})


class _Version:
    """The version of the network, asked once in a unit of work."""

    def __init__(self) -> None:
        self.number = current_version()


def directory(path: str) -> Directory:
    """The names of an organisation and everything below it."""
    return _read(path, unit.facts(_Version).number)


@lru_cache(maxsize=64)
def _read(path: str, version: int) -> Directory:
    made = Directory()
    beds = Bed.objects.filter(room__ward__site__organisation__path__startswith=path)
    for bed_id, code, label, room, ward in beds.order_by("id").values_list(
        "id", "code", "label", "room__label", "room__ward_id"
    ):
        named = NamedBed(bed_id, ward, room)
        made.beds[code].append(named)
        made.labels[ward, label].append(named)
    wards = Ward.objects.filter(site__organisation__path__startswith=path).order_by("id")
    for ward_id, code, name, department in wards.values_list("id", "code", "name", "department_id"):
        made.wards[code][ward_id] = made.wards[name][ward_id] = department
    departments = Department.objects.filter(site__organisation__path__startswith=path).order_by("-id")
    made.departments.update(departments.values_list("code", "id"))
    return made
