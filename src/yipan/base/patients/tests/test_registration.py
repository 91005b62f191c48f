"""Finding or making a patient, and correcting one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection

from yipan.base.audit.models import Entry
from yipan.base.patients import actions
from yipan.base.patients.actions import NATIONAL_ID
from yipan.base.patients.models import DuplicateCandidate, Identifier, Patient
from yipan.base.patients.tests.samples import DESK, FEED, MANAGER, card, registered, snapshot
from yipan.kernel.errors import Conflict, InvalidInput, Refused

BORN = date(1962, 3, 12)
MR = ("H1", "000123", "MR")

pytestmark = pytest.mark.django_db


def test_new_patient_is_searchable_and_audited() -> None:
    """Registering fills the search columns, stores the identifiers and leaves one entry."""
    patient = registered(identifiers=[MR], phone="138 1234 5678")
    assert (patient.pinyin, patient.initials, patient.phone) == ("lijianguo", "ljg", "13812345678")
    assert [(i.system, i.value, i.type) for i in patient.identifiers.all()] == [MR]
    entry = Entry.objects.get(patient_id=patient.pk)
    assert (entry.action, entry.actor_name) == ("patient.register", "周敏")
    assert entry.data["identifiers"] == [{"system": "H1", "type": "MR", "value": "***123"}]


def test_same_identifier_is_the_same_person() -> None:
    """A second registration with a known number finds the patient, adds numbers and fills gaps, no more."""
    first = registered(identifiers=[MR], birth_date=None)
    again = registered(name="李健国", identifiers=[MR, ("H2", "77", "MR")], address="大桥路 1 号", phone="13812345678")
    assert again.pk == first.pk
    assert (again.name, again.birth_date, again.address) == ("李建国", BORN, "大桥路 1 号")
    assert again.identifiers.count() == 2
    entry = Entry.objects.get(action="patient.identifier")
    assert entry.data == {"system": "H2", "type": "MR", "value": "*7"}
    assert Patient.objects.count() == 1


def test_card_tells_birth_date_and_sex() -> None:
    """What the form leaves open comes from the card number, also from one of 15 digits."""
    number = card(BORN, 11)
    old = number[:6] + number[8:17]
    patient = actions.register(actor=DESK, name="李建国", identifiers=[(NATIONAL_ID, old, "XX")])
    assert (patient.birth_date, patient.sex) == (BORN, "male")
    assert [(i.value, i.type) for i in patient.identifiers.all()] == [(number, "NI")]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": "  "}, "patient_name_missing"),
        ({"sex": "m"}, "patient_sex_unknown"),
        ({"birth_date": date(2999, 1, 1)}, "birth_date_impossible"),
        ({"phone": "123"}, "phone_shape"),
        ({"identifiers": [("H1", " ", "MR")]}, "identifier_missing"),
        ({"identifiers": [(NATIONAL_ID, "1" * 18, "NI")]}, "id_number_date"),
        ({"identifiers": [(NATIONAL_ID, card(date(1970, 1, 1), 11), "NI")]}, "id_number_other_birth_date"),
        ({"identifiers": [(NATIONAL_ID, card(BORN, 12), "NI")]}, "id_number_other_sex"),
    ],
)
def test_desk_is_told_what_is_wrong(given: dict[str, Any], code: str) -> None:
    """Each mistake at the desk has its sentence, and nothing is stored."""
    before = snapshot()
    with pytest.raises(InvalidInput) as caught:
        registered(**given)
    assert caught.value.code == code
    assert snapshot() == before


def test_feed_is_taken_as_far_as_it_is_usable() -> None:
    """A message with a wrong card number still makes the patient; what was left out is audited."""
    patient = actions.register(
        actor=FEED, name="李建国", phone="n/a", identifiers=[MR, (NATIONAL_ID, "123", "NI")], birth_date=BORN
    )
    assert list(patient.identifiers.values_list("system", flat=True)) == ["H1"]
    refused = Entry.objects.get(action="patient.register").data["refused"]
    assert refused == [{"system": NATIONAL_ID, "value": "**3", "code": "id_number_shape"}]


def test_contradicted_card_makes_a_second_record_once() -> None:
    """A card number with another birth date goes to review; the same message again does not make a third record."""
    number = (NATIONAL_ID, card(BORN, 11), "NI")
    holder = registered(identifiers=[number])
    other = actions.register(actor=FEED, name="王海", sex="male", birth_date=date(1990, 5, 5), identifiers=[number])
    again = actions.register(actor=FEED, name="王海", sex="male", birth_date=date(1990, 5, 5), identifiers=[number])
    assert other.pk == again.pk != holder.pk
    assert Identifier.objects.get().patient_id == holder.pk
    pair = DuplicateCandidate.objects.get()
    assert {pair.left_id, pair.right_id} == {holder.pk, other.pk}
    assert pair.reasons[0]["code"] == "identifier_conflict"


def test_message_that_names_two_known_patients() -> None:
    """Numbers of two known records in one message: the first counts, the pair goes to review, nothing moves."""
    first = registered(identifiers=[MR])
    second = registered(name="王海", birth_date=None, identifiers=[("H2", "5", "MR")])
    found = registered(identifiers=[MR, ("H2", "5", "MR")], birth_date=None)
    assert found.pk == first.pk
    assert Identifier.objects.get(system="H2").patient_id == second.pk
    assert DuplicateCandidate.objects.get().reasons[0]["code"] == "named_together"


@pytest.mark.parametrize(
    ("given", "queued"),
    [
        ({}, True),
        ({"name": "李健国"}, True),
        ({"birth_date": date(1962, 12, 3)}, True),
        ({"birth_date": None, "phone": "13812345678"}, True),
        ({"birth_date": date(1980, 1, 1)}, False),
        ({"name": "王海"}, False),
    ],
)
def test_likely_duplicates_are_queued(given: dict[str, Any], queued: bool) -> None:
    """A second record of probably the same person is made, and proposed for review."""
    registered(phone="13812345678")
    registered(**given)
    assert Patient.objects.count() == 2
    assert DuplicateCandidate.objects.exists() is queued


def test_slip_in_the_card_number_is_queued() -> None:
    """Two card numbers that differ by one slip are found although both are valid."""
    registered(name="李建国", identifiers=[(NATIONAL_ID, card(BORN, 113), "NI")])
    registered(name="李建囯", identifiers=[(NATIONAL_ID, card(BORN, 115), "NI")])
    codes = [reason["code"] for reason in DuplicateCandidate.objects.get().reasons]
    assert "national_id_near" in codes


def test_update_keeps_old_and_new() -> None:
    """A correction changes only what is given, the search columns follow, the trail has both values, masked."""
    patient = registered(address="大桥路 1 号")
    actions.update(actor=DESK, patient_id=patient.pk, name="单建国", birth_date=None, phone="13812345678")
    patient.refresh_from_db()
    assert (patient.pinyin, patient.birth_date, patient.address) == ("shanjianguo", None, "大桥路 1 号")
    assert Entry.objects.get(action="patient.update").data["changed"] == {
        "name": ["李*国", "单*国"],
        "phone": ["", "138****5678"],
        "birth_date": ["1962-03-12", None],
    }


def test_update_without_change_leaves_no_entry() -> None:
    """Saving a form that changed nothing is no change."""
    patient = registered()
    actions.update(actor=DESK, patient_id=patient.pk, name="李建国", sex="male")
    assert not Entry.objects.filter(action="patient.update").exists()


def test_identifier_of_another_patient_is_refused() -> None:
    """One number belongs to one patient; the same number again for its holder is harmless."""
    first, second = registered(identifiers=[MR]), registered(name="王海")
    actions.add_identifier(actor=DESK, patient_id=first.pk, system="H1", value="000123")
    before = snapshot()
    with pytest.raises(Conflict, match="identifier_taken"):
        actions.add_identifier(actor=DESK, patient_id=second.pk, system="H1", value="000123")
    assert snapshot() == before


def test_manager_may_not_change_patients() -> None:
    """A role without the verb is refused everywhere and changes nothing."""
    patient = registered()
    before, entries = snapshot(), Entry.objects.count()
    with pytest.raises(Refused):
        actions.register(actor=MANAGER, name="王海")
    with pytest.raises(Refused):
        actions.update(actor=MANAGER, patient_id=patient.pk, name="王海")
    with pytest.raises(Refused):
        actions.add_identifier(actor=MANAGER, patient_id=patient.pk, system="H1", value="1")
    assert (snapshot(), Entry.objects.count()) == (before, entries)


@pytest.mark.django_db(transaction=True)
def test_two_messages_at_once_make_one_patient() -> None:
    """Many registrations with one number at the same time end in one patient, and none fails."""

    def one(_: int) -> str:
        try:
            return str(actions.register(actor=FEED, name="李建国", birth_date=BORN, identifiers=[MR]).pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        found = set(pool.map(one, range(12)))
    assert len(found) == Patient.objects.count() == 1
