"""The pages of the reading centre, from the worklist to a closed loop."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yipan.base.access import Actor, Role
from yipan.base.access.models import Grant
from yipan.base.audit.models import Entry
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.exams import actions
from yipan.lines.exams.models import (
    Coverage,
    CriticalFinding,
    CriticalValue,
    PeerReview,
    ReadingClaim,
    Report,
    ReportTemplate,
)
from yipan.lines.exams.tests.readers import MINUTE, WORDS, Room, room
from yipan.spine.testing import NOON, patient, small_network

pytestmark = pytest.mark.django_db
FORM = {"findings": "双肺清晰。\r\n未见结节。", "impression": "未见异常。", "positive": "0"}


@pytest.fixture
def here() -> Room:
    return room(peer_rate=0.0)


@pytest.fixture(autouse=True)
def at_noon() -> object:
    with clock.using(FrozenClock(NOON)) as still:
        yield still


def browser(actor: Actor, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def person(here: Room, role: Role) -> Client:
    user = User.objects.create(username=f"{role}-{here.centre.code}", first_name="Peng")
    Grant.objects.create(user=user, role=role, organisation=here.network.organisation)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


def text(answer: Any) -> str:
    return answer.content.decode()


def test_an_order_leads_to_its_report(here: Room) -> None:
    """Whoever ordered finds the report from the order as soon as there is one, and only then."""
    reader, doctor = here.reader(), person(here, Role.DOCTOR)
    waiting, done = here.reading(), here.signed(reader)
    for row, there in ((waiting, False), (done, True)):
        shown = text(doctor.get(reverse("exam-order", args=[row.pk])))
        assert (reverse("report", args=[row.pk]) in shown) is there


def test_worklist_shows_what_waits(here: Room) -> None:
    """Urgency, item, masked name, who is suggested; the look is audited; the fragment is part of the page."""
    reader = here.reader("沈清")
    row = here.reading("ecg", priority="emergency")
    client = browser(reader)
    page = text(client.get(reverse("reading")))
    assert row.order.accession in page
    assert "12-lead ECG" in page
    assert row.order.request.patient.name not in page
    assert "suggested:" in page
    part = text(client.get(reverse("reading"), headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert f'id="r{row.pk}"' in part
    assert Entry.objects.filter(action="list.read", object_id__startswith="exams.reading").count() == 1


def test_empty_worklist_says_so(here: Room) -> None:
    """Nothing to read, no centre at all: both are told in words."""
    assert "Everything is read" in text(browser(here.reader()).get(reverse("reading")))
    here.centre.in_use = False
    here.centre.save()
    assert "There is no reading centre yet" in text(person(here, Role.READER).get(reverse("reading")))


def test_a_reader_works_through_the_list(here: Room) -> None:
    """Next, save, sign and on to the next one, without going back to the list."""
    client = browser(here.reader())
    first, second = here.reading(at=NOON - 5 * MINUTE), here.reading()
    answer = client.post(reverse("reading-next"), {"centre": here.centre.code})
    assert answer["Location"] == reverse("reading-order", args=[first.pk])
    desk = reverse("reading-order", args=[first.pk])
    assert client.post(desk, {**FORM, "do": "save", "seen": "0"})["Location"] == desk
    assert "双肺清晰。" in text(client.get(desk))
    answer = client.post(desk, {**FORM, "do": "sign-next", "seen": "1"})
    assert answer["Location"] == reverse("reading-order", args=[second.pk])
    assert Report.objects.filter(order=first.order).last().findings == "双肺清晰。\n未见结节。"
    assert ReadingClaim.objects.get().reading == second
    answer = client.post(answer["Location"], {**FORM, "do": "sign-next", "seen": "0"})
    assert answer["Location"] == reverse("report", args=[second.pk])
    assert client.post(reverse("reading-next"))["Location"].startswith(reverse("reading"))


def test_the_results_of_who_is_read_are_at_hand(here: Room) -> None:
    """The desk leads to the patient's results also where another hospital ordered; those of a stranger are refused."""
    elsewhere = small_network()
    Coverage.objects.create(centre=here.centre, site=elsewhere.site, category="imaging")
    row, stranger = here.reading(network=elsewhere), patient()
    client = browser(here.reader())
    address = reverse("exam-results", args=[row.order.request.patient_id])
    assert f'href="{address}"' in text(client.get(reverse("reading-order", args=[row.pk])))
    assert row.order.request.patient.name in text(client.get(address))
    assert client.get(reverse("exam-results", args=[stranger.pk])).status_code in (403, 404)


def test_what_is_missing_is_named_and_nothing_typed_is_lost(here: Room) -> None:
    """A form that cannot be signed comes back with its words and the sentences beside the fields."""
    reader, row = here.reader(), here.reading()
    actions.claim(actor=reader, order_id=row.pk)
    answer = browser(reader).post(reverse("reading-order", args=[row.pk]), {"findings": "双肺清晰", "do": "sign"})
    assert answer.status_code == 422
    assert "双肺清晰" in text(answer)
    assert text(answer).count("Please fill this in.") == 2
    assert not Report.objects.exists()


def test_a_colleague_was_quicker(here: Room) -> None:
    """Claiming what another has is told with the name; taking over asks for a reason."""
    first, second, row = here.reader("沈清"), here.reader(), here.reading()
    actions.claim(actor=first, order_id=row.pk)
    client = browser(second)
    assert client.post(reverse("reading-claim", args=[row.pk])).status_code == 409
    page = text(client.get(reverse("reading-order", args=[row.pk])))
    assert "沈清 has this in hand" in page
    assert 'name="do"' not in page
    client.post(reverse("reading-take-over", args=[row.pk]), {"reason": "等结果"})
    assert ReadingClaim.objects.get().reader == here.of(second)
    client.post(reverse("reading-give-back", args=[row.pk]))
    assert not ReadingClaim.objects.exists()


def test_signs_of_life_and_duty(here: Room, at_noon: FrozenClock) -> None:
    """The script's sign of life keeps the claim fresh; duty is a form of two buttons."""
    reader, row = here.reader(on_duty=False), here.reading()
    client = browser(reader)
    client.post(reverse("reading-claim", args=[row.pk]))
    at_noon.advance(5 * MINUTE)
    assert client.post(reverse("reading-alive", args=[row.pk])).status_code == 204
    assert ReadingClaim.objects.get().seen_at == NOON + 5 * MINUTE
    client.post(reverse("reading-duty"), {"hours": "8", "centre": here.centre.code})
    assert here.of(reader).duty_until == NOON + 485 * MINUTE
    assert client.post(reverse("reading-duty"), {"hours": "-1"}).status_code == 422


def test_a_template_asks_its_fields(here: Room) -> None:
    """The usual words stand in the form; a field of the template is kept and shown with its words."""
    ReportTemplate.objects.create(
        item=here.items["ecg"],
        findings="窦性心律。",
        fields=[
            {"key": "rate", "name": "心率", "name_en": "Heart rate", "unit": "次/分"},
            {"key": "axis", "name": "电轴", "name_en": "Axis", "choices": [["left", "左偏", "Left"]]},
        ],
    )
    reader, row = here.reader(), here.reading("ecg")
    actions.claim(actor=reader, order_id=row.pk)
    client, desk = browser(reader), reverse("reading-order", args=[row.pk])
    assert "窦性心律。" in text(client.get(desk))
    client.post(desk, {**FORM, "do": "sign", "a-rate": "72", "a-axis": "left"})
    page = text(client.get(reverse("report", args=[row.pk])))
    assert "Heart rate" in page
    assert "72 次/分" in page
    assert "Left" in page


def test_the_ward_reads_the_report_and_its_history(here: Room) -> None:
    """Nothing yet, then signed, then amended with what changed and an addendum, and on paper."""
    reader, row, doctor = here.reader(), here.reading(), person(here, Role.DOCTOR)
    address = reverse("report", args=[row.pk])
    assert "No report yet" in text(doctor.get(address))
    actions.claim(actor=reader, order_id=row.pk)
    actions.sign(actor=reader, order_id=row.pk, wording=WORDS)
    client = browser(reader)
    assert "Amend" in text(client.get(address))
    amend = reverse("report-amend", args=[row.pk])
    assert client.post(amend, {**FORM, "seen": "1"}).status_code == 422
    answer = client.post(amend, {**FORM, "positive": "1", "seen": "1", "reason": "右肺结节"})
    assert answer["Location"] == address
    client.post(reverse("report-add", args=[row.pk]), {"addendum": "与旧片对比"})
    page = text(doctor.get(address))
    assert "<ins>" in page
    assert "<del>" in page
    assert "Result turned" in page
    assert "与旧片对比" in page
    assert "Amend</" not in page
    assert "Examination report" in text(doctor.get(address + "?print"))
    assert Entry.objects.filter(action="report.read", object_id=str(row.pk)).exists()


def test_a_critical_value_goes_round_its_loop(here: Room) -> None:
    """Raised at the desk, told, acknowledged and acted on through the pages; empty words are told beside the field."""
    reader, row, doctor = here.reader(), here.reading(), person(here, Role.DOCTOR)
    actions.claim(actor=reader, order_id=row.pk)
    client, finding = browser(reader), CriticalFinding.objects.get(code="pneumothorax")
    assert client.post(reverse("reading-critical", args=[row.pk]), {"finding": "x"}).status_code == 422
    answer = client.post(reverse("reading-critical", args=[row.pk]), {"finding": str(finding.pk), "note": "右侧"})
    value = CriticalValue.objects.get()
    assert answer["Location"] == reverse("critical-value", args=[value.pk])
    assert "Tension pneumothorax" in text(doctor.get(reverse("critical")))
    assert client.post(reverse("critical-tell", args=[value.pk]), {"told_to": ""}).status_code == 422
    client.post(reverse("critical-tell", args=[value.pk]), {"told_to": "何静"})
    assert client.post(reverse("critical-acknowledge", args=[value.pk]), {"read_back": "x"}).status_code == 403
    doctor.post(reverse("critical-acknowledge", args=[value.pk]), {"read_back": "右侧气胸"})
    doctor.post(reverse("critical-act", args=[value.pk]), {"action": "闭式引流"})
    assert doctor.post(reverse("critical-act", args=[value.pk]), {"action": "again"}).status_code == 409
    assert "闭式引流" in text(doctor.get(reverse("critical-value", args=[value.pk])))
    assert "No critical value is open" in text(doctor.get(reverse("critical")))
    assert "闭式引流" in text(doctor.get(reverse("critical"), {"list": "closed"}))


def test_overdue_shows_in_the_navigation(here: Room, at_noon: FrozenClock) -> None:
    """The badge counts what is overdue, and the board says who is asked."""
    reader, row, doctor = here.reader(), here.reading(), person(here, Role.DOCTOR)
    actions.raise_critical(actor=reader, order_id=row.pk, finding_id=CriticalFinding.objects.get().pk)
    at_noon.advance(20 * MINUTE)
    page = text(doctor.get(reverse("critical")))
    assert "Overdue" in page
    assert "Coordinator" in page


def test_a_second_reading_is_blind(here: Room) -> None:
    """The report is not on the page before the reviewer wrote what they see; then it is, without its author."""
    author, second = here.reader("作者甲"), here.reader()
    row = here.signed(author)
    review = PeerReview.objects.create(report=row.order.reports.get(), drawn_at=NOON)
    client, address = browser(second), reverse("peer-review", args=[review.pk])
    assert "Chest CT" in text(client.get(reverse("peer")))
    assert WORDS.impression not in text(client.get(address))
    assert client.post(address, {"do": "read", "impression": ""}).status_code == 422
    client.post(address, {"do": "read", "impression": "右肺结节", "positive": "1"})
    page = text(client.get(address))
    assert WORDS.impression in page
    assert "作者甲" not in page
    assert client.post(address, {"do": "score", "score": "4"}).status_code == 422
    client.post(address, {"do": "score", "score": "4", "comment": "结节"})
    told = browser(author)
    assert "Score 4" in text(told.get(reverse("peer"), {"list": "discrepant"}))
    assert "I have read this" in text(told.get(address))
    told.post(address, {"do": "seen"})
    assert "I have read this" not in text(told.get(address))


def test_figures(here: Room, at_noon: FrozenClock) -> None:
    """Counts, median and share within the target of what was signed, for readers and managers."""
    reader = here.reader()
    rows = [here.reading("ecg", priority="emergency") for _ in range(2)]
    for row, minutes in zip(rows, (4, 20), strict=True):
        at_noon.advance(minutes * MINUTE)
        actions.claim(actor=reader, order_id=row.pk)
        actions.sign(actor=reader, order_id=row.pk, wording=WORDS)
    page = text(person(here, Role.MANAGER).get(reverse("reading-figures")))
    assert "50.0%" in page
    assert "14 min" in page
    assert "This period is not possible" in text(
        browser(reader).get(reverse("reading-figures"), {"from": "2020-01-01"})
    )


def test_a_long_worklist_costs_no_more_questions(here: Room) -> None:
    """The page asks the database as often for twenty examinations as for two."""
    reader = here.reader()
    client, counted = browser(reader), []
    for more in (2, 18):
        for _ in range(more):
            here.reading()
        client.get(reverse("reading"))  # what is asked once in a session
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("reading"))
        counted.append(len(asked))
    assert counted[0] == counted[1]
