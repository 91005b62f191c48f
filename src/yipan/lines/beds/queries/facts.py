"""What an action must know before it asks the policy: the bed, the booking, the request, and where they belong."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from yipan.kernel.errors import NotFound
from yipan.spine.models import Booking, Request

PLACE = """
SELECT bed.id, capacity.id, bed.label, room.id, ward.id, bed.department_id, ward.site_id, org.id, org.path,
       site.time_zone, ward.turnover_minutes
FROM network_bed bed
JOIN network_room room ON room.id = bed.room_id
JOIN network_ward ward ON ward.id = room.ward_id
JOIN network_site site ON site.id = ward.site_id
JOIN network_organisation org ON org.id = site.organisation_id
JOIN spine_capacity capacity ON capacity.bed_id = bed.id
"""


@dataclass(frozen=True, slots=True)
class BedPlace:
    """Where a bed stands, and whose it is. `path` is that of the organisation of its site."""

    bed_id: UUID
    capacity_id: UUID
    label: str
    room_id: UUID
    ward_id: UUID
    department_id: UUID
    site_id: UUID
    organisation_id: UUID
    path: str
    time_zone: str
    turnover_minutes: int | None


def bed_place(bed_id: UUID) -> BedPlace:
    """Raises NotFound("bed_unknown")."""
    return _one(PLACE + "WHERE bed.id = %s", bed_id, "bed_unknown")


def place_of_booking(booking_id: UUID) -> BedPlace:
    """Where a booking's bed stands. Raises NotFound("booking_unknown")."""
    sql = PLACE + "JOIN spine_booking booking ON booking.capacity_id = capacity.id WHERE booking.id = %s"
    return _one(sql, booking_id, "booking_unknown")


def places_of_ward(ward_id: UUID) -> list[BedPlace]:
    """Every bed of a ward."""
    with connection.cursor() as cursor:
        cursor.execute(PLACE + "WHERE ward.id = %s ORDER BY bed.label", [ward_id])
        return [BedPlace(*row) for row in cursor.fetchall()]


def request_with_facts(request_id: UUID) -> Request:
    """The request with patient, admission facts and home department. Raises NotFound("request_unknown")."""
    rows = Request.objects.select_related(
        "admission",
        "patient",
        "attending",
        "home_department__specialty",
        "home_department__site__organisation",
        "site__organisation",
    )
    found = rows.filter(id=request_id, line="beds").first()
    if found is None:
        raise NotFound("request_unknown", request=str(request_id))
    return found


def booking_of_line(booking_id: UUID) -> Booking:
    """A booking of a patient's bed. Raises NotFound("booking_unknown")."""
    found = Booking.objects.select_related("request__home_department", "patient").filter(id=booking_id).first()
    if found is None or found.request is None:
        raise NotFound("booking_unknown", booking=str(booking_id))
    return found


def _one(sql: str, key: UUID, unknown: str) -> BedPlace:
    with connection.cursor() as cursor:
        cursor.execute(sql, [key])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(unknown, id=str(key))
    return BedPlace(*row)
