"""Results at hand that an order would repeat: which are usable, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from yipan.base import audit
from yipan.base.access import Actor, wall
from yipan.base.patients.queries import resolve
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.exams.models import ExamItem, RecognitionRule, Result
from yipan.lines.exams.policy import quality as policy_quality
from yipan.lines.exams.policy import recognition as policy
from yipan.lines.exams.queries import quality
from yipan.lines.exams.queries.mapping import areas
from yipan.spine.models import Booking, Priority, Request
from yipan.spine.queries import RequestState, with_state
from yipan.spine.states import State

SHOWN_LONGER = timedelta(days=30)
"""So long after it has become too old a result is still shown, with the reason."""
MOST_ROWS = 300
OPEN = (RequestState.WAITING, RequestState.HELD, RequestState.CONFIRMED, RequestState.ACTIVE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A report that answers the item. `result_id` names it; `rows` are its observations in their order."""

    result_id: UUID
    site: str
    performed_at: datetime
    mark: str
    rows: tuple[Result, ...]
    answer: policy.Answer
    price: Decimal
    dose: float

    @property
    def usable(self) -> bool:
        return self.answer.usable


def usable(actor: Actor, patient_id: UUID, item_id: UUID, at: datetime | None = None) -> list[Candidate]:
    """Every recent report of the item for the patient, wherever in the network; usable ones first, then the latest.

    The reading is audited. Raises Refused, NotFound("exam_item_unknown" | "patient_unknown").
    """
    actor.require("exams.order")
    with wall.passage("exams.recognition"):
        found = candidates(patient_id, item_id, at or clock.now())
    data = {"item": str(item_id), "results": len(found)}
    audit.record(actor, "results.looked_up", "patient", patient_id, patient_id=patient_id, data=data)
    return found


def candidates(patient_id: UUID, item_id: UUID, at: datetime) -> list[Candidate]:
    """As `usable`, without asking who wants to know: for actions that have asked."""
    item = ExamItem.objects.select_related("recognition").filter(pk=item_id, in_use=True).first()
    if item is None:
        raise NotFound("exam_item_unknown", id=str(item_id))
    stored: RecognitionRule | None = getattr(item, "recognition", None)
    rule, demand = rule_of(item, stored), quality.demand_of(stored)
    longest = max(rule.valid_for(inpatient=False), rule.valid_for(inpatient=True))
    reports = _reports(resolve(patient_id).pk, item_id, at - longest - SHOWN_LONGER)
    if not reports:
        return []
    patient, named = _patient(patient_id, at), areas()
    facts = [_fact(rows) for rows in reports]

    def judged(k: int, standing: policy_quality.Standing) -> policy.Answer:
        return policy.judge(facts[k], rule, patient, standing, named, at)

    # Quality is asked last, and costs most: only of the sites whose results nothing else refuses. Whoever makes one
    # elsewhere answers for it by the mark; controls are known of the network's own sites.
    answers = [judged(k, policy_quality.GOOD) for k in range(len(reports))]
    own = {k: site for k, answer in enumerate(answers) if answer.usable and (site := reports[k][0].site_id)}
    since = min((facts[k].performed_at for k in own), default=at)
    known = quality.records(item_id, set(own.values()), since=since)
    for k, site in own.items():
        answers[k] = judged(k, known[site].standing(facts[k].performed_at, demand))
    found = [_candidate(rows, fact, answer, item) for rows, fact, answer in zip(reports, facts, answers, strict=True)]
    return sorted(found, key=lambda c: (not c.usable, -c.performed_at.timestamp()))


def _fact(rows: tuple[Result, ...]) -> policy.Fact:
    first = rows[0]
    mark = policy.Mark(policy.Scope(first.mark_scope), first.mark_area)
    return policy.Fact(_status(rows), first.performed_at, mark, own=first.site_id is not None)


def _candidate(rows: tuple[Result, ...], fact: policy.Fact, answer: policy.Answer, item: ExamItem) -> Candidate:
    place = rows[0].site.label if rows[0].site else rows[0].performer
    return Candidate(rows[0].pk, place, fact.performed_at, fact.mark.text, rows, answer, item.price, item.dose)


def rule_of(item: ExamItem, stored: RecognitionRule | None) -> policy.Rule:
    """What an item asks of a result: as somebody wrote it, else as its category does."""
    if stored is None:
        return policy.Rule(valid_hours=policy.VALID_HOURS.get(item.category, 72))
    return policy.Rule(
        valid_hours=stored.valid_hours,
        valid_hours_ward=stored.valid_hours_ward,
        recognisable=stored.recognisable,
        mark_needed=stored.mark_needed,
        for_critical=stored.for_critical,
    )


def _reports(patient_id: UUID, item_id: UUID, since: datetime) -> list[tuple[Result, ...]]:
    """The rows in force of each report that has the item, as a whole or as one of its values."""
    rows = Result.objects.filter(patient=patient_id, superseded_at__isnull=True, performed_at__gte=since)
    rows = rows.select_related("site").order_by("-performed_at", "position")
    whole = list(rows.filter(item=item_id)[:MOST_ROWS])
    single = list(rows.filter(analyte=item_id)[:MOST_ROWS])
    reports: dict[str, list[Result]] = {}
    for row in whole:
        reports.setdefault(row.report, []).append(row)
    for row in single:
        reports.setdefault(f"{row.report}#{row.key}", [row])
    return [tuple(told) for told in reports.values()]


def _status(rows: tuple[Result, ...]) -> str:
    """The least certain of a report's rows; values that could not be had do not count beside others."""
    told = {row.status for row in rows}
    return next((status for status in "PCF" if status in told), "X")


def _patient(patient_id: UUID, at: datetime) -> policy.Patient:
    """Whether the patient lies in a ward, and whether an emergency request of the last day is open for them."""
    lying = Booking.objects.filter(
        patient=patient_id, state=State.ACTIVE, body=True, capacity__bed__isnull=False
    ).exists()
    urgent = Request.objects.filter(
        patient=patient_id, priority=Priority.EMERGENCY, cancelled_at=None, created_at__gt=at - policy.EMERGENCY_LASTS
    )
    states = with_state(urgent, at=at).values_list("state", flat=True)  # type: ignore[misc]
    return policy.Patient(inpatient=lying, critical=any(state in OPEN for state in states))
