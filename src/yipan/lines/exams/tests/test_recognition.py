"""Results found when ordering, and what doctors decide about them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from yipan.base.access import SYSTEM, Role
from yipan.base.audit.models import Entry
from yipan.base.patients.actions import register
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from yipan.lines.exams.actions import add_assessment, order_exam, recognise, refuse, set_areas, set_rule
from yipan.lines.exams.models import Decision, ExamItem, Result
from yipan.lines.exams.policy.recognition import Mark, Scope
from yipan.lines.exams.queries.recognition import Candidate, usable
from yipan.lines.exams.tests.laboratory import Laboratory
from yipan.spine.models import Event, Request
from yipan.spine.testing import NOON, small_network


def at_hand(lab: Laboratory) -> list[Candidate]:
    return usable(lab.doctor, lab.patient_id, lab.item.pk)


def reasons(lab: Laboratory) -> list[str]:
    return [c.answer.reason for c in at_hand(lab)]


def decide(lab: Laboratory, result: Result, **more: object) -> Decision:
    given = {"patient_id": lab.patient_id, "item_id": lab.item.pk, "result_id": result.pk}
    verb = refuse if "reason" in more else recognise
    return verb(actor=lab.doctor, department_id=lab.department.pk, **given, **more)  # type: ignore[operator]


def test_results_at_hand_with_the_first_reason_why_not(lab: Laboratory) -> None:
    """Usable results come first, the others with their reason; the look-up is written into the trail."""
    lab.result(80)
    lab.result(3, status="P")
    lab.result(5, elsewhere=True)
    lab.result(6, elsewhere=True, mark=Mark(Scope.NATIONAL))
    lab.result(4)
    assert reasons(lab) == ["", "", "recognition_not_final", "recognition_unmarked", "recognition_too_old"]
    assert Entry.objects.filter(action="results.looked_up", patient_id=lab.patient_id).exists()


def test_a_correction_counts_not_what_it_replaced(lab: Laboratory) -> None:
    """Of a corrected report only the value in force is a candidate."""
    lab.result(2, report="R", value="5.9")
    lab.result(2, report="R", value="4.1", status="C")
    (candidate,) = at_hand(lab)
    assert [row.value for row in candidate.rows] == [Decimal("4.1")]


def test_a_value_of_a_panel_answers_the_single_item(lab: Laboratory) -> None:
    """Potassium out of a metabolic panel is a result for potassium."""
    panel = ExamItem.objects.create(code="BMP", name="生化", category="laboratory")
    row = lab.result(1)
    Result.objects.filter(pk=row.pk).update(item=panel, analyte=lab.item)
    assert reasons(lab) == [""]
    assert len(usable(lab.doctor, lab.patient_id, panel.pk)) == 1


def test_rules_of_the_item(lab: Laboratory) -> None:
    """Validity, negative list, marks and areas are data that a manager edits."""
    lab.result(30)
    lab.result(2, elsewhere=True, mark=Mark(Scope.PROVINCE, "云南省"))
    manager = lab.network.actor(Role.MANAGER)
    assert reasons(lab) == ["", "recognition_elsewhere"]
    set_areas(actor=manager, areas=[("云南省", "province")])
    assert reasons(lab) == ["", ""]
    set_rule(actor=manager, item_id=lab.item.pk, valid_hours=24)
    assert reasons(lab) == ["", "recognition_too_old"]
    set_rule(actor=manager, item_id=lab.item.pk, valid_hours=24, recognisable=False)
    assert set(reasons(lab)) == {"recognition_negative"}
    with pytest.raises(InvalidInput, match="form_invalid"):
        set_rule(actor=manager, item_id=lab.item.pk, valid_hours=0)
    with pytest.raises(Refused):
        set_rule(actor=lab.doctor, item_id=lab.item.pk, valid_hours=99)


def test_an_emergency_is_examined_anew(lab: Laboratory) -> None:
    """For a day an open emergency order of the patient leaves nothing to propose, unless the item's rule says so."""
    lab.result(1)
    order = {"actor": lab.doctor, "patient_id": lab.patient_id, "department_id": lab.department.pk}
    request = order_exam(item_id=lab.item.pk, priority="emergency", repeated=True, **order)  # type: ignore[arg-type]
    assert reasons(lab) == ["recognition_critical"]
    Request.objects.filter(pk=request.pk).update(created_at=NOON - timedelta(days=1))
    assert reasons(lab) == [""]
    Request.objects.filter(pk=request.pk).update(created_at=NOON)
    set_rule(actor=lab.network.actor(Role.MANAGER), item_id=lab.item.pk, valid_hours=24, for_critical=True)
    assert reasons(lab) == [""]


def test_a_failed_control_closes_recognition_until_it_is_good(lab: Laboratory) -> None:
    """Results between the last good control and the next are not usable; before and after they are."""
    lab.materials()
    for hours, deviations in ((30, (0.1, 0.2)), (6, (3.4, 0.1))):
        lab.run(NOON - timedelta(hours=hours), *deviations)
    lab.result(40)
    lab.result(10)
    lab.result(2)
    assert sorted(reasons(lab)) == ["", "quality_control_failed", "quality_control_failed"]
    lab.run(NOON - timedelta(hours=4), 0.3, -0.2)
    told = {round((NOON - c.performed_at).total_seconds() / 3600): c.answer.reason for c in at_hand(lab)}
    assert told == {40: "", 10: "quality_control_failed", 2: ""}


def test_a_failed_assessment_closes_recognition_until_one_is_passed(lab: Laboratory, time: FrozenClock) -> None:
    """A failed round closes the site for the item, a passed one opens it again for what is made since."""
    round_ = {"actor": lab.technician, "site_id": lab.site.pk, "item_id": lab.item.pk, "organiser": "省临检中心"}
    lab.result(1)
    day = timedelta(days=1)
    add_assessment(round="1", sample_at=NOON - 9 * day, assessed_at=NOON - day, passed=False, **round_)  # type: ignore[arg-type]
    assert reasons(lab) == ["quality_assessment_failed"]
    time.advance(timedelta(hours=12))
    add_assessment(round="2", sample_at=clock.now(), assessed_at=clock.now(), passed=True, **round_)  # type: ignore[arg-type]
    time.advance(timedelta(hours=2))
    lab.result(1)
    assert reasons(lab) == ["", "quality_assessment_failed"]


def test_recognised_once(lab: Laboratory) -> None:
    """A recognition is kept with what it saved, told as an event, and counted once for a department."""
    result = lab.result(1)
    decision = decide(lab, result)
    assert decide(lab, result).pk == decision.pk
    assert (decision.recognised, decision.price, decision.dose) == (True, Decimal(12), 0.5)
    assert Event.objects.get(kind="result.recognised").patient_id == lab.patient_id
    assert Decision.objects.count() == 1


def test_recognition_withdraws_the_order_that_it_answers(lab: Laboratory) -> None:
    """An order that was made already is over when a result serves instead; that of somebody else stays."""
    result = lab.result(1)
    order = {"actor": lab.doctor, "department_id": lab.department.pk, "item_id": lab.item.pk}
    request = order_exam(patient_id=lab.patient_id, repeated=True, **order)  # type: ignore[arg-type]
    other = Laboratory(lab.network, lab.item, _somebody()).patient_id
    foreign = order_exam(patient_id=other, **order)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="recognition_other_order"):
        decide(lab, result, request_id=foreign.pk)
    assert Decision.objects.count() == 0
    assert decide(lab, result, request_id=request.pk).request == request
    assert list(Request.objects.exclude(cancelled_at=None)) == [request]


def _somebody() -> UUID:
    return register(actor=SYSTEM, name="王秀英", sex="female", birth_date=None, identifiers=()).pk


def test_refusals_carry_a_reason(lab: Laboratory) -> None:
    """One of the six reasons, with a text for "other"; without, nothing is written."""
    result = lab.result(1)
    for reason in ("", "because", "other"):
        with pytest.raises(InvalidInput, match="form_invalid"):
            decide(lab, result, reason=reason)
    assert Decision.objects.count() == 0
    decide(lab, result, reason="fast")
    decide(lab, result, reason="other", text="家属要求")
    told = Decision.objects.order_by("reason").values_list("recognised", "reason", "text")
    assert list(told) == [(False, "fast", ""), (False, "other", "家属要求")]


def test_only_usable_results_are_recognised_and_only_by_doctors(lab: Laboratory) -> None:
    """What is too old, what is another item's, and what a technician wants is refused; nothing is written."""
    old = lab.result(100)
    with pytest.raises(Conflict, match="recognition_too_old"):
        decide(lab, old)
    fresh = lab.result(1)
    other = ExamItem.objects.create(code="NA", name="血钠", category="laboratory")
    given = {"patient_id": lab.patient_id, "result_id": fresh.pk, "department_id": lab.department.pk}
    with pytest.raises(NotFound, match="result_unknown"):
        recognise(actor=lab.doctor, item_id=other.pk, **given)
    elsewhere = small_network(wards={"neurology": 1}).actor(Role.DOCTOR)
    for actor in (lab.technician, elsewhere):
        with pytest.raises(Refused):
            recognise(actor=actor, item_id=lab.item.pk, **given)
    assert Decision.objects.count() == 0
