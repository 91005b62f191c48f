"""What an action must know before it decides: the item, the order, the device, and where they belong."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from yipan.base.network.models import Department, Site
from yipan.kernel.errors import Conflict, NotFound
from yipan.lines.exams.models import Device, ExamItem, Technician
from yipan.lines.exams.models.resources import DEVICE, TECHNICIAN
from yipan.spine.models import Booking, Request
from yipan.spine.queries import live_bookings


def department(department_id: UUID) -> Department:
    """A department with its site and organisation. Raises NotFound("department_unknown")."""
    found = Department.objects.select_related("site__organisation").filter(pk=department_id).first()
    if found is None:
        raise NotFound("department_unknown", id=str(department_id))
    return found


def item(item_id: UUID) -> ExamItem:
    """An item that can be ordered. Raises NotFound("exam_item_unknown")."""
    found = ExamItem.objects.filter(pk=item_id, in_use=True).first()
    if found is None:
        raise NotFound("exam_item_unknown", id=str(item_id))
    return found


def order(request_id: UUID) -> Request:
    """The request of an order with patient, item, department and site. Raises NotFound("exam_order_unknown")."""
    joined = ("exam_order__item", "patient", "site__organisation", "home_department", "attending")
    found = Request.objects.select_related(*joined).filter(pk=request_id, line="exams").first()
    if found is None:
        raise NotFound("exam_order_unknown", id=str(request_id))
    return found


def site(site_id: UUID) -> Site:
    """Raises NotFound("site_unknown")."""
    found = Site.objects.select_related("organisation").filter(pk=site_id).first()
    if found is None:
        raise NotFound("site_unknown", id=str(site_id))
    return found


def device(device_id: UUID) -> Device:
    """A device in use with its site and organisation. Raises NotFound("exam_device_unknown")."""
    rows = Device.objects.select_related("capacity__site__organisation", "department")
    found = rows.filter(pk=device_id, in_use=True).first()
    if found is None:
        raise NotFound("exam_device_unknown", id=str(device_id))
    return found


def technician(technician_id: UUID, item_id: UUID) -> Technician:
    """A technician in use who is qualified for an item. Raises NotFound("exam_technician_unknown")."""
    rows = Technician.objects.select_related("capacity", "practitioner")
    found = rows.filter(pk=technician_id, in_use=True, items=item_id).first()
    if found is None:
        raise NotFound("exam_technician_unknown", id=str(technician_id))
    return found


def staff_ids(item_id: UUID, site_id: UUID) -> list[UUID]:
    """Who is qualified for an item at a site."""
    rows = Technician.objects.filter(in_use=True, items=item_id, capacity__site_id=site_id)
    return list(rows.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An order for which a device is kept or at work, and who works it. `path` is that of the device's site."""

    request: Request
    device: Booking
    staff: Booking | None
    site_id: UUID
    path: str


def scheduled(request_id: UUID) -> Scheduled:
    """Raises NotFound("exam_order_unknown"), Conflict("exam_order_step") when nothing is kept for it."""
    request = order(request_id)
    rows = live_bookings(request_id).select_related("capacity__site__organisation")
    by_kind = {row.capacity.kind: row for row in rows}
    row = by_kind.get(DEVICE)
    if row is None:
        raise Conflict("exam_order_step", state="waiting")
    row_site = row.capacity.site
    return Scheduled(request, row, by_kind.get(TECHNICIAN), row_site.pk, row_site.organisation.path)
