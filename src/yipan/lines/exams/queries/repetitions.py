"""Earlier orders of the same item for the same patient, wherever in the network: told before anything is typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yipan.base.access import Actor, wall
from yipan.kernel import clock
from yipan.lines.exams import policy
from yipan.lines.exams.models import ExamItem
from yipan.spine.models import Booking, Request
from yipan.spine.queries import with_state
from yipan.spine.states import State


@dataclass(frozen=True, slots=True)
class Earlier:
    """An order that makes a new one a repetition. `state` is that of its request; `when` its time, planned or real."""

    request_id: UUID
    accession: str
    site: str
    state: str
    ordered_at: datetime
    when: datetime | None


def repetitions(*, actor: Actor, patient_id: UUID, item: ExamItem) -> list[Earlier]:
    """Orders of the item that are open, or were done within the item's window, the latest first. Raises Refused."""
    actor.require("exams.view")
    with wall.passage("exams.repetitions"):
        return _repetitions(patient_id, item)


def _repetitions(patient_id: UUID, item: ExamItem) -> list[Earlier]:
    now = clock.now()
    rows = Request.objects.filter(line="exams", patient_id=patient_id, exam_order__item=item, cancelled_at=None)
    rows = with_state(rows.select_related("exam_order", "site"), at=now).order_by("-created_at")[:20]
    found = []
    for row in rows:
        live = Booking.objects.filter(request=row, state__in=[State.HELD, State.CONFIRMED, State.ACTIVE, State.DONE])
        last = live.order_by("-period").first()
        done_at = last.end if last is not None and last.state == State.DONE else None
        if policy.is_repetition(item.category, ordered_at=row.created_at, done_at=done_at, at=now):
            when = last.start if last is not None else None
            state: str = row.state  # type: ignore[attr-defined]
            found.append(Earlier(row.pk, row.exam_order.accession, row.site.label, state, row.created_at, when))
    return found
