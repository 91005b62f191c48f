"""Who lies somewhere, told by whichever line keeps beds: for lines that look for patients to care for differently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yipan.spine import registry


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody in a bed: the request under which they lie there, where, since when, and how ill they are.

    `department_id` is the home department, `site_id` where the bed is.
    """

    request_id: UUID
    patient_id: UUID
    department_id: UUID
    site_id: UUID
    since: datetime
    diagnosis_code: str
    severity: str
    nursing_level: str
    isolation: str = "none"
    ventilator: bool = False


def lying(*, at: datetime) -> Iterator[Stay]:
    """Everybody in a bed of any line. Reads the whole network: for work that nobody in particular asked for."""
    for line in registry.lines():
        if line.stays is not None:
            yield from line.stays(at=at)
