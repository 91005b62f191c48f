"""Critical values: raised, told, acknowledged, acted on, and carried further when nobody does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from yipan.base.access import SYSTEM, Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.exams.actions import telling
from yipan.lines.exams.models import CriticalEscalation, CriticalFinding, CriticalRule, CriticalValue, ExamOrder
from yipan.lines.exams.policy import critical as policy
from yipan.lines.exams.policy.critical import Bound, Step
from yipan.lines.exams.queries import critical as known

RAISE, ACKNOWLEDGE, ACT = "exams.raise", "exams.acknowledge", "exams.act"


def raise_critical(
    *, actor: Actor, order_id: UUID, finding_id: UUID, note: str = "", told_to: str = ""
) -> CriticalValue:
    """A reader saw something that cannot wait. The same finding of the same order again is the same value.

    With `told_to`, somebody was told by telephone before. Raises Refused, NotFound("exam_order_unknown"),
    NotFound("finding_unknown").
    """
    order = _order(actor, order_id)
    finding = CriticalFinding.objects.filter(pk=finding_id, in_use=True, category=order.item.category).first()
    if finding is None:
        raise NotFound("finding_unknown")
    with transaction.atomic():
        value = _raise(actor, order, f"finding:{order.pk}:{finding.pk}", finding=finding, note=note.strip()[:300])
        if told_to.strip() and value.told_at is None:
            _tell(actor, value, told_to)
    return value


@dataclass(frozen=True, slots=True)
class Measured:
    """A number of a report. `result` names it, so that the same one told twice is one value."""

    loinc: str
    value: float
    unit: str
    comparator: str = ""
    result: str = ""


def judge_result(*, actor: Actor, order_id: UUID, measured: Measured) -> CriticalValue | None:
    """Raise a critical value where a number breaks a rule; None where it does not, or no rule speaks of it.

    What a person has to look at is raised too: another unit than the rule's, no finite number, or one told as above or
    below a number that does not tell. Raises Refused, NotFound("exam_order_unknown").
    """
    return next(iter(judge(actor, _order(actor, order_id), [measured])), None)


def judge(actor: Actor, order: ExamOrder, told: Sequence[Measured]) -> list[CriticalValue]:
    """What `judge_result` does, for the numbers of a report; whoever may tell results has the right already."""
    names = {one.loinc for one in told if one.loinc}
    rules = {rule.loinc: rule for rule in CriticalRule.objects.filter(loinc__in=names, in_use=True)} if names else {}
    found = [(one, rules[one.loinc]) for one in told if one.loinc in rules]
    return [value for one, rule in found if (value := _judge(actor, order, one, rule)) is not None]


def _judge(actor: Actor, order: ExamOrder, told: Measured, rule: CriticalRule) -> CriticalValue | None:
    bound, is_number = Bound(rule.unit, rule.low, rule.high), math.isfinite(told.value)
    judged = policy.breaches(bound, told.value, told.unit, told.comparator) if is_number else None
    if judged is False:
        return None
    plain = judged is True and not told.comparator  # else it is no number in the unit of the rule
    with transaction.atomic():
        return _raise(
            actor,
            order,
            f"result:{order.pk}:{told.loinc}:{told.result}"[:160],
            rule=rule,
            value=told.value if plain else None,
            unit=rule.unit if plain else "",
            note="" if plain else f"{told.comparator}{told.value:g} {told.unit}"[:300],
        )


def tell(*, actor: Actor, value_id: UUID, told_to: str) -> CriticalValue:
    """Write down who was told.

    Raises Refused, NotFound("critical_unknown"), Conflict("critical_step"), InvalidInput("form_invalid").
    """
    with transaction.atomic():
        value = _locked(actor, value_id, Step.TOLD, RAISE)
        _tell(actor, value, told_to)
    return value


def acknowledge(*, actor: Actor, value_id: UUID, read_back: str) -> CriticalValue:
    """Somebody of the ward says they know it, and reads it back. Errors as of `tell`."""
    with transaction.atomic():
        value = _locked(actor, value_id, Step.ACKNOWLEDGED, ACKNOWLEDGE)
        value.read_back = _given("read_back", read_back, 300)
        value.acknowledged_at, value.acknowledged_by = clock.now(), actor.name[:120]
        value.save(update_fields=["read_back", "acknowledged_at", "acknowledged_by"])
        _record(actor, value, "critical.acknowledged")
    return value


def act(*, actor: Actor, value_id: UUID, action: str) -> CriticalValue:
    """A doctor says what was done; that closes the loop. Errors as of `tell`."""
    with transaction.atomic():
        value = _locked(actor, value_id, Step.ACTED, ACT)
        value.action = _given("action", action, 400)
        value.acted_at, value.acted_by = clock.now(), actor.name[:120]
        value.save(update_fields=["action", "acted_at", "acted_by"])
        _record(actor, value, "critical.acted")
    return value


def escalate_due() -> int:
    """Every few seconds: carry what is overdue to the next person, each once; how many were told."""
    told = 0
    for value_id in list(CriticalValue.objects.filter(acted_at=None).values_list("pk", flat=True)):
        told += _escalate(value_id)
    return told


def _escalate(value_id: UUID) -> int:
    now = clock.now()
    with transaction.atomic():
        value = known.whole(CriticalValue.objects.select_for_update(of=("self",))).filter(pk=value_id).first()
        if value is None or value.acted_at is not None:
            return 0
        due = policy.escalations(known.rules_of(value), known.loop_of(value), now)
        there = set(value.escalations.values_list("step", "rung"))
        fresh = [(step, rung) for step, rung in due if (str(step), str(rung)) not in there]
        for step, rung in fresh:
            CriticalEscalation.objects.create(value=value, step=step, rung=rung, at=now)
            _record(SYSTEM, value, "critical.escalated", step=str(step), rung=str(rung))
    return len(fresh)


def _order(actor: Actor, order_id: UUID) -> ExamOrder:
    """An order on which the actor may raise something: at the centre that reads it, or where it was ordered."""
    order = (
        ExamOrder.objects.select_related("item", "request__site__organisation", "reading__centre__site__organisation")
        .filter(pk=order_id)
        .first()
    )
    if order is None:
        actor.require(RAISE)
        raise NotFound("exam_order_unknown")
    _require(actor, RAISE, order)
    return order


def _require(actor: Actor, verb: str, order: ExamOrder) -> None:
    reading = getattr(order, "reading", None)
    if reading is None or not actor.may(verb, reading.centre.site.organisation.path):
        actor.require(verb, order.request.site.organisation.path)


def _raise(
    actor: Actor,
    order: ExamOrder,
    key: str,
    *,
    finding: CriticalFinding | None = None,
    rule: CriticalRule | None = None,
    value: float | None = None,
    unit: str = "",
    note: str = "",
) -> CriticalValue:
    row, is_new = CriticalValue.objects.get_or_create(
        key=key,
        defaults={
            "order": order,
            "finding": finding,
            "rule": rule,
            "value": value,
            "unit": unit,
            "note": note,
            "raised_at": clock.now(),
            "raised_by": actor.name[:120],
        },
    )
    if is_new:
        _record(actor, row, "critical.raised")
    return row


def _locked(actor: Actor, value_id: UUID, step: Step, verb: str) -> CriticalValue:
    """The value, locked, when this is the step it waits for. Raises Conflict("critical_step") otherwise."""
    seen = known.value_of(actor, value_id)
    _require(actor, verb, seen.order)
    value = CriticalValue.objects.select_for_update().get(pk=seen.pk)
    value.order = seen.order
    if known.loop_of(value).step is not step:
        raise Conflict("critical_step")
    return value


def _tell(actor: Actor, value: CriticalValue, told_to: str) -> None:
    value.told_to = _given("told_to", told_to, 120)
    value.told_at, value.told_by = clock.now(), actor.name[:120]
    value.save(update_fields=["told_to", "told_at", "told_by"])
    _record(actor, value, "critical.told")


def _given(name: str, text: str, longest: int) -> str:
    found = text.strip()[:longest]
    if not found:
        raise InvalidInput("form_invalid", fields={name: "field_required"})
    return found


def _record(actor: Actor, value: CriticalValue, kind: str, **data: Any) -> None:
    telling.tell(actor, kind, value.order.request, critical=str(value.pk), **data)
