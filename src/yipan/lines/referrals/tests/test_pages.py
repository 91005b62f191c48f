"""The pages of referrals, as the two parties use them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from yipan.base.access import Role
from yipan.kernel import clock
from yipan.lines.referrals import actions
from yipan.lines.referrals.models import Document, Referral, Step
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.tests.people import signed_in
from yipan.lines.referrals.tests.world import agree, build, draft, facts, sent
from yipan.spine import joint
from yipan.spine.models import Booking, Request
from yipan.spine.testing import NOON, patient

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture(autouse=True)
def noon():
    with clock.using(clock.FrozenClock(NOON)):
        yield


@pytest.fixture
def world():
    return build()


@pytest.fixture
def doctor(world):
    return signed_in(world.village.site.organisation, Role.DOCTOR)


@pytest.fixture
def desk(world):
    return signed_in(world.county.organisation, Role.COORDINATOR)


def page(client, name, *args, query=""):
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, answer.content[:2000]
    return answer.content.decode()


def typed(world, who, **more):
    return {
        "patient": str(who.pk),
        "to": str(world.neurology.pk),
        "urgency": "emergency",
        "pathway": "stroke",
        "diagnosis_code": "I63.9",
        "diagnosis": "Stroke",
        "reason": "Weak right side for an hour",
        "need": "beds",
        "beds.severity": "serious",
        "beds.nursing_level": "1",
        **more,
    }


def test_a_village_doctor_reserves_and_sends_in_one_go(world, doctor, desk):
    """The form, what can be reserved, and one press: the bed is firm, and the receiver's page shows it."""
    agree(world, direct=True)
    who = patient(born=date(1955, 4, 1))
    assert "Choose the department" in page(doctor, "referral-new", query=f"?patient={who.pk}")
    answer = doctor.post(reverse("referral-new"), typed(world, who, step="offers"))
    assert answer.status_code == 302
    shown = doctor.get(answer["Location"].split("#")[0]).content.decode()
    assert "Reserve all and send" in shown
    value = re.search(r'name="offer-0" value="([^"]+)" checked', shown).group(1)
    found = Referral.objects.get()
    sent_off = doctor.post(
        reverse("referral-edit", args=[found.pk]), typed(world, who, step="direct", **{"offer-0": value})
    )
    assert sent_off.status_code == 302
    assert [p.state for p in joint.parts_of(found.request)] == ["confirmed"]
    for client in (doctor, desk):
        assert "Booked" in page(client, "referral", found.pk)
    assert found.number in page(desk, "referrals")


def test_a_lost_place_keeps_what_was_typed(world, doctor):
    """When the bed is gone the page says so beside the places, nothing is reserved, and the texts are still there."""
    agree(world, direct=True)
    who = patient(born=date(1955, 4, 1))
    doctor.post(reverse("referral-new"), typed(world, who, step="offers"))
    found = Referral.objects.get()
    shown = page(doctor, "referral-edit", found.pk, query="?offers=1")
    value = re.search(r'name="offer-0" value="([^"]+)" checked', shown).group(1)
    Request.objects.create(
        line="beds",
        patient=who,
        site=world.county.site,
        home_department=world.neurology,
        wanted_from=NOON,
        created_at=NOON,
        created_by="x",
    )
    answer = doctor.post(
        reverse("referral-edit", args=[found.pk]),
        typed(world, who, step="direct", reason="Kept as typed", **{"offer-0": value}),
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing was reserved" in text
    assert "Kept as typed" in text
    assert len(re.findall(r'name="offer-0" value="[^"]+" checked', text)) == 1
    assert not Booking.objects.exists()
    assert known.with_state(Referral.objects.all()).get().state == "drafted"


@pytest.mark.parametrize("step", ["send", "direct"])
def test_nothing_is_reserved_that_was_not_asked_for(world, doctor, step):
    """Sending without reserving takes no place although one is ticked; reserving nothing is no way to reserve."""
    agree(world, direct=True)
    who = patient(born=date(1955, 4, 1))
    doctor.post(reverse("referral-new"), typed(world, who, step="offers"))
    found = Referral.objects.get()
    shown = page(doctor, "referral-edit", found.pk, query="?offers=1")
    value = re.search(r'name="offer-0" value="([^"]+)" checked', shown).group(1) if step == "send" else ""
    answer = doctor.post(reverse("referral-edit", args=[found.pk]), typed(world, who, step=step, **{"offer-0": value}))
    assert not Booking.objects.exists()
    state = known.with_state(Referral.objects.all()).get().state
    assert (answer.status_code, state) == ((302, "sent") if step == "send" else (422, "drafted"))


def test_the_case_reaches_those_who_carry_and_the_parts_lead_to_their_pages(world, doctor, desk):
    """What is wrong is told with every wish that people read; a reserved part is a link for who may open it."""
    agree(world, direct=True)
    who = patient(born=date(1955, 4, 1))
    more = {"need": ["beds", "dispatch"], "dispatch.level": "basic"}
    doctor.post(reverse("referral-new"), typed(world, who, step="offers", **more))
    found = Referral.objects.get()
    assert found.needs[1]["details"]["condition"] == "Stroke · Weak right side for an hour"
    shown = page(doctor, "referral-edit", found.pk, query="?offers=1")
    value = re.search(r'name="offer-0" value="([^"]+)" checked', shown).group(1)
    doctor.post(
        reverse("referral-edit", args=[found.pk]), typed(world, who, step="direct", **more, **{"offer-0": value})
    )
    (part,) = joint.parts_of(found.request)
    link = reverse("desk", args=[part.pk])
    assert link in page(desk, "referral", found.pk)
    assert link not in page(doctor, "referral", found.pk)


def test_the_warning_comes_before_anything_is_written(world, doctor):
    """Choosing somebody who is being referred shows by whom, where to and for what."""
    who = patient()
    first = sent(world, who)
    answer = doctor.post(reverse("referral-live"), {"patient": str(who.pk)})
    assert first.number in answer.content.decode()
    other = doctor.post(reverse("referral-live"), {"patient": str(patient().pk)})
    assert first.number not in other.content.decode()


def test_wrong_fields_are_named_together(world, doctor):
    """An empty form names each missing field and writes nothing."""
    answer = doctor.post(reverse("referral-new"), {"step": "send", "urgency": "urgent"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert text.count("field-error") >= 3
    assert not Referral.objects.exists()


def test_accepting_with_a_place(world, desk):
    """The receiver chooses the bed and accepts in one press; both sides read it."""
    found = sent(world, patient(born=date(1955, 4, 1)), needs=[{"line": "beds", "details": {}}])
    shown = page(desk, "referral", found.pk)
    value = re.search(r'name="offer-0" value="([^"]+)" checked', shown).group(1)
    answer = desk.post(reverse("referral-step", args=[found.pk, "accept"]), {"offer-0": value})
    assert answer.status_code == 302
    assert known.referral(world.desk, found.pk).state == "booked"


def test_a_forged_place_is_refused(world, desk):
    """What was not offered cannot be reserved."""
    found = sent(world, needs=[{"line": "beds", "details": {}}])
    answer = desk.post(reverse("referral-step", args=[found.pk, "accept"]), {"offer-0": "eyJ4IjoxfQ:abc:def"})
    assert answer.status_code == 422
    assert known.referral(world.desk, found.pk).state == "sent"


@pytest.mark.parametrize(
    ("verb", "data", "after"),
    [
        ("return", {"note": "ECG?"}, "returned"),
        ("refuse", {"reason": "no_capacity"}, "refused"),
        ("accept", {}, "accepted"),
        ("message", {"text": "Coming?"}, "sent"),
    ],
)
def test_steps_by_button(world, desk, verb, data, after):
    """Each button of the receiver does its step."""
    found = sent(world)
    answer = desk.post(reverse("referral-step", args=[found.pk, verb]), data)
    assert answer.status_code == 302
    assert known.referral(world.desk, found.pk).state == after
    page(desk, "referral", found.pk)


def test_a_refusal_without_a_reason_comes_back(world, desk):
    """A missing reason is told on the page; the referral stands where it stood."""
    found = sent(world)
    answer = desk.post(reverse("referral-step", args=[found.pk, "refuse"]), {})
    assert answer.status_code == 422
    assert known.referral(world.desk, found.pk).state == "sent"


def test_documents_are_what_their_content_says(world, doctor, desk):
    """A picture is taken, sealed and given to the other party; a program called .png is not."""
    found = sent(world)
    address = reverse("referral-documents", args=[found.pk])
    assert doctor.post(address, {"file": SimpleUploadedFile("x.png", b"MZ\x90")}).status_code == 422
    assert not Document.objects.exists()
    assert doctor.post(address, {"file": SimpleUploadedFile("../../心电图.png", PNG)}).status_code == 302
    row = Document.objects.get()
    assert (row.name, row.media_type, row.size) == ("心电图.png", "image/png", len(PNG))
    answer = desk.get(reverse("referral-document", args=[found.pk, row.pk]))
    assert (answer.content, answer["Content-Type"]) == (PNG, "image/png")
    assert "attachment" in answer["Content-Disposition"]
    outsider = signed_in(world.stranger.site.organisation, Role.DOCTOR)
    assert outsider.get(reverse("referral-document", args=[found.pk, row.pk])).status_code == 404


def test_clocks_and_the_page_before_arrival(world, doctor, desk):
    """Milestones run from what was noted; the receiving team sees who comes, masked, with the clocks."""
    found = sent(world, patient(name="王建国"), facts=facts(pathway="stroke", urgency="emergency"))
    actions.accept_referral(actor=world.desk, referral_id=found.pk)
    doctor.post(reverse("referral-step", args=[found.pk, "milestone"]), {"code": "onset"})
    actions.depart(actor=world.doctor, referral_id=found.pk)
    text = page(desk, "referral-arrival", found.pk)
    assert "王建国" not in text
    assert "Last seen well" in text
    assert found.diagnosis in text
    assert "Expected" in page(desk, "referral-arrivals")
    actions.arrive(actor=world.desk, referral_id=found.pk)
    assert "running" in page(desk, "referral", found.pk)
    desk.post(reverse("referral-step", args=[found.pk, "milestone"]), {"code": "needle"})
    assert "in time" in page(desk, "referral", found.pk)


def test_back_with_a_plan_and_tasks(world, desk, doctor):
    """The patient goes back with plan, medicines and tasks; the lower hospital ticks them off, the upper sees it."""
    found = sent(world)
    actions.accept_referral(actor=world.desk, referral_id=found.pk)
    actions.arrive(actor=world.desk, referral_id=found.pk)
    actions.treat(actor=world.desk, referral_id=found.pk)
    page(desk, "referral-back", found.pk)
    told = {
        "diagnosis_code": "I69.3",
        "urgency": "elective",
        "reason": "Recovering",
        "plan": "Walk every day",
        "medicines": "Clopidogrel 75 mg",
        "task-0-kind": "test",
        "task-0-title": "Lipids",
        "task-0-due": "2026-04-02",
    }
    answer = desk.post(reverse("referral-back", args=[found.pk]), told)
    assert answer.status_code == 302
    made = Referral.objects.get(previous=found)
    assert made.to_department_id == world.village.pk
    assert known.referral(world.desk, found.pk).state == "sent_back"
    actions.accept_referral(actor=world.doctor, referral_id=made.pk)
    actions.arrive(actor=world.doctor, referral_id=made.pk)
    shown = page(doctor, "referral", made.pk)
    assert "Walk every day" in shown
    assert "Clopidogrel" in shown
    doctor.post(reverse("referral-task", args=[made.pk, made.tasks.get().pk]), {"result": "LDL 1.6"})
    doctor.post(reverse("referral-step", args=[made.pk, "progress"]), {"text": "Walks alone", "recovery": "better"})
    shown = page(desk, "referral", made.pk)
    assert "LDL 1.6" in shown
    assert "Walks alone" in shown


def test_lists_and_boxes(world, doctor, desk):
    """What was sent is in the outbox of one and the inbox of the other; what is over is in neither."""
    found, kept = sent(world), draft(world, facts=facts(diagnosis_code="J18.9"))
    assert found.number in page(doctor, "referrals", query="?box=out")
    assert kept.number in page(doctor, "referrals", query="?box=out")
    assert kept.number not in page(desk, "referrals", query="?box=in")
    assert found.number in page(desk, "referrals", query="?box=in&state=sent&urgency=urgent")
    actions.refuse_referral(actor=world.desk, referral_id=found.pk, reason="not_offered")
    assert found.number not in page(desk, "referrals", query="?box=in")
    assert found.number in page(desk, "referrals", query="?box=over")


def test_whoever_may_not_read_patients_reads_none(world):
    """A manager sees that somebody is referred, without name, summary or documents."""
    found = sent(world, patient(name="王建国"))
    manager = signed_in(world.county.organisation, Role.MANAGER)
    text = page(manager, "referral", found.pk)
    assert "王" not in text
    assert "肢体无力" not in text
    assert Step.objects.filter(referral=found).count() == 2
