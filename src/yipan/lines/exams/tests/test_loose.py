"""Critical numbers that answer no order: whose they are, who is told, and that none is raised twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yipan.base.access import SYSTEM, Role
from yipan.base.access.models import Grant
from yipan.base.patients import actions as patients
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import NotFound, Refused
from yipan.lines.exams import actions, known, tasks
from yipan.lines.exams.actions.results import ToldReport, ToldValue
from yipan.lines.exams.models import CriticalValue, DepartmentHead, ExamItem, ExamOrder
from yipan.lines.exams.queries import critical as query
from yipan.lines.exams.tests.readers import LONG, MINUTE
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Booking, Request
from yipan.spine.testing import NOON, SmallNetwork, patient, practitioner, small_network

pytestmark = pytest.mark.django_db


@dataclass
class Here:
    """A laboratory, the network of whoever lies in a bed, and a patient who does not lie anywhere yet."""

    lab: SmallNetwork
    ward: SmallNetwork
    patient: Any

    def tell(
        self, value: str = "7.1", *, report: str = "R1", days_ago: int = 0, status: str = "F", order: Any = None
    ) -> None:
        """What the laboratory says, also again, corrected, or naming the order that it answers."""
        told = ToldReport(
            report=report,
            path=self.lab.organisation.path,
            source="LIS",
            performed_at=clock.now() - timedelta(days=days_ago),
            site_id=self.lab.site.pk,
            request_id=order.pk if order else None,
            values=[
                ToldValue(key="K", name="血钾", loinc="2823-3", status=status, value=Decimal(value), unit="mmol/L")
            ],
        )
        actions.store_report(actor=SYSTEM, patient_id=self.patient.pk, told=told)

    def lie(self, *, host: SmallNetwork | None = None) -> Booking:
        """The patient has a bed of the ward's hospital, or is lent one of another."""
        home = self.ward.departments["neurology"]
        asked = Request.objects.create(
            line="beds",
            patient=self.patient,
            site=self.ward.site,
            home_department=home,
            attending=practitioner(home),
            wanted_from=NOON - LONG,
            created_at=NOON - LONG,
            created_by="test",
        )
        bed = (host or self.ward).beds["neurology"][0]
        claim = Claim(bed.pk, asked, NOON - LONG, NOON + LONG)
        return booking.occupy(claim=claim, by=SYSTEM, at=NOON - LONG)


def network() -> SmallNetwork:
    return small_network(wards={"neurology": 2})


@pytest.fixture
def here(time: FrozenClock) -> Here:
    actions.set_limit(actor=SYSTEM, loinc="2823-3", name="血钾", unit="mmol/L", low=2.5, high=6.5)
    one = network()
    return Here(one, one, patient())


@pytest.fixture
def apart(here: Here) -> Here:
    """The patient lies in another hospital than the laboratory's."""
    here.ward = network()
    return here


def test_the_ward_of_the_patient_is_told_and_answers(apart: Here) -> None:
    """The laboratory sees whom to call; only the hospital where the patient lies acknowledges and acts."""
    stay = apart.lie()
    apart.tell()
    lab, nurse, doctor = (
        apart.lab.actor(Role.TECHNICIAN),
        apart.ward.actor(Role.WARD_NURSE),
        apart.ward.actor(Role.DOCTOR),
    )
    (row,) = query.open_rows(lab, NOON)
    assert stay.request is not None
    assert (row.whose.patient, row.whose.site, row.asked) == (apart.patient, apart.ward.site, stay.request.attending)
    assert row.whose.bed == apart.ward.beds["neurology"][0]
    actions.tell(actor=lab, value_id=row.value.pk, told_to="神经内科 彭医生")
    with pytest.raises(Refused):
        actions.acknowledge(actor=apart.lab.actor(Role.DOCTOR), value_id=row.value.pk, read_back="x")
    actions.acknowledge(actor=nurse, value_id=row.value.pk, read_back="血钾 7.1")
    value = actions.act(actor=doctor, value_id=row.value.pk, action="葡萄糖酸钙")
    steps = [event.kind.removeprefix("critical.") for event in query.history(value)]
    assert steps == ["raised", "told", "acknowledged", "acted"]
    assert query.closed(doctor).get() == query.closed(lab).get() == value


def test_a_lent_bed_has_two_hospitals(apart: Here) -> None:
    """Who lies in a bed of the laboratory's hospital for another one is answered for by both."""
    apart.lie(host=apart.lab)
    apart.tell()
    (value,) = CriticalValue.objects.all()
    for side in (apart.lab, apart.ward):
        (row,) = query.open_rows(side.actor(Role.DOCTOR), NOON)
        assert set(row.whose.answers) == {apart.lab.organisation.path, apart.ward.organisation.path}
        assert row.value == value


def test_whoever_was_called_may_write_it_down(apart: Here) -> None:
    """The nurse who took the call says so; a hospital that has no part in it does not, and nothing is written."""
    apart.lie()
    apart.tell()
    (value,) = CriticalValue.objects.all()
    with pytest.raises(NotFound):
        actions.tell(actor=network().actor(Role.WARD_NURSE), value_id=value.pk, told_to="x")
    value.refresh_from_db()
    assert value.told_at is None
    actions.tell(actor=apart.ward.actor(Role.WARD_NURSE), value_id=value.pk, told_to="神经内科 何静")
    value.refresh_from_db()
    assert value.told_to == "神经内科 何静"


def test_who_lies_nowhere_is_left_to_whoever_told_it(here: Here) -> None:
    """Without a bed the organisation that told the number sees, answers and closes; a stranger sees nothing."""
    here.tell()
    doctor, stranger = here.lab.actor(Role.DOCTOR), network().actor(Role.DOCTOR)
    (row,) = query.open_rows(doctor, NOON)
    assert (row.whose.department, row.whose.site, row.asked) == (None, here.lab.site, None)
    assert row.whose.answers == (here.lab.organisation.path,)
    assert query.open_rows(stranger, NOON) == query.open_of(stranger, here.patient.pk) == []
    assert query.open_of(doctor, here.patient.pk) == [row.value]
    actions.tell(actor=here.lab.actor(Role.TECHNICIAN), value_id=row.value.pk, told_to="门诊 何静")
    with pytest.raises(NotFound):
        actions.acknowledge(actor=stranger, value_id=row.value.pk, read_back="x")
    row.value.refresh_from_db()
    assert row.value.acknowledged_at is None
    actions.acknowledge(actor=doctor, value_id=row.value.pk, read_back="x")
    actions.act(actor=doctor, value_id=row.value.pk, action="x")
    assert query.open_rows(doctor, NOON) == []


def test_a_ward_that_the_patient_left_still_answers(apart: Here, time: FrozenClock) -> None:
    """Who lay in a bed when the number was raised and has gone home since is still answered for there."""
    stay = apart.lie()
    apart.tell()
    time.advance(MINUTE)
    booking.depart(booking_id=stay.pk, by=SYSTEM, turnover_length=timedelta(0), at=clock.now())
    (row,) = query.open_rows(apart.ward.actor(Role.DOCTOR), clock.now())
    assert row.whose.answers == (apart.ward.organisation.path,)


@pytest.mark.parametrize("lies", [True, False])
def test_what_is_overdue_climbs_as_with_an_order(here: Here, time: FrozenClock, lies: bool) -> None:
    """Attending, head and coordinator are asked in turn, each once; with nobody in between, the rungs are the same."""
    head = practitioner(here.ward.departments["neurology"])
    DepartmentHead.objects.create(department=here.ward.departments["neurology"], practitioner=head)
    if lies:
        here.lie()
    here.tell()
    doctor = here.ward.actor(Role.DOCTOR)
    assert query.overdue(doctor) == 0
    time.advance(10 * MINUTE)
    assert (tasks.escalate(), tasks.escalate()) == (1, 0)
    (row,) = query.open_rows(doctor, clock.now())
    assert (row.asked, query.overdue(doctor)) == (head if lies else None, 1)
    time.advance(5 * MINUTE)
    assert (tasks.escalate(), tasks.escalate()) == (1, 0)
    assert [event.data.get("rung") for event in query.history(row.value)] == [None, "head", "coordinator"]


def test_history_that_is_loaded_calls_nobody(here: Here) -> None:
    """A number of last month is stored and not raised; one of some days ago, such as a culture's, is."""
    here.tell(report="old", days_ago=30)
    here.tell("4.0", report="fine")
    assert not CriticalValue.objects.exists()
    here.tell(report="culture", days_ago=5)
    assert CriticalValue.objects.count() == 1


TOLD = st.tuples(st.sampled_from(["7.1", "1.9", "4.0", "7.10"]), st.sampled_from("PFC"), st.booleans())


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=st.lists(TOLD, min_size=1, max_size=6))
def test_each_number_is_one_value(here: Here, told: list[tuple[str, str, bool]]) -> None:
    """Whatever is told again, corrected, or names its order sooner or later: each critical number that was in force is
    one value, raised once, and says that it was corrected where it is in force no more."""
    with transaction.atomic():
        item = ExamItem.objects.get_or_create(code="K", defaults={"name": "血钾", "category": "laboratory"})[0]
        order = _order(here, item)
        final, expected, in_force = False, set(), ""
        for value, status, named in told:
            here.tell(value, status=status, order=order if named else None)
            if status != "P" or not final:  # a preliminary value says nothing more beside a final one
                expected |= {float(value)} & {7.1, 1.9}
                in_force = value
            final = final or status != "P"
        raised = list(CriticalValue.objects.all())
        assert sorted(value.value or 0 for value in raised) == sorted(expected)
        assert all([e.kind for e in query.history(value)].count("critical.raised") == 1 for value in raised)
        now = f"{float(in_force):g} mmol/L"
        assert all(value.corrected_to == ("" if value.value == float(in_force) else now) for value in raised)
        transaction.set_rollback(True)


def test_who_was_told_a_wrong_number_hears_of_it(here: Here) -> None:
    """A corrected or withdrawn number says so on its open loop, once; one that holds after all says it no more, and a
    closed loop stays as it was."""
    here.tell()
    value = CriticalValue.objects.get()
    here.tell("4.1", status="C")
    here.tell("4.1", status="C")
    value.refresh_from_db()
    assert (value.corrected_to, value.acted_at) == ("4.1 mmol/L", None)
    assert [event.kind for event in query.history(value)] == ["critical.raised", "critical.corrected"]
    user = User.objects.create_user("desk")
    Grant.objects.create(user=user, role=Role.COORDINATOR, organisation=here.lab.organisation)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    assert "Corrected to 4.1 mmol/L" in client.get("/critical").content.decode()
    assert "Corrected to 4.1 mmol/L" in client.get(f"/critical/{value.pk}").content.decode()
    here.tell("4.2", status="C")
    value.refresh_from_db()
    assert value.corrected_to == "4.2 mmol/L"
    here.tell("7.1", status="C")
    value.refresh_from_db()
    assert value.corrected_at is None
    here.tell("7.1", status="X")
    value.refresh_from_db()
    assert (value.corrected_at is not None, value.corrected_to) == (True, "")
    assert "Withdrawn" in client.get(f"/critical/{value.pk}").content.decode()
    CriticalValue.objects.update(
        **{f"{step}_at": NOON for step in ("told", "acknowledged", "acted")},
        **{f"{step}_by": "x" for step in ("told", "acknowledged", "acted")},
        told_to="x",
    )
    here.tell("3.9", status="C")
    value.refresh_from_db()
    assert value.corrected_to == ""


def _order(here: Here, item: ExamItem) -> ExamOrder:
    home = here.ward.departments["neurology"]
    times = {"wanted_from": NOON, "created_at": NOON, "created_by": "test"}
    request = Request.objects.create(
        line="exams", patient=here.patient, site=here.ward.site, home_department=home, **times
    )
    return ExamOrder.objects.create(request=request, item=item, accession=f"T{request.pk.hex[:10]}")


@pytest.mark.parametrize("missing", ["patient", "organisation"])
def test_the_database_knows_whose_it_is(here: Here, missing: str) -> None:
    """A value without an order and without its patient, or without who told it, is refused by PostgreSQL."""
    here.tell()
    with pytest.raises(IntegrityError), transaction.atomic():
        CriticalValue.objects.update(**{missing: None})


def test_it_follows_its_patient(here: Here) -> None:
    """Two records that turn out to be one person bring it along, and back; export and erasure know of it."""
    here.tell()
    survivor = patient()
    merge = patients.merge(actor=SYSTEM, survivor_id=survivor.pk, retired_id=here.patient.pk, reason="one person")
    value = CriticalValue.objects.get()
    assert value.patient == survivor
    assert [row["id"] for row in known._criticals([survivor.pk])] == [str(value.pk)]
    patients.unmerge(actor=SYSTEM, merge_id=merge.pk)
    value.refresh_from_db()
    assert value.patient == here.patient
    CriticalValue.objects.update(note="by name")
    known._erase_readings([here.patient.pk])
    value.refresh_from_db()
    assert value.note == ""
