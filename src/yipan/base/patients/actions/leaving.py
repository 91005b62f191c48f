"""Handing a person's data out, and making a person anonymous."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from yipan.base import audit
from yipan.base.access import Actor, wall
from yipan.base.patients import dossier, queries
from yipan.base.patients.models import DuplicateCandidate, Identifier, Merge, Patient
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput

ANONYMOUS = "匿名"
"""The name that stays: a row needs one."""


@wall.passage("patients.leaving")
@transaction.atomic
def export(*, actor: Actor, patient_id: UUID, reason: str) -> dict[str, Any]:
    """Everything that is known of a person, as plain JSON: {"patient", "records", "made_at", section: [rows]}.

    The handing out is itself audited, and the last entry of what is handed out.
    Raises Refused, NotFound("patient_unknown"), InvalidInput("export_reason_missing").
    """
    actor.require("patients.export")
    patient = queries.resolve(patient_id)
    if not reason.strip():
        raise InvalidInput("export_reason_missing")
    audit.record(
        actor, "patient.export", "patient", patient.pk, patient_id=patient.pk, data={"reason": reason.strip()[:200]}
    )
    ids = _records(patient)
    told: dict[str, Any] = {
        "patient": str(patient.pk),
        "records": [str(i) for i in ids],
        "made_at": clock.now().isoformat(),
    }
    return told | {part.key: list(part.rows(ids)) for part in dossier.sections()}


@wall.passage("patients.leaving")
@transaction.atomic
def erase(*, actor: Actor, patient_id: UUID, reason: str) -> Patient:
    """Make a person anonymous: names, numbers, phones, addresses, notes and messages go; what was done with beds stays.

    Stays: the year of birth, sex, codes of diagnoses, requests, bookings, events and the audit trail, which name the
    person by a random identifier only. It cannot be undone. Who is asked for, booked or in a bed is under care:
    Conflict("erase_under_care"). Raises Refused, NotFound, InvalidInput("erase_reason_missing"), Conflict("erased").
    """
    actor.require("patients.erase")
    patient = queries.resolve(patient_id)
    if not reason.strip():
        raise InvalidInput("erase_reason_missing")
    ids = _records(patient)
    people = list(Patient.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    if patient.erased_at is not None:
        raise Conflict("erased")
    dossier.erase_rows(ids)
    for person in people:
        _empty(person)
    Identifier.objects.filter(patient_id__in=ids).delete()
    for merge in Merge.objects.filter(survivor_id__in=ids) | Merge.objects.filter(retired_id__in=ids):
        merge.moved, merge.reason = {}, ""
        merge.save(update_fields=["moved", "reason"])
    pairs = DuplicateCandidate.objects.filter(left_id__in=ids) | DuplicateCandidate.objects.filter(right_id__in=ids)
    pairs.delete()
    data = {"reason": reason.strip()[:200], "records": [str(i) for i in ids]}
    audit.record(actor, "patient.erase", "patient", patient.pk, patient_id=patient.pk, data=data)
    patient.refresh_from_db()
    return patient


def _empty(person: Patient) -> None:
    person.name, person.pinyin, person.initials = ANONYMOUS, "", ""
    person.phone = person.address = person.contact_name = person.contact_phone = ""
    if person.birth_date is not None:
        person.birth_date = person.birth_date.replace(month=1, day=1)
    person.erased_at = person.updated_at = clock.now()
    person.save()


def _records(patient: Patient) -> list[UUID]:
    """The record and every one that was merged into it, however far back."""
    found, fresh = [patient.pk], [patient.pk]
    while fresh:
        fresh = list(Patient.objects.filter(merged_into__in=fresh).order_by("pk").values_list("pk", flat=True))
        found += fresh
    return found
