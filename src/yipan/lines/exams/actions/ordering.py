"""Asking for an examination."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from yipan.base import unit
from yipan.base.access import Actor
from yipan.base.patients.identities import locked
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.exams import policy
from yipan.lines.exams.actions.telling import tell
from yipan.lines.exams.models import ExamOrder
from yipan.lines.exams.queries import facts as known
from yipan.lines.exams.queries.repetitions import repetitions
from yipan.spine.models import Priority, Request
from yipan.spine.queries import present
from yipan.ui.filters import localtime


def order_exam(
    *,
    actor: Actor,
    patient_id: UUID,
    item_id: UUID,
    department_id: UUID,
    priority: str = Priority.ELECTIVE,
    reason: str = "",
    attending_id: UUID | None = None,
    wanted_from: datetime | None = None,
    placer_number: str = "",
    source: str = "order",
    parent: Request | None = None,
    repeated: bool = False,
) -> Request:
    """Order an item of the catalogue for a patient of a department; it waits for a time (`schedule`).

    `repeated` says that whoever orders knows of the same examination a short time ago; without it
    Conflict("exam_repeated") names that one. `parent` is the request of another line that wants it. Raises Refused,
    NotFound, InvalidInput("form_invalid") naming each wrong field.
    """
    home = known.department(department_id)
    actor.require("exams.order", home.site.organisation.path)
    item, now = known.item(item_id), clock.now()
    if priority not in Priority.values:
        raise InvalidInput("form_invalid", fields={"priority": "choice_unknown"})
    with unit.atomic():
        # The patient's row is locked so that two desks cannot order the same for one person at once.
        patient = locked(patient_id)
        if patient is None:
            raise NotFound("patient_unknown", id=str(patient_id))
        earlier = [] if repeated else repetitions(actor=actor, patient_id=patient_id, item=item)
        if earlier:
            raise Conflict("exam_repeated", order=earlier[0].accession, request=str(earlier[0].request_id))
        request = Request(
            line="exams",
            patient=patient,
            site=home.site,
            home_department=home,
            attending_id=attending_id,
            priority=priority,
            source=source,
            parent=parent,
            wanted_from=max(wanted_from or now, now),
            created_at=now,
            created_by=actor.name,
        )
        order = ExamOrder(
            request=request,
            item=item,
            accession=policy.accession((localtime(now, home.site) or now).date(), _next_number()),
            placer_number=placer_number[:64],
            reason=reason.strip()[:400],
            inpatient=present(patient_id=patient_id) is not None,
        )
        unit.insert([request])
        unit.insert([order])
        tell(actor, "exam.ordered", request, item=item.code)
    return request


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('exams_accession')")
        number: int = cursor.fetchone()[0]
        return number
