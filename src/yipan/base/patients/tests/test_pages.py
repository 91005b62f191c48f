"""Pages of patients, in both languages."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from yipan.base.access import Role
from yipan.base.access.tests.samples import network, person
from yipan.base.audit.models import Entry
from yipan.base.patients import actions, panels, queries
from yipan.base.patients.actions import NATIONAL_ID
from yipan.base.patients.models import DuplicateCandidate, Merge, Patient
from yipan.base.patients.tests.samples import DESK, card, registered, snapshot

pytestmark = pytest.mark.django_db

BORN = date(1962, 3, 12)
FORM = {"name": "李建国", "sex": "male", "birth_date": "1962-03-12", "phone": "13812345678"}


def browser(role: Role) -> Client:
    """The browser of somebody with this role."""
    client = Client()
    client.force_login(person(role.value, role, network().north))
    return client


@pytest.fixture
def desk() -> Client:
    return browser(Role.COORDINATOR)


@pytest.fixture
def pair() -> DuplicateCandidate:
    """A pair to decide."""
    registered(identifiers=[("H1", "1", "MR")], phone="13812345678")
    registered(identifiers=[("H2", "2", "MR")])
    return DuplicateCandidate.objects.get()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_can_be_read(desk: Client, pair: DuplicateCandidate, language: str) -> None:
    """Search, record, forms, queue, comparison and merges are shown in both languages."""
    third = registered(name="王海", birth_date=None)
    done = actions.merge(actor=DESK, survivor_id=pair.left_id, retired_id=third.pk, reason="同一人")
    actions.unmerge(actor=DESK, merge_id=done.pk)
    for path in (
        "/patients/",
        "/patients/new",
        f"/patients/{pair.left_id}",
        f"/patients/{pair.left_id}/edit",
        "/patients/duplicates",
        f"/patients/duplicates/{pair.pk}",
        "/patients/merges",
    ):
        response = desk.get(path, headers={"accept-language": language})
        assert response.status_code == 200, path
    for text in ("ljg", "nobody"):
        response = desk.post("/patients/", {"q": text}, headers={"accept-language": language})
        assert response.status_code == 200, text


def test_list_is_masked_and_the_record_is_not(desk: Client) -> None:
    """The search page never contains a whole name or number; the record does, and opening it is audited."""
    number = card(BORN, 11)
    patient = registered(identifiers=[(NATIONAL_ID, number, "NI")], phone="13987654321")
    shown = desk.post("/patients/", {"q": "ljg"}).content.decode()
    assert "李*国" in shown
    for secret in ("李建国</a>", number, "13987654321"):
        assert secret not in shown
    assert not Entry.objects.filter(action="patient.read").exists()
    record = desk.get(f"/patients/{patient.pk}").content.decode()
    for known in ("李建国", number, "13987654321"):
        assert known in record
    assert Entry.objects.get(action="patient.read").patient_id == patient.pk


def test_register_and_correct(desk: Client) -> None:
    """The forms make a patient and correct one; wrong input comes back with a sentence beside what was typed."""
    wrong = desk.post("/patients/new", FORM | {"national_id": "123"})
    assert wrong.status_code == 422
    assert 'value="李建国"' in wrong.content.decode()
    assert not Patient.objects.exists()
    made = desk.post("/patients/new", FORM | {"national_id": card(BORN, 11)})
    patient = Patient.objects.get()
    assert made["Location"] == f"/patients/{patient.pk}"
    assert desk.post(f"/patients/{patient.pk}/edit", FORM | {"birth_date": "x"}).status_code == 422
    assert desk.post(f"/patients/{patient.pk}/edit", FORM | {"address": "大桥路"}).status_code == 302
    patient.refresh_from_db()
    assert patient.address == "大桥路"


def test_identifier_of_another_is_told(desk: Client, pair: DuplicateCandidate) -> None:
    """A number that another patient has is refused on the page; a new one is added."""
    path = f"/patients/{pair.left_id}/identifier"
    holder = (
        {"system": "H2", "value": "2"} if pair.left.identifiers.filter(system="H1") else {"system": "H1", "value": "1"}
    )
    assert desk.post(path, holder | {"type": "MR"}).status_code == 422
    assert desk.post(path, {"system": "H3", "value": "3", "type": "MR"}).status_code == 302
    assert queries.by_identifier(DESK, "H3", "3") == pair.left


def test_merge_from_the_comparison(desk: Client, pair: DuplicateCandidate) -> None:
    """Choosing the record that stays merges; the old address leads to the survivor; the list of merges undoes it."""
    path = f"/patients/duplicates/{pair.pk}/merge"
    assert desk.post(path, {}).status_code == 409
    assert desk.post(path, {"survivor": str(pair.right_id)}).status_code == 302
    assert desk.get(f"/patients/{pair.left_id}")["Location"] == f"/patients/{pair.right_id}"
    merge = Merge.objects.get()
    assert desk.post(f"/patients/merges/{merge.pk}/undo").status_code == 302
    assert desk.post(f"/patients/merges/{merge.pk}/undo").status_code == 409
    assert Patient.objects.filter(merged_into=None).count() == 2


def test_different_people(desk: Client, pair: DuplicateCandidate) -> None:
    """The pair leaves the queue, the next page is the empty queue; deciding twice is told."""
    path = f"/patients/duplicates/{pair.pk}/different"
    assert desk.post(path)["Location"] == "/patients/duplicates"
    assert desk.post(path).status_code == 409


def test_merge_by_a_number(desk: Client, pair: DuplicateCandidate) -> None:
    """On a record another one can be merged by one of its numbers; an unknown number or no reason is told."""
    path = f"/patients/{pair.left_id}/merge"
    other = pair.right.identifiers.get().value
    assert desk.post(path, {"value": "none", "reason": "x"}).status_code == 422
    assert desk.post(path, {"value": other, "reason": ""}).status_code == 422
    assert desk.post(path, {"value": other, "reason": "同一人"}).status_code == 302
    assert Merge.objects.get().retired_id == pair.right_id


def test_nurse_neither_merges_nor_sees_the_queue(pair: DuplicateCandidate) -> None:
    """Without the verb the queue is closed, its forms change nothing, and the pages do not offer them."""
    nurse = browser(Role.WARD_NURSE)
    before = snapshot()
    for path in ("/patients/duplicates", f"/patients/duplicates/{pair.pk}", "/patients/merges"):
        assert nurse.get(path).status_code == 403
    forms = ({"survivor": str(pair.left_id)}, {"value": "2", "reason": "x"})
    assert nurse.post(f"/patients/duplicates/{pair.pk}/merge", forms[0]).status_code == 403
    assert nurse.post(f"/patients/duplicates/{pair.pk}/different").status_code == 403
    assert snapshot() == before
    page = nurse.get(f"/patients/{pair.left_id}").content.decode()
    assert f"/patients/{pair.left_id}/merge" not in page


def test_manager_sees_no_patient(pair: DuplicateCandidate) -> None:
    """A manager has no access to patients at all."""
    manager = browser(Role.MANAGER)
    assert manager.post("/patients/", {"q": "ljg"}).status_code == 403
    assert manager.get(f"/patients/{pair.left_id}").status_code == 403


def test_panels_of_other_rooms(desk: Client, pair: DuplicateCandidate, monkeypatch: pytest.MonkeyPatch) -> None:
    """A registered panel is shown, in order; one without a context is not."""
    monkeypatch.setattr(panels, "_panels", {})
    for key, context, order in (("late", {}, 9), ("early", {}, 1), ("never", None, 5)):
        panels.register(panels.Panel(key, f"Title {key}", "404.html", lambda actor, pk, c=context: c, order))
    shown = panels.panels_for(DESK, pair.left_id)
    assert [panel.key for panel, _ in shown] == ["early", "late"]
