"""Laboratory orders: they take no time on a device; the specimen is taken here and received there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.exams import policy
from yipan.lines.exams.actions.scheduling import lock_open
from yipan.lines.exams.actions.telling import tell
from yipan.lines.exams.queries import facts as known
from yipan.lines.exams.queries.specimens import steps_done
from yipan.spine.models import Request


def collect_specimen(*, actor: Actor, request_id: UUID, at: datetime | None = None) -> Request:
    """The specimen was taken from the patient where the order was made. Raises Conflict("exam_order_step")."""
    request = known.order(request_id)
    actor.require("exams.collect", request.site.organisation.path)
    with unit.atomic():
        _lock(request, wanted=())
        tell(actor, "exam.collected", request, at=at or clock.now())
    return request


def receive_specimen(*, actor: Actor, request_id: UUID, site_id: UUID, at: datetime | None = None) -> Request:
    """The specimen has come to the laboratory of a site. Raises Conflict("exam_order_step") when none was taken."""
    request, site = known.order(request_id), known.site(site_id)
    actor.require("exams.perform", site.organisation.path)
    with unit.atomic():
        _lock(request, wanted=("exam.collected",))
        tell(actor, "exam.received", request, at=at or clock.now(), site_id=site.pk)
    return request


def _lock(request: Request, *, wanted: tuple[str, ...]) -> None:
    if policy.needs_slot(request.exam_order.item.category):
        raise Conflict("exam_order_step", state="device")
    lock_open(request.pk)
    if steps_done(request.pk) != wanted:
        raise Conflict("exam_order_step", state="specimen")
