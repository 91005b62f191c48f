"""The network as plain typed rows: what files hold, what the validator checks, what the importer writes.

Text that is not given is "", a number that is not given is None. The columns are described in `schema.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    code: str
    name: str
    name_en: str
    kind: str
    parent: str


@dataclass(frozen=True, slots=True)
class SiteRow:
    """Coordinates in degrees (WGS 84)."""

    code: str
    organisation: str
    name: str
    name_en: str
    latitude: float | None
    longitude: float | None
    time_zone: str


@dataclass(frozen=True, slots=True)
class SpecialtyRow:
    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    code: str
    site: str
    specialty: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class WardRow:
    code: str
    site: str
    department: str
    name: str
    name_en: str
    building: str
    floor: int
    nurses_total: int
    emergency_reserve: int | None
    turnover_minutes: int | None


@dataclass(frozen=True, slots=True)
class CompetenceRow:
    ward: str
    specialty: str
    nurses_qualified: int


@dataclass(frozen=True, slots=True)
class RoomRow:
    """Ages in completed years, both ends included."""

    ward: str
    label: str
    sex_policy: str
    isolation: str
    age_min: int | None
    age_max: int | None


@dataclass(frozen=True, slots=True)
class BedRow:
    """`room` is the label of a room of `ward`."""

    code: str
    ward: str
    room: str
    label: str
    department: str
    oxygen: bool
    monitor: bool
    ventilator: bool
    level_of_care: str


@dataclass(frozen=True, slots=True)
class AllianceRow:
    department: str
    ally: str
    rank: int


@dataclass(frozen=True, slots=True)
class SimilarityRow:
    specialty: str
    other: str
    similarity: float


@dataclass(frozen=True, slots=True)
class WalkRow:
    from_ward: str
    to_ward: str
    minutes: float


@dataclass(frozen=True, slots=True)
class RoadRow:
    from_site: str
    to_site: str
    minutes: float


Row = (
    OrganisationRow
    | SiteRow
    | SpecialtyRow
    | DepartmentRow
    | WardRow
    | CompetenceRow
    | RoomRow
    | BedRow
    | AllianceRow
    | SimilarityRow
    | WalkRow
    | RoadRow
)

TABLES = (
    "organisations",
    "sites",
    "specialties",
    "departments",
    "wards",
    "competences",
    "rooms",
    "beds",
    "alliances",
    "similarities",
    "walks",
    "roads",
)
POLICY = "policy"


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """A network, or a part of one. `given` names the tables that the source held: the others are left as they are.

    `policy` maps the code of an organisation to the keys of the placement policy that it decides.
    """

    organisations: tuple[OrganisationRow, ...] = ()
    sites: tuple[SiteRow, ...] = ()
    specialties: tuple[SpecialtyRow, ...] = ()
    departments: tuple[DepartmentRow, ...] = ()
    wards: tuple[WardRow, ...] = ()
    competences: tuple[CompetenceRow, ...] = ()
    rooms: tuple[RoomRow, ...] = ()
    beds: tuple[BedRow, ...] = ()
    alliances: tuple[AllianceRow, ...] = ()
    similarities: tuple[SimilarityRow, ...] = ()
    walks: tuple[WalkRow, ...] = ()
    roads: tuple[RoadRow, ...] = ()
    policy: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    given: frozenset[str] = frozenset((*TABLES, POLICY))

    def table(self, name: str) -> tuple[Row, ...]:
        """The rows of a table by its name in `TABLES`."""
        rows: tuple[Row, ...] = getattr(self, name)
        return rows
