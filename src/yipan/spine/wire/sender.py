"""What a mapping has to know about the system that sent a message."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from yipan.codecs.hl7v2.types import PL


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
