"""What an action must know before it decides: the item, the order, the device, and where they belong."""

from __future__ import annotations

from uuid import UUID

from yipan.base.network.models import Department
from yipan.kernel.errors import NotFound
from yipan.lines.exams.models import ExamItem
from yipan.spine.models import Request


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
