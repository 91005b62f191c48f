"""What a device is to examine, as its worklist tells it. No sockets here: `interop.dicom.worklist` asks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from yipan.base.access import Actor
from yipan.base.access.actor import interface_actor
from yipan.base.network.models import Organisation
from yipan.base.patients.models import Identifier, Patient
from yipan.codecs.dicom.worklist import WorklistItem
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.exams.models import Device, ExamOrder, Technician
from yipan.spine.models import Booking
from yipan.spine.states import Purpose, State

VERB = "exams.perform"
PAST, AHEAD = timedelta(days=1), timedelta(days=14)
"""What is told of when the device names no days."""
MOST = 500
LAST_INSTANT = time(23, 59, 59)


def asked(title: str, *, first: date | None, last: date | None) -> list[WorklistItem]:
    """What is planned on the device with this AE title from one day to another, by time.

    Raises NotFound("device_of_title_unknown") when no device in use has this title.
    """
    device = (
        Device.objects.select_related("capacity__site__organisation")
        .filter(ae_title=title.strip(), in_use=True)
        .exclude(ae_title="")
        .first()
    )
    if device is None:
        raise NotFound("device_of_title_unknown", title=title.strip())
    actor = interface_actor(f"DICOM {device.ae_title}", device.capacity.site.organisation.path)
    return items(actor=actor, device=device, first=first, last=last)


def items(*, actor: Actor, device: Device, first: date | None = None, last: date | None = None) -> list[WorklistItem]:
    """The worklist of one device, days in the zone of its site. Raises Refused."""
    site = device.capacity.site
    actor.require(VERB, site.organisation.path)
    zone, now = ZoneInfo(site.time_zone), clock.now()
    since = datetime.combine(first, time.min, zone) if first else now - PAST
    until = datetime.combine(last, LAST_INSTANT, zone) if last else (since if first else now) + AHEAD
    planned = (
        Booking.objects.filter(
            capacity_id=device.pk,
            purpose=Purpose.CARE,
            state__in=[str(State.CONFIRMED), str(State.ACTIVE)],
            period__startswith__gte=since.astimezone(UTC),
            period__startswith__lte=until.astimezone(UTC),
            request__exam_order__isnull=False,
        )
        .select_related("patient", "request__attending", "request__home_department", "request__exam_order__item")
        .order_by("period")[:MOST]
    )
    numbers = _numbers([b.patient for b in planned if b.patient is not None], site.organisation)
    performers = _performers(planned)
    return [_item(booking, device, zone, numbers, performers) for booking in planned]


def study_uid(request_id: UUID) -> str:
    """The Study Instance UID that the worklist gives to the study of an order: 2.25 and a UUID (PS3.5, B.2)."""
    return f"2.25.{request_id.int}"


def _item(
    booking: Booking, device: Device, zone: ZoneInfo, numbers: dict[UUID, tuple[str, str]], performers: dict[UUID, str]
) -> WorklistItem:
    request, patient = booking.request, booking.patient
    assert request is not None, "the query asked for bookings of requests"
    assert patient is not None, "a booking of care has a patient"
    order: ExamOrder = request.exam_order
    issuer, number = numbers.get(patient.pk, ("YIPAN", str(patient.pk)))
    return WorklistItem(
        accession=order.accession,
        study_uid=study_uid(request.pk),
        modality=order.item.modality or device.modality,
        station=device.ae_title,
        start=booking.start.astimezone(zone).replace(tzinfo=None),
        procedure=order.item.name,
        procedure_code=order.item.code,
        name=patient.name,
        pinyin=patient.pinyin,
        patient_id=number,
        patient_issuer=issuer,
        birth_date=patient.birth_date,
        sex=patient.sex,
        priority=request.priority,
        station_name=device.name,
        performer=performers.get(request.pk, ""),
        requester=request.attending.name if request.attending else "",
        department=request.home_department.name,
        reason=order.reason,
    )


def _numbers(patients: list[Patient], organisation: Organisation) -> dict[UUID, tuple[str, str]]:
    """(system, number) of each patient: the record number at the device's organisation, else at another one."""
    found: dict[UUID, tuple[str, str]] = {}
    rows = Identifier.objects.filter(patient__in=patients, type="MR").order_by("created_at")
    for row in sorted(rows, key=lambda r: r.system == organisation.code):
        found[row.patient_id] = (row.system, row.value)
    return found


def _performers(planned: object) -> dict[UUID, str]:
    """The technician of each request: booked for it together with the device."""
    requests = [b.request_id for b in planned]  # type: ignore[attr-defined]
    rows = Booking.objects.filter(request_id__in=requests, capacity__technician__isnull=False)
    named = dict(
        Technician.objects.filter(capacity__bookings__in=rows).values_list("pk", "practitioner__name").distinct()
    )
    return {b.request_id: named.get(b.capacity_id, "") for b in rows if b.request_id is not None}
