"""A stroke patient's whole way: sent from the village, scanned, read, recognised, and home again with a plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydicom.uid import generate_uid

from tests.imaging import orthanc
from tests.lines.scene import Scene, make
from yipan.base.access import SYSTEM, Actor, Role
from yipan.codecs.dicom.tests.making import ct_slice
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.dispatch import actions as dispatch
from yipan.lines.exams import actions as exams
from yipan.lines.exams.actions.reports import Wording
from yipan.lines.exams.models import ExamOrder, ReadingCentre, Result, Study
from yipan.lines.exams.queries import recognition
from yipan.lines.exams.tests.readers import Room
from yipan.lines.exams.wire import finding
from yipan.lines.referrals import actions
from yipan.lines.referrals.models import Referral
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.tests.world import draft, facts
from yipan.spine import joint, outbox
from yipan.spine.models import Booking, Request
from yipan.spine.testing import NOON, patient

pytestmark = [pytest.mark.archive, pytest.mark.django_db]

MINUTE = timedelta(minutes=1)
WORDS = Wording("左侧基底节区低密度影。", "左侧基底节区脑梗死可能。", True)


@pytest.fixture
def noon() -> Iterator[FrozenClock]:
    with clock.using(FrozenClock(NOON)) as frozen:
        yield frozen


def brought(scene: Scene, noon: FrozenClock) -> tuple[Referral, dict[str, Request]]:
    """Bed, scan and ambulance in one go; the ambulance brings the patient."""
    world = scene.world
    made = draft(world, patient(born=date(1955, 4, 1)), needs=scene.wishes())
    actions.send_referral(actor=world.doctor, referral_id=made.pk, offers=scene.offered(made))
    parts = {part.line: part for part in joint.parts_of(made.request)}
    trip, crew = Booking.objects.get(request=parts["dispatch"]), world.county.actor(Role.DISPATCHER)
    for step in ("alerted", "on_the_way", "with_patient", "under_way"):
        dispatch.report_step(actor=crew, booking_id=trip.pk, step=step)
        noon.advance(20 * MINUTE)
    actions.depart(actor=world.doctor, referral_id=made.pk)
    dispatch.hand_over(actor=crew, booking_id=trip.pk, received_by="卒中中心")
    actions.arrive(actor=world.desk, referral_id=made.pk)
    return made, parts


def scanned(scene: Scene, request: Request, archive: orthanc.Archive, folder: Path, noon: FrozenClock) -> ExamOrder:
    """The scan is done and sent to the archive by storescu; Yipan finds it."""
    technician, order = scene.world.county.actor(Role.TECHNICIAN), ExamOrder.objects.get(pk=request.pk)
    noon.advance(20 * MINUTE)
    exams.begin_exam(actor=technician, request_id=request.pk)
    noon.advance(10 * MINUTE)
    exams.finish_exam(actor=technician, request_id=request.pk)
    series, study = generate_uid(), generate_uid()
    who = request.patient
    told = {"StudyDate": "20260302", "PatientName": who.name, "PatientSex": "M", "PatientID": ""}
    told["PatientBirthDate"] = f"{who.birth_date:%Y%m%d}"
    paths = [folder / f"{number}.dcm" for number in range(1, 4)]
    for number, path in enumerate(paths, start=1):
        data = ct_slice(number, series=series, study=study, accession=order.accession, **told)
        data.save_as(path, enforce_file_format=True)
    archive.store(*paths)
    assert finding.find_studies() == 1
    assert Study.objects.get().order == order
    return order


def read(scene: Scene, order: ExamOrder) -> Actor:
    """The centre reads and signs it; the outbox makes it a result."""
    county = scene.world.county
    centre = ReadingCentre.objects.create(code="RC", name="影像中心", site=county.site, policy={"peer_rate": 0.0})
    reader = Room(county, centre, {}).reader()
    assert exams.ask_for_reading(actor=SYSTEM, order_id=order.pk) is not None
    exams.claim(actor=reader, order_id=order.pk)
    exams.sign(actor=reader, order_id=order.pk, wording=WORDS)
    outbox.relay_once()
    return reader


def test_from_the_village_to_the_scan_and_home(archive: orthanc.Archive, noon: FrozenClock, tmp_path: Path) -> None:
    """Each line does its part with the real archive between, and the next doctor need not scan again."""
    scene = make()
    made, parts = brought(scene, noon)
    order = scanned(scene, parts["exams"], archive, tmp_path, noon)
    read(scene, order)
    doctor, who = scene.world.county.actor(Role.DOCTOR), made.request.patient_id
    found = recognition.usable(doctor, who, scene.head.pk, clock.now())
    served = next(candidate for candidate in found if candidate.usable)
    decision = exams.recognise(
        actor=doctor,
        patient_id=who,
        item_id=scene.head.pk,
        result_id=served.result_id,
        department_id=scene.world.neurology.pk,
    )
    assert decision.result in Result.objects.filter(request_id=order.pk)
    desk = scene.world.desk
    actions.treat(actor=desk, referral_id=made.pk)
    plan = facts(summary={"reason": "恢复期", "plan": "康复训练"})
    tasks = [{"kind": "test", "title": "血脂复查", "due_on": date(2026, 4, 1)}]
    down = actions.send_back(actor=desk, referral_id=made.pk, facts=plan, tasks=tasks)
    actions.accept_referral(actor=scene.world.doctor, referral_id=down.pk)
    assert known.with_state(Referral.objects.filter(pk=down.pk)).get().state in ("accepted", "booked")
