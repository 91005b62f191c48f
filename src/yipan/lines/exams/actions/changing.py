"""Changing an order, as long as the examination was not begun."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams.actions.scheduling import lock_open
from yipan.lines.exams.actions.telling import tell
from yipan.lines.exams.queries import facts as known
from yipan.spine.models import Priority, Request


def revise_exam(
    *,
    actor: Actor,
    request_id: UUID,
    priority: str | None = None,
    reason: str | None = None,
    wanted_from: datetime | None = None,
) -> bool:
    """Change how soon or why an examination is wanted; None leaves it as it is. True when anything changed.

    A time that is kept stays. Raises Refused, NotFound, InvalidInput("form_invalid"), Conflict("exam_order_step").
    """
    if priority is not None and priority not in Priority.values:
        raise InvalidInput("form_invalid", fields={"priority": "choice_unknown"})
    with unit.atomic():
        request = _changeable(actor, request_id)
        order = request.exam_order
        told = {"priority": priority, "reason": reason[:400] if reason else None, "wanted_from": wanted_from}
        before = {"priority": request.priority, "reason": order.reason, "wanted_from": request.wanted_from}
        changed = {name: value for name, value in told.items() if value is not None and value != before[name]}
        if not changed:
            return False
        for name, value in changed.items():
            setattr(order if name == "reason" else request, name, value)
        request.save(update_fields=["priority", "wanted_from"])
        order.save(update_fields=["reason"])
        tell(actor, "exam.revised", request, changed=sorted(changed))
    return True


def _changeable(actor: Actor, request_id: UUID) -> Request:
    """The order, locked. Raises what `known.order` raises, Refused, Conflict("exam_order_step")."""
    request = known.order(request_id)
    actor.require("exams.order", request.site.organisation.path)
    lock_open(request_id)
    request.refresh_from_db(fields=["priority", "wanted_from"])
    return request
