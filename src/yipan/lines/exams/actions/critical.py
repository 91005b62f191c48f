"""Critical values: raised, told, acknowledged, acted on, and carried further when nobody does."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
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
from yipan.lines.exams.queries.whose import of_order, site_of, whose

RAISE, TELL, ACKNOWLEDGE, ACT = "exams.raise", "exams.tell", "exams.acknowledge", "exams.act"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Loose:
    """A report that answers no order of Yipan: whose it is, who told it, and the site that made it."""

    report: str
    patient_id: UUID
    organisation_id: UUID
    site_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """A number and the limit that it breaks. `plain`: it is a number in the unit of the limit."""

    told: Measured
    rule: CriticalRule
    plain: bool


def judge_result(*, actor: Actor, order_id: UUID, measured: Measured) -> CriticalValue | None:
    """Raise a critical value where a number breaks a rule; None where it does not, or no rule speaks of it.

    What a person has to look at is raised too: another unit than the rule's, no finite number, or one told as above or
    below a number that does not tell. Raises Refused, NotFound("exam_order_unknown").
    """
    order = _order(actor, order_id)
    return next(iter(raise_breaches(actor, order, breaches([measured]))), None)


def breaches(told: Sequence[Measured]) -> list[Breach]:
    """Numbers that break a limit, or that a person has to look at."""
    names = {one.loinc for one in told if one.loinc}
    rules = {rule.loinc: rule for rule in CriticalRule.objects.filter(loinc__in=names, in_use=True)} if names else {}
    found = (_breach(one, rules[one.loinc]) for one in told if one.loinc in rules)
    return [breach for breach in found if breach is not None]


def raise_breaches(
    actor: Actor, of: ExamOrder | Loose, found: Sequence[Breach], *, before: Collection[UUID | str] = ()
) -> list[CriticalValue]:
    """Raise each, once; whoever may tell results has the right already.

    `before` are the orders, and the names of reports without one, under which the same numbers may have been raised.
    """
    place = of.pk if isinstance(of, ExamOrder) else of.report
    return [_raise_breach(actor, of, breach, [_key(p, breach.told) for p in {place, *before}]) for breach in found]


@dataclass(frozen=True, slots=True)
class Replaced:
    """A number that a later report replaced, and by what, as people write it; "" when it was withdrawn."""

    told: Measured
    now: str


def correct(actor: Actor, gone: Sequence[Replaced], *, before: Collection[UUID | str]) -> None:
    """Say on the open values that were raised for these numbers what they are now.

    The loops stay open: whoever was told the wrong number has to know. `before` as for `raise_breaches`.
    """
    for one in gone:
        keys = [_key(place, one.told) for place in before]
        rows = CriticalValue.objects.select_for_update(of=("self",)).filter(key__in=keys, acted_at=None)
        for value in rows.select_related("order__request"):
            _correct(actor, value, one.now)


def _correct(actor: Actor, value: CriticalValue, now: str | None) -> None:
    """None: the number holds after all."""
    value.corrected_at, value.corrected_to = (None, "") if now is None else (clock.now(), now[:60])
    value.save(update_fields=["corrected_at", "corrected_to"])
    if now is not None:
        _record(actor, value, "critical.corrected", to=value.corrected_to)


def _breach(told: Measured, rule: CriticalRule) -> Breach | None:
    bound, is_number = Bound(rule.unit, rule.low, rule.high), math.isfinite(told.value)
    judged = policy.breaches(bound, told.value, told.unit, told.comparator) if is_number else None
    return None if judged is False else Breach(told, rule, judged is True and not told.comparator)


def _raise_breach(actor: Actor, of: ExamOrder | Loose, breach: Breach, keys: Sequence[str]) -> CriticalValue:
    """The value, new or as it was raised for this report before."""
    told, rule = breach.told, breach.rule
    raised = CriticalValue.objects.filter(key__in=keys).first()
    if raised is not None:
        if raised.corrected_at is not None and raised.acted_at is None:
            _correct(actor, raised, None)
        return raised
    said = {"value": told.value, "unit": rule.unit} if breach.plain else {}
    note = "" if breach.plain else f"{told.comparator}{told.value:g} {told.unit}"[:300]
    place = of.pk if isinstance(of, ExamOrder) else of.report
    with transaction.atomic():
        return _raise(actor, of, _key(place, told), rule=rule, note=note, **said)


def _key(place: UUID | str, told: Measured) -> str:
    """What makes a number the same: the order, or the report without one, and what was measured in it."""
    name = str(place) if isinstance(place, UUID) else sha256(place.encode()).hexdigest()[:36]
    return f"result:{name}:{told.loinc}:{told.result}"[:160]


def tell(*, actor: Actor, value_id: UUID, told_to: str) -> CriticalValue:
    """Write down who was told: whoever called does, or whoever was called.

    Raises Refused, NotFound("critical_unknown"), Conflict("critical_step"), InvalidInput("form_invalid").
    """
    with transaction.atomic():
        value = _locked(actor, value_id, Step.TOLD, TELL)
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
        ExamOrder.objects.select_related(
            "item", "request__site__organisation", "request__attending", "reading__centre__site__organisation"
        )
        .filter(pk=order_id)
        .first()
    )
    if order is None:
        actor.require(RAISE)
        raise NotFound("exam_order_unknown")
    of_order(order).require(actor, RAISE, telling=True)
    return order


def _raise(actor: Actor, of: ExamOrder | Loose, key: str, **said: Any) -> CriticalValue:
    owner: dict[str, Any] = {"order": of}
    if isinstance(of, Loose):
        owner = {"patient_id": of.patient_id, "organisation_id": of.organisation_id, "site_id": of.site_id}
    told = {"raised_at": clock.now(), "raised_by": actor.name[:120]}
    row, is_new = CriticalValue.objects.get_or_create(key=key, defaults={**owner, **said, **told})
    if is_new:
        _record(actor, row, "critical.raised")
    return row


def _locked(actor: Actor, value_id: UUID, step: Step, verb: str) -> CriticalValue:
    """The value, locked, when this is the step it waits for. Raises Conflict("critical_step") otherwise."""
    seen = known.value_of(actor, value_id)
    whose([seen], clock.now())[seen.pk].require(actor, verb, telling=verb == TELL)
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
    told = {"critical": str(value.pk), **data}
    if value.order is not None:
        telling.tell(actor, kind, value.order.request, **told)
        return
    assert value.patient_id is not None, "a value without an order says whose it is"
    telling.tell_of_patient(actor, kind, value.patient_id, site_of(value, clock.now()), **told)
