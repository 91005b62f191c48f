"""The doctor decides about a result at hand: it serves, or the examination is done again for one of six reasons."""

from __future__ import annotations

from uuid import UUID

from yipan.base import unit
from yipan.base.access import Actor, wall
from yipan.base.patients.identities import locked
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.exams.actions.scheduling import cancel_exam
from yipan.lines.exams.models import Decision
from yipan.lines.exams.policy import recognition as policy
from yipan.lines.exams.queries import facts as known
from yipan.lines.exams.queries.recognition import Candidate, candidates
from yipan.spine.events import Happening, record
from yipan.spine.models import Request


def recognise(
    *,
    actor: Actor,
    patient_id: UUID,
    item_id: UUID,
    result_id: UUID,
    department_id: UUID,
    request_id: UUID | None = None,
) -> Decision:
    """A result serves instead of the examination: no order is made, and one that was made (`request_id`) is withdrawn.

    The same result recognised again by the same department is one recognition. Raises Refused, NotFound,
    Conflict with the reason of the rules when the result is not usable, InvalidInput("recognition_other_order").
    """
    return _decide(actor, patient_id, item_id, result_id, department_id, request_id=request_id)


def refuse(
    *,
    actor: Actor,
    patient_id: UUID,
    item_id: UUID,
    result_id: UUID,
    department_id: UUID,
    reason: str,
    text: str = "",
) -> Decision:
    """A usable result does not serve, for one of the six reasons; "other" needs a text. The order is made as usual.

    Raises Refused, NotFound, InvalidInput("form_invalid") naming the field, Conflict as `recognise`.
    """
    told = policy.check_refusal(reason, text)
    return _decide(actor, patient_id, item_id, result_id, department_id, reason=told, text=text.strip()[:400])


def _decide(
    actor: Actor,
    patient_id: UUID,
    item_id: UUID,
    result_id: UUID,
    department_id: UUID,
    *,
    request_id: UUID | None = None,
    reason: policy.Refusal | None = None,
    text: str = "",
) -> Decision:
    home, now = known.department(department_id), clock.now()
    actor.require("exams.recognise", home.site.organisation.path)
    with unit.atomic():
        if locked(patient_id) is None:
            raise NotFound("patient_unknown", id=str(patient_id))
        with wall.passage("exams.recognition"):
            chosen = _chosen(candidates(patient_id, item_id, now), result_id)
        same = Decision.objects.filter(result=result_id, item=item_id, department=home, recognised=True).first()
        if reason is None and same is not None:
            return same
        request = _order(request_id, patient_id, item_id) if request_id else None
        decision = Decision(
            patient_id=chosen.rows[0].patient_id,
            item_id=item_id,
            result_id=result_id,
            request=request,
            site=home.site,
            department=home,
            recognised=reason is None,
            reason=str(reason or ""),
            text=text,
            price=chosen.price,
            dose=chosen.dose,
            decided_at=now,
            decided_by=actor.name[:120],
        )
        unit.insert([decision])
        _tell(actor, decision)
        if request is not None:
            cancel_exam(actor=actor, request_id=request.pk, reason=f"{chosen.site} {chosen.mark}".strip() or "互认")
    return decision


def _chosen(found: list[Candidate], result_id: UUID) -> Candidate:
    chosen = next((c for c in found if c.result_id == result_id), None)
    if chosen is None:
        raise NotFound("result_unknown", id=str(result_id))
    if not chosen.usable:
        raise Conflict(chosen.answer.reason, **dict(chosen.answer.params))
    return chosen


def _order(request_id: UUID, patient_id: UUID, item_id: UUID) -> Request:
    request = known.order(request_id)
    if (request.patient_id, request.exam_order.item_id) != (patient_id, item_id):
        raise InvalidInput("recognition_other_order")
    return request


def _tell(actor: Actor, decision: Decision) -> None:
    happening = Happening(
        kind="result.recognised" if decision.recognised else "result.refused",
        line="exams",
        request_id=decision.request_id,
        patient_id=decision.patient_id,
        site_id=decision.site_id,
        data={"item": str(decision.item_id), "result": str(decision.result_id), "reason": decision.reason},
    )
    record(actor, [happening])
