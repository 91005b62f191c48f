"""Every bed with what follows from its bookings: the one derivation that board, ward page and overview share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.lines.beds.policy import BedStatus, bed_status

BEDS = """
SELECT bed.id, bed.label, bed.code, bed.oxygen, bed.monitor, bed.ventilator, bed.level_of_care,
       room.id, room.label, room.sex_policy, room.isolation, room.age_min, room.age_max,
       ward.id, ward.site_id, bed.department_id, org.path,
       cur.id, cur.purpose, lower(cur.period), upper(cur.period), cur.end_announced, cur.request_id, cur.patient_id,
       patient.name, patient.sex, patient.birth_date,
       request.home_department_id, request.attending_id, admission.severity, admission.nursing_level,
       admission.isolation, admission.pathogen, admission.diagnosis,
       nxt.id, nxt.purpose, nxt.state, lower(nxt.period), upper(nxt.period), nxt.request_id, nxt.patient_id,
       coming.name, coming.sex
FROM network_bed bed
JOIN network_room room ON room.id = bed.room_id
JOIN network_ward ward ON ward.id = room.ward_id
JOIN network_site site ON site.id = ward.site_id
JOIN network_organisation org ON org.id = site.organisation_id
JOIN spine_capacity capacity ON capacity.bed_id = bed.id
LEFT JOIN spine_booking cur ON cur.capacity_id = capacity.id AND cur.state = 'active'
LEFT JOIN patients_patient patient ON patient.id = cur.patient_id
LEFT JOIN spine_request request ON request.id = cur.request_id
LEFT JOIN beds_admissionrequest admission ON admission.request_id = cur.request_id
LEFT JOIN LATERAL (
    SELECT * FROM spine_booking b
    WHERE b.capacity_id = capacity.id
      AND (b.state = 'confirmed' OR b.state = 'held' AND b.expires_at > %(at)s)
    ORDER BY lower(b.period) LIMIT 1
) nxt ON true
LEFT JOIN patients_patient coming ON coming.id = nxt.patient_id
WHERE {where}
ORDER BY ward.code, room.label, bed.label, bed.code
"""


@dataclass(frozen=True, slots=True)
class BedRow:
    """One bed, who is in it, and who is next."""

    id: UUID
    label: str
    code: str
    oxygen: bool
    monitor: bool
    ventilator: bool
    level_of_care: str
    room_id: UUID
    room_label: str
    sex_policy: str
    room_isolation: str
    age_min: int | None
    age_max: int | None
    ward_id: UUID
    site_id: UUID
    department_id: UUID
    path: str
    booking_id: UUID | None
    purpose: str | None
    since: datetime | None
    until: datetime | None
    end_announced: bool | None
    request_id: UUID | None
    patient_id: UUID | None
    patient_name: str | None
    sex: str | None
    birth_date: datetime | None
    home_department_id: UUID | None
    attending_id: UUID | None
    severity: str | None
    nursing_level: str | None
    isolation: str | None
    pathogen: str | None
    diagnosis: str | None
    next_booking_id: UUID | None
    next_purpose: str | None
    next_state: str | None
    next_from: datetime | None
    next_until: datetime | None
    next_request_id: UUID | None
    next_patient_id: UUID | None
    next_name: str | None
    next_sex: str | None

    def status(self, at: datetime) -> BedStatus:
        """What the bed is at `at` (the instant the row was read)."""
        return bed_status(self.purpose, self.next_from, at)

    @property
    def outlier(self) -> bool:
        """The patient belongs to another department than the bed."""
        return self.home_department_id is not None and self.home_department_id != self.department_id

    @property
    def leaving(self) -> datetime | None:
        """When the patient is expected to leave, if the ward has said so."""
        return self.until if self.purpose == "care" and self.end_announced else None


def bed_rows(
    *,
    actor: Actor,
    at: datetime | None = None,
    site_ids: Iterable[UUID] | None = None,
    ward_ids: Iterable[UUID] | None = None,
    bed_ids: Iterable[UUID] | None = None,
) -> list[BedRow]:
    """Beds that the actor may see (`beds.view`), of the given sites, wards or identifiers, by ward, room and label."""
    at = at or clock.now()
    clauses = ["org.path LIKE ANY(%(paths)s)"]
    params: dict[str, Any] = {"at": at, "paths": [p + "%" for p in actor.paths("beds.view")]}
    for name, column, ids in (
        ("sites", "ward.site_id", site_ids),
        ("wards", "ward.id", ward_ids),
        ("beds", "bed.id", bed_ids),
    ):
        if ids is not None:
            clauses.append(f"{column} = ANY(%({name})s)")
            params[name] = list(ids)
    with connection.cursor() as cursor:
        cursor.execute(BEDS.format(where=" AND ".join(clauses)), params)
        return [BedRow(*row) for row in cursor.fetchall()]
