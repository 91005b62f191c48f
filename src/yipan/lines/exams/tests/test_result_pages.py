"""Pages of results, recognition and quality, as doctors, managers and technicians use them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from yipan.base.access.models import Grant
from yipan.lines.exams.actions import order_exam
from yipan.lines.exams.models import (
    ControlMaterial,
    ControlRun,
    Decision,
    ExternalAssessment,
    ItemCode,
    RecognitionArea,
)
from yipan.lines.exams.policy.recognition import Mark, Scope
from yipan.lines.exams.tests.laboratory import Laboratory
from yipan.spine.testing import NOON

NATIONAL = Mark(Scope.NATIONAL)


def browser(lab: Laboratory, role: str) -> Client:
    user = User.objects.create_user(f"{role}{User.objects.count()}")
    Grant.objects.create(user=user, role=role, organisation=lab.network.organisation)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def page(client: Client, name: str, *args: object, status: int = 200, **query: object) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.content.decode()[:800]
    return answer.content.decode()


def asked(lab: Laboratory) -> dict[str, str]:
    return {"patient": str(lab.patient_id), "item": str(lab.item.pk), "department": str(lab.department.pk)}


def form(lab: Laboratory, result: object, **more: str) -> dict[str, str]:
    told = {f"recognition_{name}": value for name, value in asked(lab).items()}
    return {**told, "recognition_order": "", "recognition_result": str(result), **more}


def test_results_of_the_network_with_trends(lab: Laboratory) -> None:
    """A doctor who cares for the patient sees every report, a trend of what was measured twice, and corrections."""
    doctor = browser(lab, "doctor")
    lab.result(9, elsewhere=True)
    page(doctor, "exam-results", lab.patient_id, status=403)
    assert "All results and trends" not in page(doctor, "patient", lab.patient_id)
    order = {"actor": lab.doctor, "patient_id": lab.patient_id, "department_id": lab.department.pk}
    order_exam(item_id=lab.item.pk, **order)  # type: ignore[arg-type]
    lab.result(3, report="R", value="6.1")
    lab.result(3, report="R", value="4.2", status="C")
    shown = page(doctor, "exam-results", lab.patient_id)
    for text in ("省检验中心", "4.2", "before correction", "6.1", "data-chart"):
        assert text in shown
    assert "All results and trends" in page(doctor, "patient", lab.patient_id)
    page(browser(lab, "integrator"), "exam-results", lab.patient_id, status=403)


def test_a_doctor_recognises_from_the_fragment(lab: Laboratory) -> None:
    """The fragment offers what is usable and says why the rest is not; a click recognises and shows the result."""
    doctor = browser(lab, "doctor")
    lab.result(99)
    fresh = lab.result(2, elsewhere=True, mark=NATIONAL)
    fragment = doctor.get(reverse("exam-recognition"), asked(lab), headers={"hx-request": "true"}).content.decode()
    assert "<html" not in fragment
    assert f'value="{fresh.pk}" formaction="{reverse("exam-recognise")}"' in fragment
    assert "older than 72 hours" in fragment
    assert "<html" in page(doctor, "exam-recognition", **asked(lab))
    answer = doctor.post(reverse("exam-recognise"), form(lab, fresh.pk))
    assert Decision.objects.get().recognised
    assert answer["Location"] == reverse("exam-results", args=[lab.patient_id])
    assert "省检验中心" in page(doctor, "exam-results", lab.patient_id)


def test_a_refusal_needs_its_reason(lab: Laboratory) -> None:
    """Without a reason nothing is written and the page says so; with one the order goes on."""
    doctor, fresh = browser(lab, "doctor"), lab.result(2, elsewhere=True, mark=NATIONAL)
    answer = doctor.post(reverse("exam-refuse"), form(lab, fresh.pk), follow=True)
    assert "The refusal needs a reason." in answer.content.decode()
    assert Decision.objects.count() == 0
    doctor.post(reverse("exam-refuse"), form(lab, fresh.pk, recognition_reason="changed"))
    assert Decision.objects.get().reason == "changed"
    page(doctor, "exam-results", lab.patient_id, status=403)


def test_figures_count_what_was_saved(lab: Laboratory) -> None:
    """Recognised, refused with reasons, yuan and mSv of a period, with a plot; another period is empty."""
    doctor, manager = browser(lab, "doctor"), browser(lab, "manager")
    assert "Nothing was decided in this period" in page(manager, "exam-recognition-figures")
    doctor.post(reverse("exam-recognise"), form(lab, lab.result(2).pk))
    doctor.post(reverse("exam-refuse"), form(lab, lab.result(1).pk, recognition_reason="fast"))
    shown = page(manager, "exam-recognition-figures")
    for text in (
        "50.0%",
        "The result changes fast",
        "血钾",
        "data-chart",
        "<strong>12</strong>",
        "<strong>0.5</strong>",
    ):
        assert text in shown
    assert "Nothing was decided" in page(
        manager, "exam-recognition-figures", **{"from": "2020-01-01", "to": "2020-01-31"}
    )


def test_rules_are_edited(lab: Laboratory) -> None:
    """A manager sets validity, codes and areas of the network; a wrong number is named at its field."""
    manager = browser(lab, "manager")
    address = reverse("exam-rule", args=[lab.item.pk])
    given = {"valid_hours": "24", "valid_hours_ward": "12", "recognisable": "1", "codes": "L:K001\nK9"}
    assert manager.post(address, {**given, "valid_hours": "soon"}).status_code == 422
    manager.post(address, given)
    assert sorted(ItemCode.objects.values_list("system", "code")) == [("", "K9"), ("L", "K001")]
    assert 'value="12"' in page(manager, "exam-rule", lab.item.pk)
    manager.post(reverse("exam-rules"), {"areas": "云南省 = province\n云溪市 = region"})
    assert RecognitionArea.objects.count() == 2
    assert "K001" in page(manager, "exam-rules")


def test_controls_are_written_down_and_drawn(lab: Laboratory) -> None:
    """A technician puts a control to use, types a run and pastes a batch; the chart shows what breaks a rule."""
    technician = browser(lab, "technician")
    place = {"site": str(lab.site.pk), "item": str(lab.item.pk), "analyte": ""}
    assert "No controls yet" in page(technician, "exam-quality")
    given = {"level": "1", "name": "QC", "lot": "A", "mean": "5", "sd": "1", "unit": "mmol/L"}
    wrong = technician.post(reverse("exam-quality-material"), {**place, **given, "sd": "0"})
    assert wrong.status_code == 422
    assert 'id="f-sd-error"' in wrong.content.decode()
    technician.post(reverse("exam-quality-material"), {**place, **given})
    assert ControlMaterial.objects.count() == 1
    run = reverse("exam-quality-run")
    technician.post(run, {**place, "at": "2026-03-02T08:00", "level_1": "5.2"})
    bad = technician.post(run, {**place, "batch": "2026-03-02 09:00, 5.1\nyesterday, 5"})
    assert "Line 2 cannot be read" in bad.content.decode()
    assert ControlRun.objects.count() == 1
    technician.post(run, {**place, "batch": "2026-03-02 09:00, 5.1\n2026/03/02 10:00\t8.4"})
    shown = page(technician, "exam-quality-chart", **place)
    assert 'class="lj-bad"' in shown
    assert "1_3s" in shown
    assert "Recognition is closed" in shown
    assert "Recognition is closed for 1 item" in page(technician, "exam-quality")


def test_an_assessment_is_written_down(lab: Laboratory) -> None:
    """A round with its outcome is kept; one that was known before its sample was measured is refused by name."""
    technician = browser(lab, "technician")
    day = (NOON - timedelta(days=2)).strftime("%Y-%m-%dT08:00")
    given = {
        "site": str(lab.site.pk),
        "item": str(lab.item.pk),
        "organiser": "省临检中心",
        "round": "2026-1",
        "sample_at": day,
        "assessed_at": day,
        "passed": "",
        "score": "60",
    }
    address = reverse("exam-quality-assessment")
    assert technician.post(address, {**given, "assessed_at": "2026-01-01T08:00"}).status_code == 422
    assert ExternalAssessment.objects.count() == 0
    technician.post(address, given)
    assert not ExternalAssessment.objects.get().passed
    shown = page(technician, "exam-quality-chart", site=lab.site.pk, item=lab.item.pk)
    assert "failed its external assessment" in shown


@pytest.mark.parametrize("name", ["exam-quality-run", "exam-quality-material", "exam-quality-assessment"])
def test_only_who_controls_quality_writes(lab: Laboratory, name: str) -> None:
    """A doctor sees the charts and writes nothing."""
    doctor = browser(lab, "doctor")
    lab.materials(1)
    place = {"site": str(lab.site.pk), "item": str(lab.item.pk)}
    assert "Write down" not in page(doctor, "exam-quality-chart", **place)
    day = "2026-03-01T08:00"
    given = {"at": day, "level_1": "5", "level": "1", "name": "x", "lot": "y", "mean": "1", "sd": "1"}
    given |= {"organiser": "x", "round": "y", "sample_at": day, "assessed_at": day}
    assert doctor.post(reverse(name), {**place, **given}).status_code == 403
    assert (ControlRun.objects.count(), ControlMaterial.objects.count(), ExternalAssessment.objects.count()) == (
        0,
        1,
        0,
    )
