"""Keeping what counts as critical: limits, findings and heads of departments."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from yipan.base.access import SYSTEM, Role
from yipan.base.audit.models import Entry
from yipan.kernel.errors import InvalidInput, NotFound, Refused
from yipan.lines.exams import actions
from yipan.lines.exams.actions.critical import Measured
from yipan.lines.exams.models import CriticalFinding, CriticalRule, DepartmentHead
from yipan.lines.exams.tests.readers import Room, room
from yipan.spine.testing import practitioner, small_network

pytestmark = pytest.mark.django_db

POTASSIUM: dict[str, Any] = {"loinc": "2823-3", "name": "血钾", "unit": "mmol/L", "low": 2.5, "high": 6.5}


@pytest.fixture
def here(time: Any) -> Room:
    return room()


def wrong(**told: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        actions.set_limit(actor=SYSTEM, **{**POTASSIUM, **told})
    fields: dict[str, str] = refused.value.params["fields"]
    return fields


def test_a_limit_holds_from_the_next_result(here: Room) -> None:
    """What a manager sets is judged by at once, in the unit of UCUM however it was typed; an entry says who set it."""
    manager, order = here.network.actor(Role.MANAGER), here.order("laboratory")
    row = actions.set_limit(actor=manager, **{**POTASSIUM, "unit": "mmol/l", "loinc": " 2823-3 "})
    assert (row.unit, row.loinc) == ("mmol/L", "2823-3")
    value = actions.judge_result(actor=SYSTEM, order_id=order.pk, measured=Measured("2823-3", 7.0, "mmol/L"))
    assert value is not None
    assert (value.value, value.unit) == (7.0, "mmol/L")
    entry = Entry.objects.get(action="critical.limit")
    assert (entry.actor_name, entry.data["high"]) == (manager.name, 6.5)


def test_each_wrong_field_of_a_limit_is_named(here: Room) -> None:
    """Names, codes, units and bounds that cannot be are told beside their fields, and nothing is written."""
    actions.set_limit(actor=SYSTEM, **POTASSIUM)
    assert wrong() == {"loinc": "limit_taken"}
    assert wrong(loinc="2823-4", unit="mmol per litre") == {"loinc": "loinc_check", "unit": "unit_unknown"}
    assert wrong(loinc="2345-7", low=None, high=None, name=" ") == {"name": "field_required", "low": "limit_bound"}
    assert wrong(loinc="2345-7", low=9.0, high=2.0) == {"high": "limit_order"}
    assert wrong(loinc="2345-7", low=float("nan")) == {"low": "limit_number"}
    assert CriticalRule.objects.count() == Entry.objects.filter(action="critical.limit").count() == 1


def test_postgresql_refuses_bounds_out_of_order(here: Room) -> None:
    """A limit below which and above which everything is critical cannot be stored, whatever wrote it."""
    with pytest.raises(IntegrityError), transaction.atomic():
        CriticalRule.objects.create(**{**POTASSIUM, "low": 7.0})


def test_what_was_raised_keeps_its_name(here: Room) -> None:
    """A limit or finding that a value names keeps its code; out of use it judges and offers nothing more."""
    reader, row = here.reader(), here.reading()
    finding = CriticalFinding.objects.get(code="pneumothorax")
    limit = actions.set_limit(actor=SYSTEM, **POTASSIUM)
    order = here.order("laboratory")
    told = Measured("2823-3", 7.0, "mmol/L")
    value = actions.judge_result(actor=SYSTEM, order_id=order.pk, measured=told)
    actions.raise_critical(actor=reader, order_id=row.pk, finding_id=finding.pk)
    with pytest.raises(InvalidInput) as refused:
        actions.set_finding(actor=SYSTEM, finding_id=finding.pk, code="other", category="ecg", name="气胸")
    assert refused.value.params["fields"] == {"code": "critical_named"}
    assert wrong(rule_id=limit.pk, loinc="2345-7") == {"loinc": "critical_named"}
    actions.set_limit(actor=SYSTEM, rule_id=limit.pk, **{**POTASSIUM, "unit": "mg/dL"}, in_use=False)
    again = Measured("2823-3", 8.0, "mg/dL", result="other")
    assert actions.judge_result(actor=SYSTEM, order_id=order.pk, measured=again) is None
    assert value is not None
    value.refresh_from_db()
    assert value.unit == "mmol/L"
    kept = {"code": finding.code, "category": finding.category, "name": "气胸"}
    actions.set_finding(actor=SYSTEM, finding_id=finding.pk, **kept, in_use=False)
    with pytest.raises(NotFound, match="finding_unknown"):
        actions.raise_critical(actor=reader, order_id=here.reading().pk, finding_id=finding.pk)


def test_a_finding_needs_code_and_category_of_its_own(here: Room) -> None:
    """A taken code and a category that is none are named, and nothing is written."""
    with pytest.raises(InvalidInput) as refused:
        actions.set_finding(actor=SYSTEM, code="pneumothorax", category="x", name="")
    assert refused.value.params["fields"] == {
        "code": "finding_code_taken",
        "category": "choice_unknown",
        "name": "field_required",
    }
    assert CriticalFinding.objects.count() == 1


def test_limits_belong_to_the_whole_network(here: Room) -> None:
    """The manager of one hospital of two may change neither limits nor findings."""
    small_network()
    manager = here.network.actor(Role.MANAGER)
    with pytest.raises(Refused):
        actions.set_limit(actor=manager, **POTASSIUM)
    with pytest.raises(Refused):
        actions.set_finding(actor=manager, code="x", category="ecg", name="x")
    assert not CriticalRule.objects.exists()
    assert CriticalFinding.objects.count() == 1


def test_a_hospital_names_its_own_heads(here: Room) -> None:
    """A manager names and takes away the head of an own department, from the own people; others' stay as they are."""
    other = small_network()
    manager, own = here.network.actor(Role.MANAGER), here.network.departments["neurology"]
    person, stranger = practitioner(own), practitioner(other.departments["neurology"])
    actions.set_head(actor=manager, department_id=own.pk, practitioner_id=person.pk)
    assert DepartmentHead.objects.get().practitioner == person
    foreign = other.departments["neurology"].pk
    with pytest.raises(Refused):
        actions.set_head(actor=manager, department_id=foreign, practitioner_id=person.pk)
    with pytest.raises(InvalidInput) as refused:
        actions.set_head(actor=manager, department_id=own.pk, practitioner_id=stranger.pk)
    assert refused.value.params["fields"] == {"practitioner": "head_unknown"}
    assert DepartmentHead.objects.get().practitioner == person
    actions.set_head(actor=manager, department_id=own.pk, practitioner_id=None)
    assert not DepartmentHead.objects.exists()
    assert [e.data["head"] for e in Entry.objects.filter(action="critical.head").order_by("id")] == [person.code, ""]


def test_a_limit_changed_past_yipan_is_told() -> None:
    """A limit that nobody set through Yipan leaves an entry of the database itself when it is committed."""
    row = CriticalRule.objects.create(**POTASSIUM)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    entry = Entry.objects.get()
    assert (entry.action, entry.object_type, entry.object_id) == ("row.insert", "exams_criticalrule", str(row.pk))
