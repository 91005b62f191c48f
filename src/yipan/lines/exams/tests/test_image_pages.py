"""The pages of images and of studies without an order, with an archive that is away or was never set."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from yipan.base.access import SYSTEM, Role
from yipan.base.audit.models import Entry
from yipan.kernel.errors import Unavailable
from yipan.lines.exams.actions import attach_study
from yipan.lines.exams.models import ExamOrder, Study
from yipan.lines.exams.tests.one_scanner import Radiology, radiology
from yipan.lines.exams.tests.test_studies import found
from yipan.lines.exams.wire import archive

pytestmark = pytest.mark.django_db


class Away:
    """An archive that does not answer."""

    def __getattr__(self, name: str) -> object:
        def ask(*asked: object) -> object:
            raise Unavailable("archive_away")

        return ask


@pytest.fixture
def clinic() -> Radiology:
    return radiology()


@pytest.fixture
def order(clinic: Radiology) -> ExamOrder:
    """An order with a study."""
    made = clinic.order(clinic.patient())
    attach_study(actor=SYSTEM, study_id=found(uid="1.2.50").pk, accession=made.accession)
    return made


@pytest.fixture
def browser(clinic: Radiology) -> Client:
    """A technician who also reads."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(clinic.user("luo", Role.TECHNICIAN, Role.READER))
    return client


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive is set and does not answer."""
    monkeypatch.setattr(archive, "_make", Away)


def test_an_order_with_images_leads_to_them(clinic: Radiology, browser: Client, order: ExamOrder) -> None:
    """A link to the images stands on the page of an order that has some."""
    for one, there in ((order, True), (clinic.order(clinic.patient(), booked=False), False)):
        shown = browser.get(reverse("exam-order", args=[one.pk])).content.decode()
        assert (reverse("exam-images", args=[one.pk]) in shown) is there


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("page", ["exam-images", "exam-ecg"])
def test_an_archive_that_is_away_is_a_sentence_on_the_page(browser: Client, order: ExamOrder, page: str) -> None:
    """The page itself comes, says what to do, and the opening is written down all the same."""
    Study.objects.update(modalities="CT ECG")
    answer = browser.get(reverse(page, args=[order.pk]))
    assert answer.status_code == 200
    assert "The picture archive does not answer at the moment." in answer.content.decode()
    assert Entry.objects.filter(action="study.read", patient_id=order.request.patient_id).count() == 1
    assert "no-store" in answer["Cache-Control"]


def test_without_an_archive_the_queue_says_so(browser: Client) -> None:
    """Nobody waits for studies that cannot come: the page names the setting."""
    assert "YIPAN_ARCHIVE_URL" in browser.get(reverse("exam-studies")).content.decode()


def test_the_images_of_an_ecg_order_are_its_paper(browser: Client, order: ExamOrder) -> None:
    """Whoever follows the link to the images of an ECG order comes to the recordings."""
    order.item.modality = "ECG"
    order.item.save()
    answer = browser.get(reverse("exam-images", args=[order.pk]))
    assert answer["Location"] == reverse("exam-ecg", args=[order.pk])


def test_the_queue_tells_why_and_proposes(browser: Client, clinic: Radiology, order: ExamOrder) -> None:
    """Reason, masked name, and the order that may be meant stand in the row of a study; the reading is audited."""
    found(uid="1.2.51", patient_id=order.request.patient.identifiers.get().value)
    text = browser.get(reverse("exam-studies")).content.decode()
    assert "The device sent no accession number." in text
    assert order.accession in text
    assert "乔*民" in text
    assert "乔立民" not in text
    assert Entry.objects.filter(action="list.read", object_id="studies.waiting waiting").count() == 1


def test_another_patient_is_shown_beside_the_study_before_it_is_attached(
    browser: Client, clinic: Radiology, order: ExamOrder
) -> None:
    """Both people stand on the page, nothing is attached; only the box that says they are one attaches."""
    study = found(uid="1.2.52", patient_name="王建国")
    address = reverse("exam-study-attach", args=[study.pk])
    answer = browser.post(address, {"accession": order.accession})
    text = answer.content.decode()
    assert (answer.status_code, "王建国" in text, "乔立民" in text) == (409, True, True)
    study.refresh_from_db()
    assert study.order is None
    assert browser.post(address, {"accession": order.accession, "anyway": "1"}).status_code == 302
    study.refresh_from_db()
    assert study.order == order


def test_steps_of_the_queue_ask_for_a_reason(browser: Client, clinic: Radiology, order: ExamOrder) -> None:
    """Setting aside and taking off the order without a reason change nothing; with one they do."""
    study, own = found(uid="1.2.53"), Study.objects.get(uid="1.2.50")
    for name, row in (("exam-study-aside", study), ("exam-study-detach", own)):
        browser.post(reverse(name, args=[row.pk]), {"reason": " "})
        row.refresh_from_db()
        assert (row.set_aside_at, row.order_id is None) == (None, row == study)
        browser.post(reverse(name, args=[row.pk]), {"reason": "wrong"})
        row.refresh_from_db()
    assert (study.set_aside_reason, own.order) == ("wrong", None)
    browser.post(reverse("exam-study-again", args=[study.pk]))
    study.refresh_from_db()
    assert study.set_aside_at is None
