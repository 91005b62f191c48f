"""A stroke patient's whole way in real browsers, with a real archive: from the village to the scan, and home again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.uid import generate_uid

from tests.imaging import orthanc
from tests.imaging.device import ask
from tests.imaging.stroke import Way, lay
from tests.journeys.people import Person
from yipan.base.patients.masks import mask_name
from yipan.codecs.dicom.tests.making import ct_slice
from yipan.interop.dicom import worklist
from yipan.kernel import clock
from yipan.lines.exams import tasks
from yipan.lines.exams.models import Decision, ExamOrder, Result
from yipan.lines.exams.wire import finding
from yipan.lines.referrals.models import Referral
from yipan.lines.referrals.tasks import follow
from yipan.spine import joint, outbox
from yipan.spine.models import Booking
from yipan.ui.filters import localtime

pytestmark = [pytest.mark.archive, pytest.mark.browser]

NAME, LANGUAGE = "高长顺", "zh-hans"
LINES = ("beds", "exams", "dispatch")
SLICES = 3


def later() -> None:
    """What the worker does every few seconds."""
    follow()
    finding.find_studies()
    tasks.give_to_readers()
    outbox.relay_once()


def write(doctor: Person, way: Way) -> None:
    """The village doctor's form on a phone: somebody new, stroke; bed, scan and ambulance on the one page."""
    page = doctor.page
    page.check("input[name=patient][value=new]")
    page.fill("#f-name", NAME)
    page.fill("#f-birth_date", "1955-04-01")
    page.locator("label", has_text=doctor.says("Male")).first.click()
    page.select_option("#f-to", str(way.scene.world.neurology.pk))
    page.locator("label", has_text=doctor.says("Stroke")).first.click()
    assert page.locator("input[name=urgency]:checked").get_attribute("value") == "emergency"
    page.fill("#f-diagnosis_code", "I63.9")
    page.fill("#f-reason", "右侧肢体无力 1 小时")
    assert [box.get_attribute("value") for box in page.locator("input[name=need]:checked").all()] == list(LINES)
    page.select_option("[name='exams.item']", way.scene.head.code)
    doctor.press("Show what can be reserved")
    page.locator("#places .pick").first.wait_for()


def lost(doctor: Person, way: Way) -> None:
    """Somebody else takes the ambulance meanwhile: nothing is reserved, the page names the part and offers another."""
    taken = way.take_ambulance()
    doctor.press("Reserve all and send")
    told = doctor.page.locator("#places .notice")
    told.wait_for()
    assert doctor.says("Ambulances") in told.inner_text()
    assert not Booking.objects.exclude(pk=taken.pk).exists()
    assert doctor.page.locator("#places input:checked").count() == len(LINES)
    doctor.problems.clear()


def bring(crew: Person, desk: Person) -> None:
    """The crew tells each step on its phone and hands the patient over; the receiving doctor's page follows."""
    crew.page.locator(".crew-choice", has_text="急救2").click()
    assert "右侧肢体无力" in crew.page.locator(".crew-now").inner_text()
    for step in ("We are alerted", "We leave now", "We are with the patient", "We leave with the patient"):
        crew.press(step)
    desk.press("Pre-arrival")
    desk.page.locator(".pre-eta").wait_for()
    crew.press("Hand over the patient")
    crew.page.fill("#f-systolic", "165")
    crew.page.fill("#f-received_by", "任")
    crew.press("The patient is handed over")
    crew.page.get_by_role("button", name=crew.says("Back at the base, ready")).wait_for()
    later()
    desk.page.locator(".pre-clocks .milestone.running").first.wait_for()
    desk.page.go_back()
    desk.page.locator("#milestones .milestone.running").first.wait_for()


def scan(technician: Person, order: ExamOrder, archive: orthanc.Archive, folder: Path) -> None:
    """The scanner asks for its worklist, scans, and sends into the archive with what it was told."""
    service = worklist.listen("127.0.0.1", 0, "YIPAN", "ISO_IR 192")
    day = order.request.bookings.get(capacity__device__isnull=False).start
    day = localtime(day, order.request.site).strftime("%Y%m%d")
    (told,) = ask(service, folder, "PatientBirthDate", "PatientSex", day=day)
    service.close()
    assert told.AccessionNumber == order.accession
    page, who = technician.page, mask_name(order.request.patient.name)
    technician.press("Begin", page.locator("#work-expected .work-card", has_text=who))
    running = page.locator("#work-running .work-card", has_text=who)
    running.wait_for()
    keep = ("AccessionNumber", "PatientName", "PatientID", "PatientBirthDate", "PatientSex")
    facts = {name: told[name].value for name in keep[1:]} | {"StudyDate": f"{clock.now():%Y%m%d}"}
    series = generate_uid()
    paths = [folder / f"{n}.dcm" for n in range(1, SLICES + 1)]
    for n, path in enumerate(paths, start=1):
        data = ct_slice(
            n, side=128, series=series, study=told.StudyInstanceUID, accession=told.AccessionNumber, **facts
        )
        data.save_as(path, enforce_file_format=True)
    archive.store(*paths)
    technician.press("Done", running)
    page.locator("#work-done .work-card", has_text=who).wait_for()


def read(reader: Person) -> None:
    """The reader takes it, looks at the images, and signs."""
    page = reader.page
    reader.press("Read the next")
    with page.expect_popup() as images:
        reader.press("Images")
    images.value.wait_for_selector(f'#viewer[data-loaded="{SLICES}"]')
    images.value.close()
    page.fill("[name=findings]", "左侧基底节区低密度影。")
    page.fill("[name=impression]", "左侧基底节区脑梗死可能。")
    page.locator("label", has_text=reader.says("Positive")).first.click()
    reader.press("Sign")
    page.wait_for_url("**/report**")


def recognise(doctor: Person, way: Way) -> None:
    """The same scan is about to be ordered; the result is there, and one press makes the order needless."""
    page = doctor.page
    page.fill("#f-q", NAME)
    page.locator("#picks .pick").first.click()
    page.fill("#f-item", way.scene.head.code)
    page.select_option("#f-home", str(way.city.departments["neurology"].pk))
    page.locator(".exam-at-hand .usable").wait_for()
    doctor.press("Recognise: no new examination")
    page.wait_for_url("**/exams/results/**")


def send_down(desk: Person, doctor: Person, found: Referral) -> None:
    """The patient goes home with a plan; the village doctor sees it with its tasks, and does one."""
    page = desk.page
    desk.press("Treatment done")
    desk.press("Send back with a plan")
    page.fill("#f-reason", "恢复期")
    page.fill("#f-plan", "每日康复训练,控制血压")
    page.fill("#f-task-0-title", "血脂复查")
    page.fill("#f-task-0-due", "2030-01-01")
    desk.press("Send back with a plan")
    page.wait_for_url(lambda url: str(found.pk) not in url)
    down = Referral.objects.get(previous=found)
    doctor.page.goto("/referrals?box=in")
    doctor.page.locator(f"#referral-{down.pk} a").first.click()
    doctor.press("Accept")
    assert "每日康复训练" in doctor.page.locator("#summary").inner_text()
    doctor.press("Patient has arrived")
    doctor.press("Done", doctor.page.locator("#tasks"))
    doctor.page.locator("#tasks .done").wait_for()


def test_from_the_village_to_the_scan_and_home(
    archive: orthanc.Archive, transactional_db: None, person: Callable[..., Person], tmp_path: Path
) -> None:
    """Everybody does their part on their own page, and the next hospital need not scan again."""
    way = lay(direct=True)
    doctor = person(LANGUAGE, width=390)
    doctor.come_as("village", "/referrals/new")
    write(doctor, way)
    lost(doctor, way)
    doctor.press("Reserve all and send")
    doctor.page.locator("#parts li").first.wait_for()
    found = Referral.objects.get()
    parts = {part.line: part for part in joint.parts_of(found.request)}
    assert {line: part.state for line, part in parts.items()} == dict.fromkeys(LINES, "confirmed")

    order = ExamOrder.objects.get(pk=parts["exams"].pk)
    desk, crew, technician = person(LANGUAGE), person(LANGUAGE, width=390), person(LANGUAGE)
    desk.come_as("ren", f"/referrals/{found.pk}")
    crew.come_as("crew", "/dispatch/crews")
    technician.come_as("deng", f"/exams/worklist?site={way.county.site.code}")
    bring(crew, desk)
    scan(technician, order, archive, tmp_path)
    later()
    reader = person(LANGUAGE)
    reader.come_as("luo", "/reading")
    read(reader)
    later()
    next_doctor = person(LANGUAGE)
    next_doctor.come_as("shen", "/exams/new")
    recognise(next_doctor, way)
    assert Decision.objects.get().result in Result.objects.filter(request_id=order.pk)
    desk.page.reload()
    send_down(desk, doctor, found)
