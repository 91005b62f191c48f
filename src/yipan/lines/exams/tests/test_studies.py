"""Studies of the archive: found once, matched by number, and by a person where the number does not decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from yipan.base.access import SYSTEM, Actor, Role
from yipan.base.audit.models import Entry
from yipan.codecs.dicom.studies import StudySummary
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from yipan.lines.exams.actions import (
    attach_study,
    detach_study,
    match_waiting,
    set_study_aside,
    take_studies,
    take_study_up,
)
from yipan.lines.exams.models import Study
from yipan.lines.exams.policy.matching import Waits
from yipan.lines.exams.queries import studies as queries
from yipan.lines.exams.tests.one_scanner import Radiology, radiology
from yipan.spine.models import Event
from yipan.spine.testing import NOON, small_network

pytestmark = pytest.mark.django_db

FOUND = StudySummary(
    uid="1.2.840.1",
    accession="",
    modalities=("CT",),
    at=NOON,
    description="颅脑 CT 平扫",
    patient_id="",
    patient_issuer="",
    patient_name="乔立民",
    birth_date=date(1949, 8, 30),
    sex="M",
    series=1,
    instances=30,
)


@pytest.fixture
def clinic() -> Radiology:
    return radiology()


@pytest.fixture
def technician(clinic: Radiology) -> Actor:
    return clinic.network.actor(Role.TECHNICIAN, name="技师陈")


def found(**told: object) -> Study:
    """A study that the archive told."""
    take_studies(actor=SYSTEM, found=[replace(FOUND, **told)])
    return Study.objects.get(uid=told.get("uid", FOUND.uid))


def test_a_study_whose_order_comes_later_is_matched_then(clinic: Radiology) -> None:
    """A study waits until the hospital's system sends its order, and is matched without anybody's help."""
    study = found(accession="HIS-77")
    assert match_waiting(actor=SYSTEM) == 0
    order = clinic.order(clinic.patient(), accession="HIS-77")
    assert match_waiting(actor=SYSTEM) == 1
    study.refresh_from_db()
    assert study.order == order
    assert (study.attached_by, Event.objects.filter(kind="exam.imaged", request_id=order.pk).count()) == ("", 1)


def test_a_wrong_number_does_not_put_a_study_on_another_patient(clinic: Radiology) -> None:
    """A mistyped accession number meets another birth date: the study waits and says so, and no order is told."""
    order = clinic.order(clinic.patient("王建国", born=date(1980, 1, 1)))
    study = found(accession=order.accession)
    assert study.order is None
    (waiting,) = queries.explained(clinic.network.actor(Role.TECHNICIAN), [study])
    assert waiting.reason is Waits.OTHER_PATIENT
    assert not Event.objects.filter(kind="exam.imaged").exists()


def test_orders_that_may_be_meant_are_proposed_and_never_taken(clinic: Radiology, technician: Actor) -> None:
    """Without an accession number the order of the same number, device and day is proposed; nothing is attached."""
    patient = clinic.patient(number="770012")
    order = clinic.order(patient)
    clinic.order(clinic.patient("李小敏"), NOON + timedelta(hours=1), accession="OTHER")
    study = found(patient_id="77 0012")
    assert (study.order, match_waiting(actor=SYSTEM)) == (None, 0)
    (waiting,) = queries.explained(technician, list(queries.waiting(technician)))
    assert (waiting.reason, waiting.proposals) == (Waits.NO_ACCESSION, (order,))


def test_a_person_attaches_and_detaches_a_study(clinic: Radiology, technician: Actor) -> None:
    """Who attached is on the study and in the journal; detached it waits, and its number does not attach it again."""
    order = clinic.order(clinic.patient())
    study = attach_study(actor=technician, study_id=found().pk, accession=f" {order.accession} ")
    assert (study.order, study.attached_by) == (order, "技师陈")
    with pytest.raises(InvalidInput, match="reason_missing"):
        detach_study(actor=technician, study_id=study.pk, reason=" ")
    detach_study(actor=technician, study_id=study.pk, reason="另一位患者的图像")
    study.refresh_from_db()
    assert (study.order, study.attached_at, match_waiting(actor=SYSTEM)) == (None, None, 0)
    kinds = Event.objects.filter(request_id=order.pk, kind__startswith="exam.imaged") | Event.objects.filter(
        request_id=order.pk, kind="study.detached"
    )
    assert [(e.kind, e.actor_name) for e in kinds.order_by("id")] == [
        ("exam.imaged", "技师陈"),
        ("study.detached", "技师陈"),
    ]


def test_attaching_to_another_patient_asks_once_more(clinic: Radiology, technician: Actor) -> None:
    """Where the study tells another patient the step is refused and nothing changed, unless the person insists."""
    order = clinic.order(clinic.patient("王建国"))
    study = found()
    with pytest.raises(Conflict, match="study_other_patient"):
        attach_study(actor=technician, study_id=study.pk, accession=order.accession)
    study.refresh_from_db()
    assert study.order is None
    attach_study(actor=technician, study_id=study.pk, accession=order.accession, anyway=True)
    study.refresh_from_db()
    assert study.order == order


def test_a_study_is_set_aside_and_taken_up_again(technician: Actor) -> None:
    """Set aside with a reason it leaves the queue and is matched by nothing; taken up it waits again."""
    study = found(accession="PHANTOM")
    with pytest.raises(InvalidInput, match="reason_missing"):
        set_study_aside(actor=technician, study_id=study.pk, reason="")
    set_study_aside(actor=technician, study_id=study.pk, reason="质控体模")
    assert not queries.waiting(technician).exists()
    assert [s.set_aside_reason for s in queries.set_aside(technician)] == ["质控体模"]
    with pytest.raises(Conflict, match="study_step"):
        set_study_aside(actor=technician, study_id=study.pk, reason="again")
    take_study_up(actor=technician, study_id=study.pk)
    assert [s.pk for s in queries.waiting(technician)] == [study.pk]
    told = Entry.objects.filter(object_type="study").order_by("id").values_list("action", flat=True)
    assert list(told) == ["study.found", "study.set_aside", "study.taken_up"]


def test_studies_of_other_hospitals_stay_closed(clinic: Radiology, technician: Actor) -> None:
    """Nobody attaches to, detaches from, or opens studies of an order where they have no role; nothing changes."""
    order = clinic.order(clinic.patient())
    stranger = small_network().actor(Role.TECHNICIAN, Role.DOCTOR, Role.READER)
    study = found()
    with pytest.raises(Refused):
        attach_study(actor=stranger, study_id=study.pk, accession=order.accession)
    attach_study(actor=technician, study_id=study.pk, accession=order.accession)
    with pytest.raises(Refused):
        detach_study(actor=stranger, study_id=study.pk, reason="mine")
    with pytest.raises(NotFound, match="study_unknown"):
        queries.study(stranger, study.pk)
    with pytest.raises(NotFound, match="exam_order_unknown"):
        queries.of_order(stranger, order.pk)
    nurse = clinic.network.actor(Role.WARD_NURSE)
    for step in (attach_study, detach_study, set_study_aside, take_study_up):
        given = {"accession": "x"} if step is attach_study else {"reason": "x"} if step is not take_study_up else {}
        with pytest.raises(Refused):
            step(actor=nurse, study_id=study.pk, **given)
    study.refresh_from_db()
    assert (study.order, study.set_aside_at) == (order, None)


def test_unknown_studies_and_numbers_are_told(technician: Actor) -> None:
    """A study or an accession number that does not exist is named as such."""
    with pytest.raises(NotFound, match="study_unknown"):
        attach_study(actor=technician, study_id=uuid4(), accession="A1")
    with pytest.raises(NotFound, match="order_of_number_unknown"):
        attach_study(actor=technician, study_id=found().pk, accession="A-not-there")


def test_the_patient_number_of_a_study_is_sealed(technician: Actor) -> None:
    """The database holds no readable patient number of a study, and finds it all the same."""
    study = found(patient_id="770012")
    with connection.cursor() as cursor:
        cursor.execute("SELECT patient_number FROM exams_study WHERE id = %s", [study.pk])
        (stored,) = cursor.fetchone()
    assert b"770012" not in bytes(stored)
    assert study.patient_number == "770012"
