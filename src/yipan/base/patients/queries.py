"""Finding and opening patients.

Scope. An identity belongs to the whole network, so whoever has the verb patients.view anywhere may search. Lists show
names and numbers masked and write "list.read" to the audit trail; opening a record shows it whole and writes
"patient.read". The verb is not cut by organisation, because the point of one identity is to find a person whom another
site registered.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, QuerySet, TextField, Value

from yipan.base import audit
from yipan.base.access import Actor, emergency, wall
from yipan.base.access.models import EmergencyAccess
from yipan.base.patients import disclosure, idcard, terms
from yipan.base.patients.identities import identities
from yipan.base.patients.matching import NATIONAL_ID
from yipan.base.patients.models import (
    DuplicateCandidate,
    DuplicateState,
    Identifier,
    Merge,
    Patient,
    number_digest,
    phone_digest,
)
from yipan.kernel.errors import InvalidInput, NotFound, YipanError

log = logging.getLogger(__name__)

SEARCH_LIMIT = 30
CHARACTERS = Func(F("name"), Value(None), function="string_to_array", output_field=ArrayField(TextField()))
LONGEST_CHAIN = 100
LONGEST_INITIALS = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A patient in a list: enough to tell people apart at a desk, masked."""

    id: UUID
    name: str
    sex: str
    sex_label: str
    birth_date: date | None
    phone: str
    national_id: str
    records: tuple[tuple[str, str], ...]


def search(actor: Actor, text: str, limit: int = SEARCH_LIMIT) -> list[Found]:
    """At most `limit` patients, best first: by characters, pinyin, initials, identifier, phone, birth date.

    Several words must all hold. A record that was merged is found and shown as the one that took over.
    Raises Refused.
    """
    actor.require("patients.view")
    wanted = terms.read(text)
    if not wanted:
        return []
    ids: dict[UUID, None] = {}
    for step in _steps(wanted):
        if len(ids) >= limit:
            break
        # Twice the limit: some rows may lead to the same surviving record.
        ids |= dict.fromkeys(_survivors(step[: limit * 2]))
    found = summaries(list(ids)[:limit])
    audit.record_list(actor, "patients.search", count=len(found))
    return found


def summaries(ids: list[UUID]) -> list[Found]:
    """Masked lines of these patients, in the order given. Two queries."""
    people = Patient.objects.prefetch_related("identifiers").in_bulk(ids)
    return [_found(people[i]) for i in ids if i in people]


def get(actor: Actor, patient_id: UUID) -> Patient:
    """The whole record, of the survivor when it was merged; the reading is audited.

    Who has no right to it sees it while an emergency opening of theirs lasts. Raises Refused,
    NotFound("patient_unknown").
    """
    opening = None if actor.may("patients.view") else _opening(actor, patient_id)
    with nullcontext() if opening is None else in_emergency():
        patient = resolve(patient_id)
    data = {"asked_for": str(patient_id)} if patient.pk != patient_id else {}
    if opening is not None:
        data["emergency"] = str(opening.pk)
    audit.record(actor, "patient.read", "patient", patient.pk, patient_id=patient.pk, data=data)
    return patient


def in_emergency() -> AbstractContextManager[None]:
    """For a block that reads the record of an emergency: the second wall, which knows no openings, lets it through."""
    return wall.passage("patients.emergency")


def _opening(actor: Actor, patient_id: UUID) -> EmergencyAccess:
    """The emergency opening that lets this actor see the record; without one Refused, whether it exists or not."""
    with in_emergency():
        known = Patient.objects.filter(pk=patient_id).exists()
        opening = emergency.opening_of(actor, resolve(patient_id).pk) if known else None
    if opening is None:
        actor.require("patients.view")
    assert opening is not None
    return opening


def resolve(patient_id: UUID) -> Patient:
    """The record that stands for this one today, without any check of access: for actions of other rooms.

    Raises NotFound("patient_unknown").
    """
    patient = Patient.objects.filter(pk=patient_id).first()
    for _ in range(LONGEST_CHAIN):
        if patient is None:
            raise NotFound("patient_unknown")
        if patient.merged_into_id is None:
            return patient
        patient = Patient.objects.filter(pk=patient.merged_into_id).first()
    raise AssertionError("a chain of merges is a ring, though a trigger forbids it")


def by_identifier(actor: Actor, system: str, value: str) -> Patient | None:
    """Who carries this identifier, for message feeds and other programs; not audited as a reading by a person.

    Raises Refused.
    """
    actor.require("patients.view")
    holder = identities().holder(system, value)
    return holder if holder is None or holder.merged_into_id is None else resolve(holder.pk)


def open_duplicates(actor: Actor) -> QuerySet[DuplicateCandidate]:
    """Pairs to decide, likeliest first; pairs with a record that was merged meanwhile are left out. Raises Refused."""
    actor.require("patients.merge")
    pairs = DuplicateCandidate.objects.filter(
        state=DuplicateState.OPEN, left__merged_into=None, right__merged_into=None
    )
    return pairs.select_related("left", "right").order_by("-score", "id")


def duplicate(actor: Actor, candidate_id: UUID) -> DuplicateCandidate:
    """One pair, decided or not. Raises Refused, NotFound("duplicate_unknown")."""
    actor.require("patients.merge")
    pair = DuplicateCandidate.objects.select_related("left", "right").filter(pk=candidate_id).first()
    if pair is None:
        raise NotFound("duplicate_unknown")
    return pair


def one_by_identifier(actor: Actor, value: str) -> Patient:
    """The only patient with this number, whoever assigned it.

    Raises Refused, NotFound("identifier_unknown"), InvalidInput("identifier_of_several").
    """
    actor.require("patients.view")
    number = idcard.normalise(value)
    named = Identifier.objects.filter(value_digest=number_digest(number)) if number else Identifier.objects.none()
    holders = set(named.values_list("patient_id", flat=True))
    if not holders:
        raise NotFound("identifier_unknown", value=value.strip())
    if len(holders) > 1:
        raise InvalidInput("identifier_of_several", value=value.strip())
    return resolve(holders.pop())


def merges(actor: Actor) -> QuerySet[Merge]:
    """Every merge, newest first. Raises Refused."""
    actor.require("patients.merge")
    return Merge.objects.select_related("survivor", "retired").order_by("-at", "-id")


def merges_of(patient_id: UUID) -> list[Merge]:
    """Merges in which this record took part, newest first; for the page of a patient that was opened."""
    rows = Merge.objects.filter(Q(survivor=patient_id) | Q(retired=patient_id))
    return list(rows.select_related("survivor", "retired").order_by("-at", "-id"))


def _steps(wanted: terms.Terms) -> Iterator[QuerySet[Patient]]:
    """Queries from the surest to the loosest; later ones run only when earlier ones found few.

    Each follows one index, also in its order, so that a LIMIT never makes the database walk through everybody.
    """
    rows = Patient.objects.order_by("pinyin", "birth_date", "id")
    if wanted.birth_date and not wanted.either:
        rows = rows.filter(birth_date=wanted.birth_date)
    if wanted.number:
        rows = rows.filter(pk__in=_by_number(wanted))
    if wanted.letters and wanted.chinese:
        inside = Q(pinyin__contains=wanted.letters)
        if len(wanted.letters) <= LONGEST_INITIALS:
            inside |= Q(initials__contains=wanted.letters)
        rows = rows.filter(inside)
    if wanted.chinese:
        yield from _by_characters(rows, wanted.chinese)
    elif wanted.letters:
        yield from _by_letters(rows, wanted.letters)
    else:
        yield rows


def _by_number(wanted: terms.Terms) -> set[UUID]:
    """Who has this identifier or phone number, or this birth date where it can be read as one; three short queries,
    because one with OR cannot use the three indexes."""
    named = Identifier.objects.filter(value_digest=number_digest(wanted.number))
    found = set(named.values_list("patient_id", flat=True)[:SEARCH_LIMIT])
    if wanted.phone:
        calls = Patient.objects.filter(phone_digest=phone_digest(wanted.phone))
        found |= set(calls.values_list("pk", flat=True)[:SEARCH_LIMIT])
    if wanted.either:
        born = Patient.objects.filter(birth_date=wanted.birth_date)
        found |= set(born.order_by("pinyin").values_list("pk", flat=True)[: SEARCH_LIMIT * 2])
    return found


def _by_characters(rows: QuerySet[Patient], text: str) -> Iterator[QuerySet[Patient]]:
    yield rows.filter(name=text)
    yield rows.filter(name__startswith=text).order_by("name", "birth_date", "id")
    if len(text) > 1:
        # The array of single characters has an index; LIKE then keeps those in which they stand together.
        yield rows.alias(characters=CHARACTERS).filter(characters__contains=list(text), name__contains=text)  # type: ignore[misc]


def _by_letters(rows: QuerySet[Patient], text: str) -> Iterator[QuerySet[Patient]]:
    yield rows.filter(pinyin=text)
    yield rows.filter(initials=text)
    yield rows.filter(pinyin__startswith=text)
    yield rows.filter(initials__startswith=text).order_by("initials", "pinyin", "id")
    if len(text) > 2:
        yield rows.filter(pinyin__contains=text)


def _survivors(rows: Iterable[Patient]) -> Iterator[UUID]:
    for patient in rows:
        yield patient.pk if patient.merged_into_id is None else resolve(patient.merged_into_id).pk


def _readable(row: Patient | Identifier, column: str) -> str:
    """A sealed value, "?" when it cannot be opened: one broken value must not hide a list; the record tells why."""
    try:
        return str(getattr(row, column))
    except YipanError as error:
        log.error("%s of %s %s: %s", column, row._meta.label, row.pk, error)
        return "?"


def _found(patient: Patient) -> Found:
    identifiers = list(patient.identifiers.all())
    national = next((_readable(i, "value") for i in identifiers if i.system == NATIONAL_ID), "")
    return Found(
        id=patient.pk,
        name=disclosure.name_on(patient.name, knows=True),
        sex=patient.sex,
        sex_label=patient.get_sex_display(),
        birth_date=patient.birth_date,
        phone=disclosure.phone_on(_readable(patient, "phone"), knows=True),
        national_id=disclosure.number_on(national, knows=True),
        records=tuple(sorted((i.system, _readable(i, "value")) for i in identifiers if i.type == "MR")),
    )
