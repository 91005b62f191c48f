"""ORM^O01, OML^O21, OMG^O19 in: an order is made, changed or withdrawn."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from yipan.base.access import Actor
from yipan.codecs.hl7v2.orders import Order, OrderEvent
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.exams.actions import cancel_exam, order_exam, revise_exam
from yipan.lines.exams.models import ExamItem
from yipan.lines.exams.queries import mapping
from yipan.lines.exams.wire.placed import orders_numbered, placed_order
from yipan.spine.models import Priority, Request
from yipan.spine.wire import ALREADY_SO, Outcome, Sender, people

NEW = frozenset({"NW", "XR"})
WITHDRAWN = frozenset({"CA", "DC", "OC", "OD"})
CHANGED = frozenset({"XO", "XX", "RP"})
"""Codes of table 0119. Others (status questions, acknowledgements, holds) change nothing here."""

PRIORITIES = {"S": Priority.EMERGENCY, "ST": Priority.EMERGENCY, "A": Priority.URGENT, "T": Priority.URGENT}


def take_orders(event: OrderEvent, *, source: Sender, actor: Actor) -> Outcome:
    """Do what every order of the message says.

    Raises InvalidInput: "order_number_missing", "exam_item_untold", "department_untold", what registration raises;
    Conflict("exam_order_not_told") for a change of an order that no message has made yet.
    """
    outcomes = [_take(event, order, source, actor) for order in event.orders]
    told = next((o for o in outcomes if not o.ignored and o.code != ALREADY_SO), None)
    return told or outcomes[0]


def _take(event: OrderEvent, order: Order, source: Sender, actor: Actor) -> Outcome:
    control = order.control or "NW"
    if control not in NEW | WITHDRAWN | CHANGED:
        return Outcome("order_control_not_used", ignored=True)
    if order.placer is None or not order.placer.id:
        raise InvalidInput("order_number_missing", where=f"{order.place}-2")
    if control in NEW:
        item = _item(order, source)
        same = [row for row in orders_numbered(source.path, order.placer) if row.exam_order.item_id == item.pk]
        return _already(same[0]) if same else _place(event, order, item, source, actor)
    known = placed_order(source.path, order.placer, order.service)
    if known is None:
        raise Conflict("exam_order_not_told", number=order.placer.id)
    if control in WITHDRAWN:
        return _withdraw(known, actor)
    return _change(event, order, known, source, actor)


def _already(known: Request) -> Outcome:
    return Outcome(ALREADY_SO, known.patient_id)


def _place(event: OrderEvent, order: Order, item: ExamItem, source: Sender, actor: Actor) -> Outcome:
    department = _department(event, order, source)
    patient = people.registered(event, source=source, actor=actor)
    doctor = people.doctor(order.provider or event.attending, source)
    assert order.placer is not None
    order_exam(
        actor=actor,
        patient_id=patient.pk,
        item_id=item.pk,
        department_id=department,
        priority=PRIORITIES.get((order.priority or "").upper(), Priority.ELECTIVE),
        reason=_reason(event, order),
        attending_id=doctor.pk if doctor else None,
        wanted_from=_wanted(order),
        placer_number=order.placer.id or "",
        source="hl7",
        repeated=True,  # whoever ordered there was asked there
    )
    return Outcome("exam_ordered", patient.pk)


def _withdraw(known: Request, actor: Actor) -> Outcome:
    if known.cancelled_at is not None:
        return _already(known)
    cancel_exam(actor=actor, request_id=known.pk, reason=f"ORC-1 CA · {actor.name}")
    return Outcome("exam_cancelled", known.patient_id)


def _change(event: OrderEvent, order: Order, known: Request, source: Sender, actor: Actor) -> Outcome:
    """What the message says replaces what was ordered; what it leaves out stays."""
    if order.service is not None and _item(order, source).pk != known.exam_order.item_id:
        raise Conflict("exam_item_differs", item=known.exam_order.item.label)
    changed = revise_exam(
        actor=actor,
        request_id=known.pk,
        priority=PRIORITIES.get(order.priority.upper(), Priority.ELECTIVE) if order.priority else None,
        reason=_reason(event, order) or None,
        wanted_from=_wanted(order),
    )
    return Outcome("exam_changed", known.patient_id) if changed else _already(known)


def _item(order: Order, source: Sender) -> ExamItem:
    item = mapping.item_of(order.service, source.path)
    if item is None:
        codings = order.service.codings if order.service else ()
        system, service = codings[0] if codings else ("", order.service.label if order.service else "")
        raise InvalidInput("exam_item_untold", service=service, system=system or "–", where=f"{order.place}-4")
    return item


def _department(event: OrderEvent, order: Order, source: Sender) -> UUID:
    """Who orders: the department of ORC-17, of PV1-10, or of the ward where the patient lies."""
    told = [code for code in (order.department and order.department.code, event.hospital_service) if code]
    for code in told:
        if found := source.department(code):
            return found
    at_ward = source.ward_department(event.location) if event.location else None
    if at_ward is None:
        raise InvalidInput("department_untold", service=next(iter(told), ""))
    return at_ward


def _reason(event: OrderEvent, order: Order) -> str:
    diagnosis = next((d.text for d in event.diagnoses if d.text), None)
    parts = [order.clinical, order.reason.label if order.reason else None, diagnosis, *order.notes]
    return "；".join(dict.fromkeys(part for part in parts if part))[:400]


def _wanted(order: Order) -> datetime | None:
    return order.requested_at.at if order.requested_at else None
