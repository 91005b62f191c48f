"""Orders as doctors look at them: their own, those of their hospitals, and one."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yipan.base.access import Actor, scope
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Department
from yipan.kernel.errors import NotFound
from yipan.spine.models import Event, Request
from yipan.spine.queries import RequestState, with_state

JOINED = ("exam_order__item", "patient", "site__organisation", "home_department", "attending")


def own_post(actor: Actor) -> Practitioner | None:
    """The practitioner that the person signed in as."""
    if actor.user_id is None:
        return None
    return Practitioner.objects.select_related("department__site").filter(user_id=actor.user_id).first()


def orders(actor: Actor, *, which: str = "open", mine: bool = True) -> QuerySet[Request]:
    """Orders of the hospitals where the actor may order, or only the actor's own; `open`, `done` or `cancelled`, the
    latest first. Raises Refused."""
    actor.require("exams.order")
    rows = Request.objects.filter(scope(actor, "exams.order", "site__organisation__path"), line="exams")
    if mine:
        rows = rows.filter(Q(created_by=actor.name) | Q(attending__user_id=actor.user_id))
    received = Event.objects.filter(request_id=OuterRef("pk"), kind="exam.received")
    rows = with_state(rows.select_related(*JOINED))
    is_done = Q(state=RequestState.DONE) | Exists(received)
    if which == "cancelled":
        rows = rows.filter(cancelled_at__isnull=False)
    else:
        rows = rows.filter(cancelled_at=None).filter(is_done if which == "done" else ~is_done)
    return rows.order_by("-created_at")


def order(actor: Actor, request_id: UUID) -> Request:
    """One order, for whoever may see examinations where it was ordered or is done. Raises NotFound, Refused."""
    actor.require("exams.view")
    found = Request.objects.select_related(*JOINED).filter(_seen(actor), pk=request_id, line="exams").first()
    if found is None:
        raise NotFound("exam_order_unknown", id=str(request_id))
    return found


def orders_of(actor: Actor, patient_id: UUID) -> QuerySet[Request]:
    """The orders of a patient that the actor may see, the latest first."""
    rows = Request.objects.filter(_seen(actor), line="exams", patient_id=patient_id)
    return rows.select_related(*JOINED).order_by("-created_at")


def departments(actor: Actor) -> QuerySet[Department]:
    """Departments for whose patients the actor may order, by site and code."""
    rows = Department.objects.filter(scope(actor, "exams.order", "site__organisation__path"))
    return rows.select_related("site__organisation").order_by("site__code", "code")


def _seen(actor: Actor) -> Q:
    """Ordered here, or a device here was kept for it."""
    ordered = scope(actor, "exams.view", "site__organisation__path")
    there = Request.objects.filter(scope(actor, "exams.view", "bookings__capacity__site__organisation__path"))
    return ordered | Q(pk__in=there.values("pk"))
