"""A critical number without an order is for whoever told it and whoever cares for the patient, also in PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from tests.access.two_hospitals import Side, behind, rows, side, without_policies
from yipan.base.access import SYSTEM, Role
from yipan.base.access.models import Grant
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.exams import actions
from yipan.lines.exams.actions.critical import Loose, Measured, breaches, raise_breaches
from yipan.lines.exams.models import CriticalEscalation, CriticalValue
from yipan.lines.exams.queries import critical as query
from yipan.lines.exams.tasks import escalate
from yipan.spine.models import Event
from yipan.spine.testing import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]
TOLD = Measured("2823-3", 7.1, "mmol/L", result="K")


@pytest.fixture
def lab() -> Side:
    return side("王建国")


@pytest.fixture
def ward() -> Side:
    return side("赵国庆")


def raised(lab: Side, ward: Side) -> CriticalValue:
    """What the laboratory of one hospital tells of somebody who lies in the other, and nobody answers at once."""
    actions.set_limit(actor=SYSTEM, loinc="2823-3", name="血钾", name_en="Potassium", unit="mmol/L", low=2.5, high=6.5)
    network = lab.network
    of = Loose(report="R", patient_id=ward.patient.pk, organisation_id=network.organisation.pk, site_id=network.site.pk)
    (value,) = raise_breaches(SYSTEM, of, breaches([TOLD]))
    return value


def test_two_hospitals_close_it_behind_the_wall(lab: Side, ward: Side) -> None:
    """The laboratory tells, the ward of the other hospital acknowledges and acts; each sees patient and history."""
    with clock.using(FrozenClock(NOON)):
        value = raised(lab, ward)
        technician, doctor = lab.actor(Role.TECHNICIAN), ward.actor(Role.DOCTOR)
        with behind(technician):
            (row,) = query.open_rows(technician, NOON)
            assert (row.whose.patient, row.whose.site) == (ward.patient, ward.network.site)
            actions.tell(actor=technician, value_id=value.pk, told_to="x")
        with behind(doctor):
            assert query.open_rows(doctor, NOON)[0].value == value
            actions.acknowledge(actor=doctor, value_id=value.pk, read_back="x")
            done = actions.act(actor=doctor, value_id=value.pk, action="x")
            assert len(query.history(done)) == 4
    assert set(Event.objects.filter(kind__startswith="critical.").values_list("site_id", flat=True)) == {
        ward.network.site.pk
    }


def test_a_third_hospital_sees_and_writes_none(lab: Side, ward: Side) -> None:
    """Neither ORM nor SQL give a stranger a row or let one in; without the policies they would."""
    with clock.using(FrozenClock(NOON)) as time:
        value = raised(lab, ward)
        time.advance(timedelta(hours=1))  # type: ignore[attr-defined]
        assert escalate() == 2
        stranger = side("钱学文").actor(Role.DOCTOR, Role.READER, Role.TECHNICIAN)
        tables = ("exams_criticalvalue", "exams_criticalescalation")
        with behind(stranger):
            assert [rows(f"SELECT count(*) FROM {table}") for table in tables] == [[(0,)]] * 2
            assert CriticalValue.objects.update(note="seen") == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                CriticalValue.objects.create(
                    key="x", patient=ward.patient, organisation=lab.network.organisation, rule=value.rule,
                    raised_at=NOON, raised_by="x",
                )  # fmt: skip
        with without_policies("exams_criticalvalue"), behind(stranger):
            assert CriticalValue.objects.count() == 1
    assert CriticalEscalation.objects.count() == 2


def browser(side: Side, role: Role) -> Client:
    user = User.objects.create_user(f"{role}-{side.network.site.code}")
    Grant.objects.create(user=user, role=role, organisation=side.network.organisation)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def test_the_pages_show_it_to_both(lab: Side, ward: Side) -> None:
    """List, page and step of a value without an order, for the laboratory and for the ward, closed too."""
    with clock.using(FrozenClock(NOON)):
        value = raised(lab, ward)
        technician, doctor = browser(lab, Role.TECHNICIAN), browser(ward, Role.DOCTOR)
        address = reverse("critical-value", args=[value.pk])
        bed = ward.stay.capacity.bed
        assert bed is not None
        for client in (technician, doctor):
            page = client.get(reverse("critical")).content.decode()
            assert "No order" in page
            assert f"bed {bed.label}" in page
            assert "Potassium" in client.get(address).content.decode()
        assert address in doctor.get(reverse("exam-results", args=[ward.patient.pk])).content.decode()
        technician.post(reverse("critical-tell", args=[value.pk]), {"told_to": "x"})
        assert technician.post(reverse("critical-acknowledge", args=[value.pk]), {"read_back": "x"}).status_code == 403
        doctor.post(reverse("critical-acknowledge", args=[value.pk]), {"read_back": "x"})
        doctor.post(reverse("critical-act", args=[value.pk]), {"action": "calcium"})
        for client in (technician, doctor):
            assert "calcium" in client.get(address).content.decode()
            assert "calcium" in client.get(reverse("critical"), {"list": "closed"}).content.decode()
        assert browser(side("钱学文"), Role.DOCTOR).get(address).status_code == 404
    assert CriticalValue.objects.filter(acted_at=NOON).exists()
