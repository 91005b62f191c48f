"""Sealed columns, as the rows of patients and messages use them."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from yipan.base.patients import queries
from yipan.base.patients.models import Identifier, Patient, number_digest, phone_digest
from yipan.base.patients.tests.samples import DESK, card, registered
from yipan.base.vault.fields import SealedField
from yipan.base.vault.resealing import sealed_models
from yipan.kernel import sealing
from yipan.kernel.errors import InvalidInput

pytestmark = pytest.mark.django_db

SECRETS = {"phone": "13812345678", "address": "大桥路 1 号", "contact_name": "王海", "contact_phone": "13987654321"}


def raw(table: str) -> str:
    """Every column of a table as PostgreSQL holds it, bytes as text too."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        cells = [cell for row in cursor.fetchall() for cell in row]
    return "\n".join(
        bytes(c).decode("utf-8", "replace") if isinstance(c, bytes | memoryview) else str(c) for c in cells
    )


def test_database_holds_no_open_value() -> None:
    """What reaches a person stands nowhere in the tables, and reads back whole."""
    number = card(registered().birth_date, 11)
    patient = registered(**SECRETS, identifiers=[("GB11643", number, "NI"), ("H1", "000123", "MR")])
    held = raw("patients_patient") + raw("patients_identifier")
    assert [value for value in (*SECRETS.values(), number, "000123") if value in held] == []
    again = Patient.objects.get(pk=patient.pk)
    assert {field: getattr(again, field) for field in SECRETS} == SECRETS
    assert {i.value for i in again.identifiers.all()} == {number, "000123"}


def test_swapped_values_do_not_open() -> None:
    """A phone number copied to another patient, or into another column, is not shown there."""
    one, two = registered(phone="13812345678"), registered(name="王海", contact_phone="13987654321")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE patients_patient SET phone = (SELECT phone FROM patients_patient WHERE id = %s)", [one.pk]
        )
        cursor.execute("UPDATE patients_patient SET address = contact_phone WHERE id = %s", [two.pk])
    swapped = Patient.objects.get(pk=two.pk)
    for column in ("phone", "address"):
        with pytest.raises(InvalidInput, match="sealed_value_broken"):
            getattr(swapped, column)
    assert Patient.objects.get(pk=one.pk).phone == "13812345678"
    assert [found.phone for found in queries.search(DESK, "王海")] == ["*"]


def test_lists_open_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading a patient opens no value; looking at one opens that one."""
    registered(**SECRETS)
    opened: list[bytes] = []
    real = sealing.unseal
    monkeypatch.setattr(sealing, "unseal", lambda *given: opened.append(given[2]) or real(*given))
    patient = Patient.objects.get()
    assert (patient.name, opened) == ("李建国", [])
    assert (patient.phone, patient.phone, len(opened)) == ("13812345678", "13812345678", 1)


def test_digest_follows_its_column() -> None:
    """A changed number is found by its new digest and no longer by the old one, also when only it is saved."""
    patient = registered(phone="13812345678")
    patient.phone = "13987654321"
    patient.save(update_fields=["phone"])
    assert not Patient.objects.filter(phone_digest=phone_digest("13812345678")).exists()
    assert Patient.objects.get(phone_digest=phone_digest("13987654321")).pk == patient.pk


def test_saving_leaves_untouched_values_as_they_are() -> None:
    """A row saved for another reason keeps its sealed bytes and digests."""
    registered(**SECRETS, identifiers=[("H1", "7", "MR")])
    before = list(Patient.objects.values()), list(Identifier.objects.values())
    Patient.objects.get().save()
    Identifier.objects.get().save()
    assert (list(Patient.objects.values()), list(Identifier.objects.values())) == before
    assert Identifier.objects.get().value_digest == number_digest("7")


@pytest.mark.parametrize("write", ["update", "filter"])
def test_open_values_never_reach_a_query(write: str) -> None:
    """A query that would write or compare an open value is a mistake of the programmer."""
    registered()
    with pytest.raises(TypeError, match="sealed"):
        list(getattr(Patient.objects, write)(phone="1") or ())


def test_labels_are_unlike() -> None:
    """No two columns share a label: then a value of one would open in the other."""
    labels = [f.label for _, fields in sealed_models() for f in fields]
    assert len(set(labels)) == len(labels) >= 7
    fields: list[Any] = [f for m in apps.get_models() for f in m._meta.concrete_fields]
    assert {f.label for f in fields if isinstance(f, SealedField)} == {*labels, "vault.probe"}
