"""Find or make a patient, and correct one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError

from yipan.base import audit, unit
from yipan.base.access import Actor
from yipan.base.patients import matching, queries
from yipan.base.patients.actions.duplicates import marked, queue_conflict, queue_duplicates, queue_shared
from yipan.base.patients.actions.facts import (
    Facts,
    check,
    check_birth_date,
    check_name,
    check_phone,
    check_sex,
    clean_identifier,
    known_person,
    set_name,
    told,
    told_value,
)
from yipan.base.patients.identities import identities, locked
from yipan.base.patients.matching import Decision, IdentifierValue, Person
from yipan.base.patients.models import DuplicateCandidate, Identifier, Patient, Sex, number_digest
from yipan.kernel import clock
from yipan.kernel.clock import require_aware
from yipan.kernel.errors import Conflict


class _Unset:
    """The default of `update`: leave as it is. None and "" mean: not known."""


UNSET: Final = _Unset()

WRITTEN = tuple(f.name for f in Patient._meta.concrete_fields if f.name != "id")
"""What a correction writes of a patient: name and what search keeps of it, numbers and their digests go together."""


@unit.atomic()
def register(
    *,
    actor: Actor,
    name: str,
    sex: str = Sex.UNKNOWN,
    birth_date: date | None = None,
    identifiers: Iterable[tuple[str, str, str]] = (),
    phone: str = "",
    address: str = "",
    contact_name: str = "",
    contact_phone: str = "",
) -> Patient:
    """The patient with these identifiers, or a new one; new identifiers are added, unknown fields filled.

    The row stays locked until the transaction ends.
    `identifiers` are (system, value, type) with the most trusted first, see `matching.IdentifierValue`. Fields of a
    known patient that are filled already stay: `update` corrects. When the data contradict the holder of an identifier
    a new record is made without that identifier and the pair goes to review, as do likely duplicates.
    Raises Refused and InvalidInput, see `facts.check`.
    """
    actor.require("patients.edit")
    facts = check(actor, name=name, sex=sex, birth_date=birth_date, phone=phone, identifiers=identifiers)
    extra = {
        "address": address.strip()[:255],
        "contact_name": contact_name.strip()[:120],
        "contact_phone": check_phone(contact_phone, lenient=actor.kind == "interface"),
    }
    identities().lock_numbers(facts.identifiers)
    holders = _holders(facts.identifiers)
    decision = matching.decide(facts.person(), holders)
    if decision.same is None and decision.conflicts:
        decision = _known_claimant(facts, decision)
    if decision.same is None:
        patient = _create(actor, facts, extra)
    else:
        found = locked(decision.same)
        assert found is not None, "a record is never removed"
        patient = found
        _fill(actor, patient, facts, extra)
    free = [i for i in facts.identifiers if i not in holders]
    if free:
        _attach(patient, free)
    if decision.same is not None:
        for identifier in free:
            _tell_identifier(actor, patient, identifier)
    _queue(patient, decision, holders, changed=decision.same is None or bool(free))
    return patient


@unit.atomic()
def update(
    *,
    actor: Actor,
    patient_id: UUID,
    name: str | _Unset = UNSET,
    sex: str | _Unset = UNSET,
    birth_date: date | _Unset | None = UNSET,
    phone: str | _Unset = UNSET,
    address: str | _Unset = UNSET,
    contact_name: str | _Unset = UNSET,
    contact_phone: str | _Unset = UNSET,
    died_at: datetime | _Unset | None = UNSET,
) -> Patient:
    """Correct the fields that are given, of the survivor when the record was merged. The audit trail keeps old and new.

    Raises Refused, NotFound("patient_unknown"), InvalidInput as `register`.
    """
    actor.require("patients.edit")
    found = locked(patient_id)
    if found is None or found.merged_into_id is not None:
        found = locked(queries.resolve(patient_id).pk)
    assert found is not None, "a record is never removed"
    patient = found
    lenient = actor.kind == "interface"
    given: dict[str, Any] = {
        "name": name if isinstance(name, _Unset) else check_name(name),
        "sex": sex if isinstance(sex, _Unset) else check_sex(sex),
        "birth_date": birth_date if isinstance(birth_date, _Unset) else check_birth_date(birth_date),
        "phone": phone if isinstance(phone, _Unset) else check_phone(phone, lenient=lenient),
        "address": address if isinstance(address, _Unset) else address.strip()[:255],
        "contact_name": contact_name if isinstance(contact_name, _Unset) else contact_name.strip()[:120],
        "contact_phone": contact_phone
        if isinstance(contact_phone, _Unset)
        else check_phone(contact_phone, lenient=lenient),
        "died_at": died_at if isinstance(died_at, _Unset) or died_at is None else require_aware(died_at),
    }
    changed = _change(patient, {k: v for k, v in given.items() if not isinstance(v, _Unset)})
    if changed:
        audit.record(actor, "patient.update", "patient", patient.pk, patient_id=patient.pk, data={"changed": changed})
        if changed.keys() & {"name", "sex", "birth_date", "phone"}:
            unit.later(queue_duplicates, patient)
    return patient


@unit.atomic()
def add_identifier(*, actor: Actor, patient_id: UUID, system: str, value: str, type: str = "MR") -> Identifier:
    """Give a known patient one more identifier. The same again is harmless.

    Raises Refused, NotFound, InvalidInput, Conflict("identifier_taken") when another patient has it.
    """
    actor.require("patients.edit")
    patient = queries.resolve(patient_id)
    clean = clean_identifier(system, value, type)
    identities().lock_numbers([clean])
    held = Identifier.objects.filter(system=clean.system, value_digest=number_digest(clean.value)).first()
    if held is None:
        held = _attach(patient, [clean])[0]
        _tell_identifier(actor, patient, clean)
        unit.later(queue_duplicates, patient)
    elif queries.resolve(held.patient_id).pk != patient.pk:
        raise Conflict("identifier_taken", system=clean.system)
    return held


def _holders(identifiers: Iterable[IdentifierValue]) -> dict[IdentifierValue, Person]:
    """Who carries each identifier already, in the order given."""
    known, found = identities(), dict[IdentifierValue, Person]()
    for identifier in identifiers:
        holder = known.holder(identifier.system, identifier.value)
        if holder is not None and holder.merged_into_id is not None:
            holder = queries.resolve(holder.pk)
        if holder is not None:
            found[identifier] = known_person(holder, known.cards(holder))
    return found


def _known_claimant(facts: Facts, decision: Decision) -> Decision:
    """When the same contradiction came before, the record made then is this person: do not make one more each time."""
    for holder, identifier in decision.conflicts:
        claims = DuplicateCandidate.objects.filter(
            reasons__contains=[{"code": "identifier_conflict", **marked(identifier)}]
        )
        for left, right in claims.order_by("created_at").values_list("left_id", "right_id"):
            other = queries.resolve(right if left == holder else left)
            if (other.name, other.sex, other.birth_date) == (facts.name, facts.sex, facts.birth_date):
                return Decision(other.pk)
    return decision


def _create(actor: Actor, facts: Facts, extra: dict[str, str]) -> Patient:
    now = clock.now()
    patient = Patient(
        sex=facts.sex, birth_date=facts.birth_date, phone=facts.phone, created_at=now, updated_at=now, **extra
    )
    set_name(patient, facts.name)
    unit.insert([patient])
    identities().note(patient)
    data = {"identifiers": [told(i) for i in facts.identifiers], "refused": list(facts.refused)}
    audit.record(actor, "patient.register", "patient", patient.pk, patient_id=patient.pk, data=data)
    return patient


def _fill(actor: Actor, patient: Patient, facts: Facts, extra: dict[str, str]) -> None:
    """Write what was not known before."""
    given: dict[str, Any] = {"birth_date": facts.birth_date, "phone": facts.phone, **extra}
    news = {field: value for field, value in given.items() if value and not getattr(patient, field)}
    if patient.sex == Sex.UNKNOWN and facts.sex != Sex.UNKNOWN:
        news["sex"] = facts.sex
    changed = _change(patient, news)
    if changed:
        audit.record(actor, "patient.update", "patient", patient.pk, patient_id=patient.pk, data={"changed": changed})


def _change(patient: Patient, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Save the values that differ; {field: [old, new]} as the audit trail keeps it, see `facts.told_value`."""
    changed: dict[str, list[Any]] = {}
    for field, value in values.items():
        old = getattr(patient, field)
        if old != value:
            changed[field] = [told_value(field, old), told_value(field, value)]
            if field == "name":
                set_name(patient, value)
            else:
                setattr(patient, field, value)
    if changed:
        patient.updated_at = clock.now()
        unit.update(patient, *WRITTEN)
    return changed


def _attach(patient: Patient, identifiers: Iterable[IdentifierValue]) -> list[Identifier]:
    now = clock.now()
    rows = [
        Identifier(patient=patient, system=i.system, value=i.value, type=i.type, created_at=now) for i in identifiers
    ]
    try:
        with unit.atomic():
            unit.insert(rows)
    except IntegrityError:
        raise Conflict("identifier_taken", system=", ".join(sorted({i.system for i in identifiers}))) from None
    identities().note_numbers(patient, rows)
    return rows


def _tell_identifier(actor: Actor, patient: Patient, identifier: IdentifierValue) -> None:
    data = told(identifier)
    audit.record(actor, "patient.identifier", "patient", patient.pk, patient_id=patient.pk, data=data)


def _queue(patient: Patient, decision: Decision, holders: dict[IdentifierValue, Person], *, changed: bool) -> None:
    for other in decision.also:
        queue_shared(patient.pk, other, [i for i, holder in holders.items() if holder.key == other])
    for holder, identifier in decision.conflicts:
        queue_conflict(patient, holder, identifier)
    if changed:
        unit.later(queue_duplicates, patient)
