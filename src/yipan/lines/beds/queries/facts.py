"""What an action must know before it asks the policy: the bed, the booking, the request, and where they belong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from yipan.base import unit
from yipan.base.network.models import Department
from yipan.base.patients.identities import identities
from yipan.base.unit import Shelf
from yipan.kernel.errors import NotFound
from yipan.lines.beds.models import AdmissionRequest
from yipan.spine.holdings import holdings
from yipan.spine.models import Booking, Request
from yipan.spine.queries import state_among

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


class Places:
    """Where beds stand, as a unit of work has read it."""

    def __init__(self) -> None:
        self.by_bed: Shelf[UUID, BedPlace | None] = Shelf(self._read_beds, lambda: None)
        self.by_capacity: Shelf[UUID, BedPlace | None] = Shelf(self._read_capacities, lambda: None)

    def _read_beds(self, ids: list[UUID]) -> dict[UUID, BedPlace | None]:
        found = {p.bed_id: p for p in _many(PLACE + "WHERE bed.id = ANY(%s)", ids)}
        for place in found.values():
            self.by_capacity[place.capacity_id] = place
        return dict(found)

    def _read_capacities(self, ids: list[UUID]) -> dict[UUID, BedPlace | None]:
        found = {p.capacity_id: p for p in _many(PLACE + "WHERE capacity.id = ANY(%s)", ids)}
        for place in found.values():
            self.by_bed[place.bed_id] = place
        return dict(found)


def bed_place(bed_id: UUID) -> BedPlace:
    """Raises NotFound("bed_unknown")."""
    return _one(unit.facts(Places).by_bed[bed_id], bed_id, "bed_unknown")


def place_of_capacity(capacity_id: UUID) -> BedPlace:
    """Raises NotFound("bed_unknown")."""
    return _one(unit.facts(Places).by_capacity[capacity_id], capacity_id, "bed_unknown")


def place_of_booking(booking_id: UUID) -> BedPlace:
    """Where a booking's bed stands. Raises NotFound("booking_unknown")."""
    sql = PLACE + "JOIN spine_booking booking ON booking.capacity_id = capacity.id WHERE booking.id = ANY(%s)"
    return _one(next(iter(_many(sql, [booking_id])), None), booking_id, "booking_unknown")


def places_of_ward(ward_id: UUID) -> list[BedPlace]:
    """Every bed of a ward."""
    with connection.cursor() as cursor:
        cursor.execute(PLACE + "WHERE ward.id = %s ORDER BY bed.label", [ward_id])
        return [BedPlace(*row) for row in cursor.fetchall()]


class Requests:
    """Requests for beds with all that is decided by, as a unit of work has read them."""

    def __init__(self) -> None:
        self.by_id: Shelf[UUID, Request | None] = Shelf(self._read, lambda: None)
        self.of_patient: Shelf[UUID, list[Request]] = Shelf(self._read_of, list)

    def _read(self, ids: list[UUID]) -> dict[UUID, Request | None]:
        return {row.pk: row for row in _with_facts(Request.objects.filter(id__in=ids))}

    def _read_of(self, patient_ids: list[UUID]) -> dict[UUID, list[Request]]:
        found: dict[UUID, list[Request]] = {}
        if not (older := identities().older(patient_ids)):
            return found
        for row in _with_facts(Request.objects.filter(patient_id__in=older).order_by("created_at")):
            if (known := self.by_id.get(row.pk)) is None:
                known = self.by_id[row.pk] = row
            found.setdefault(row.patient_id, []).append(known)
        return found


class Departments:
    """Departments with site and organisation, as a unit of work has read them."""

    def __init__(self) -> None:
        self.by_id: Shelf[UUID, Department | None] = Shelf(self._read, lambda: None)

    @staticmethod
    def _read(ids: list[UUID]) -> dict[UUID, Department | None]:
        return dict(Department.objects.select_related("specialty", "site__organisation").in_bulk(ids))


def department(department_id: UUID) -> Department:
    """A department with its specialty, site and organisation. Raises NotFound("department_unknown")."""
    found = unit.facts(Departments).by_id[department_id]
    if found is None:
        raise NotFound("department_unknown", id=str(department_id))
    return found


class Locked:
    """Requests whose clinical side a unit of work has locked."""

    def __init__(self) -> None:
        self.ids: set[UUID] = set()


def lock_admissions(patient_ids: Iterable[UUID]) -> None:
    """Lock the clinical side of the open requests of patients, in one order."""
    rows = AdmissionRequest.objects.filter(request__patient_id__in=list(patient_ids), request__cancelled_at=None)
    ids = rows.select_for_update(no_key=True, of=("self",)).order_by("request_id").values_list("request_id", flat=True)
    unit.facts(Locked).ids.update(ids)


def locked_admission(request: Request) -> AdmissionRequest:
    """The clinical side of a request as it is under a lock."""
    if request.pk not in unit.facts(Locked).ids and not request._state.adding:
        rows = AdmissionRequest.objects.select_for_update(no_key=True)
        request.admission = rows.get(request_id=request.pk)
    return request.admission


def _with_facts(requests: QuerySet[Request]) -> list[Request]:
    """Each with its clinical side; patient, department and site are one object for all requests that share them."""
    # Messages never look at the doctor behind the identifier; pages do.
    joined = ("admission",) if unit.current() else ("admission", "attending")
    rows = list(requests.filter(line="beds").select_related(*joined))
    departments, patients, kept = unit.facts(Departments).by_id, identities().patients, holdings()
    departments.warm(row.home_department_id for row in rows)
    patients.warm(row.patient_id for row in rows)
    for row in rows:
        home, patient = departments[row.home_department_id], patients[row.patient_id]
        assert home is not None, "its key holds it"
        assert patient is not None, "its key holds it"
        row.home_department, row.patient = home, patient
        kept.requests[row.pk] = row
        if row.site_id == home.site_id:
            row.site = home.site
    return rows


def request_with_facts(request_id: UUID) -> Request:
    """The request with patient, admission facts and home department. Raises NotFound("request_unknown")."""
    found = unit.facts(Requests).by_id[request_id]
    if found is None:
        raise NotFound("request_unknown", request=str(request_id))
    return found


def note_request(request: Request) -> None:
    """A request that is made now: nobody else knows it before the transaction ends."""
    requests = unit.facts(Requests)
    requests.by_id[request.pk] = request
    if request.patient_id in requests.of_patient:
        requests.of_patient[request.patient_id].append(request)
    unit.facts(Locked).ids.add(request.pk)


def requests_of(patient_id: UUID) -> list[Request]:
    """All requests of a patient, the latest last, each with its state of now as `state`."""
    bookings = holdings().of(patient_id)
    found = sorted(unit.facts(Requests).of_patient[patient_id], key=lambda r: r.created_at)
    for request in found:
        request.state = state_among(request, bookings)  # type: ignore[attr-defined]
    return found


def booking_of_line(booking_id: UUID) -> Booking:
    """A booking of a patient's bed. Raises NotFound("booking_unknown")."""
    found = Booking.objects.select_related("request__home_department", "patient").filter(id=booking_id).first()
    if found is None or found.request is None:
        raise NotFound("booking_unknown", booking=str(booking_id))
    return found


def _many(sql: str, ids: list[UUID]) -> list[BedPlace]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [ids])
        return [BedPlace(*row) for row in cursor.fetchall()]


def _one(place: BedPlace | None, key: UUID, unknown: str) -> BedPlace:
    if place is None:
        raise NotFound(unknown, id=str(key))
    return place
