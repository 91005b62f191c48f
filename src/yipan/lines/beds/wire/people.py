"""Who a message speaks of: patients by their identifiers, and the responsible doctor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy

from yipan.base import audit, unit
from yipan.base.access import SYSTEM, Actor
from yipan.base.access.models import Practitioner
from yipan.base.audit import labels
from yipan.base.patients import actions, idcard, names, queries
from yipan.base.patients.actions.facts import clean_identifier
from yipan.base.patients.matching import NATIONAL_ID, IdentifierValue
from yipan.base.patients.models import Patient
from yipan.base.unit import Shelf
from yipan.codecs.hl7v2.event import AdtEvent
from yipan.codecs.hl7v2.types import CX
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.beds.wire import requests
from yipan.lines.beds.wire.clinical import INPATIENT
from yipan.lines.beds.wire.outcome import ALREADY_SO, Outcome
from yipan.lines.beds.wire.sender import Sender

HEARD = "practitioner.heard"
labels.declare({HEARD: gettext_lazy("A doctor was named in a message for the first time")})

LOCK = "SELECT count(pg_advisory_xact_lock(hashtextextended(key, 0))) FROM unnest(%s::text[]) AS key"

NOT_A_PERSON = frozenset({"VN", "AN", "ACSN", "BC"})
"""Types of table 0203 that number a visit, an account or a specimen."""

NATIONAL_TYPES = frozenset({"NI", "NNCHN", "01"})
"""Types under which systems send the number of the identity card; 01 is that of WS 364.3 (CV02.01.101)."""


def find(event: AdtEvent, *, source: Sender, actor: Actor) -> Patient | None:
    """The patient that carries one of the identifiers, first told first; None when nobody does.

    A number may have been given to two people; then registration has kept the second one apart, without that number
    (`patients.actions.register`). So where the name is another than that of the number's holder, the visit decides.
    """
    holder = _holder(identifiers_of(event, source), actor)
    told = names.clean(event.name.text) if event.name else ""
    if not told or (holder is not None and holder.name == told):
        return holder
    visitor = requests.patient_of_visit(event.visit_number, source)
    return visitor if visitor is not None and visitor.name == told else holder


def known(event: AdtEvent, *, source: Sender, actor: Actor) -> Patient:
    """Like `find`. Raises Conflict("patient_not_known"): the message that makes the patient known may still come."""
    patient = find(event, source=source, actor=actor)
    if patient is None:
        raise Conflict("patient_not_known")
    return patient


def registered(event: AdtEvent, *, source: Sender, actor: Actor) -> Patient:
    """The patient, made known if need be, with what the message corrects; locked until the transaction ends.

    The lock of `actions.register` excludes a desk that asks for a bed, so that the two never open two requests.
    Raises InvalidInput("patient_identifier_missing"), InvalidInput("patient_name_missing").
    """
    identifiers = identifiers_of(event, source)
    if not identifiers:
        raise InvalidInput("patient_identifier_missing", where="PID-3")
    patient = actions.register(
        actor=actor,
        name=event.name.text if event.name else "",
        sex=event.sex or "unknown",
        birth_date=event.birth_date,
        identifiers=identifiers,
        phone=event.phone or "",
        address=event.address or "",
    )
    return correct(patient, event, actor=actor)


def correct(patient: Patient, event: AdtEvent, *, actor: Actor) -> Patient:
    """Bring name, sex, birth date, phone and address to what the message says, where it says something."""
    told: dict[str, Any] = {
        "name": event.name.text if event.name else None,
        "sex": event.sex if event.sex != "unknown" else None,
        "birth_date": event.birth_date,
        "phone": "" if "phone" in event.nulls else event.phone,
        "address": "" if "address" in event.nulls else event.address,
    }
    said = {field: value for field, value in told.items() if value is not None and (value or field in event.nulls)}
    given = {field: value for field, value in said.items() if getattr(patient, field) != value}
    return actions.update(actor=actor, patient_id=patient.pk, **given) if given else patient


def identifiers_of(event: AdtEvent, source: Sender) -> list[IdentifierValue]:
    """Identifiers of the person: those of PID-3, PID-2 and PID-4 in that order, then a valid identity card number."""
    found = _identifiers(event.identifiers, source)
    if event.national_id and idcard.is_valid(event.national_id):
        found.append(clean_identifier(NATIONAL_ID, event.national_id))
    return list(dict.fromkeys(found))


def numbers_of(event: AdtEvent, source: Sender) -> list[IdentifierValue]:
    """Every number that a message speaks of: the person's, and those that are merged into them."""
    return [*identifiers_of(event, source), *_identifiers(event.previous_identifiers, source)]


def attending(event: AdtEvent, source: Sender) -> Practitioner | None:
    """The responsible doctor (PV1-7): found by code in the sender's organisation, or made known under its name.

    Two hospitals may both have a doctor 001, so a doctor that only messages name is coded "organisation:001".
    """
    told = event.attending
    if told is None or not told.id:
        return None
    own = _own_code(source, told.id)
    doctors = unit.facts(Doctors).by_code
    here = [d for d in doctors[told.id] if d.department and d.department.site.organisation.path.startswith(source.path)]
    found = next(iter(here or doctors[own]), None)
    if found is not None or not told.text:
        return found
    return _heard(own, told.text[:120], source)


def _heard(code: str, name: str, source: Sender) -> Practitioner:
    """Make a doctor known; whoever hears of the same one at once waits, and finds what the first has made."""
    doctors = unit.facts(Doctors)
    doctors.lock([code])
    if known := doctors.by_code[code]:
        return known[0]
    doctor = Practitioner(code=code, name=name)
    unit.insert([doctor])
    audit.record(SYSTEM, HEARD, "practitioner", doctor.pk, path=source.path, data={"code": code})
    doctors.by_code[code] = [doctor]
    return doctor


class Doctors:
    """Doctors by code, as a unit of work has read them."""

    def __init__(self) -> None:
        self.by_code: Shelf[str, list[Practitioner]] = Shelf(self._read, list)
        self._locked: set[str] = set()

    def foresee(self, told: Iterable[tuple[AdtEvent, Sender]]) -> None:
        """Read at once whom these messages name; lock the codes of those whom nobody knows yet."""
        named = [(event.attending, source) for event, source in told if event.attending and event.attending.id]
        codes = [(doctor, doctor.id or "", _own_code(source, doctor.id or "")) for doctor, source in named]
        self.by_code.warm(code for _, *both in codes for code in both)
        self.lock(own for doctor, code, own in codes if doctor.text and not self.by_code[code] + self.by_code[own])

    def lock(self, codes: Iterable[str]) -> None:
        """Be the only one who makes doctors of these codes known; whom somebody made known meanwhile is known then."""
        if new := set(codes) - self._locked:
            with connection.cursor() as cursor:
                cursor.execute(LOCK, [sorted(f"practitioner:{code}" for code in new)])
            found = self._read(list(new))
            for code in new:
                self.by_code[code] = found.get(code, [])
            self._locked |= new

    @staticmethod
    def _read(codes: list[str]) -> dict[str, list[Practitioner]]:
        found: dict[str, list[Practitioner]] = {}
        rows = Practitioner.objects.select_related("department__site__organisation").filter(code__in=codes)
        for row in rows.order_by("pk"):
            found.setdefault(row.code, []).append(row)
        return found


def _own_code(source: Sender, code: str) -> str:
    return f"{source.organisation_code}:{code}"[:64]


def tell_person(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A28, A31: a person is made known or corrected; nothing of a stay."""
    patient = registered(event, source=source, actor=actor)
    return Outcome("person_told", patient.pk)


def update(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A08: person, attending and diagnosis are brought up to date. A bed is not changed by this message."""
    patient = find(event, source=source, actor=actor)
    if patient is None:
        if event.patient_class != INPATIENT:
            return Outcome("not_inpatient", ignored=True)
        raise Conflict("patient_not_known")
    correct(patient, event, actor=actor)
    request = requests.open_of(patient.pk)
    if request is None or requests.other_visit(request, event):
        return Outcome("person_told", patient.pk)
    requests.bring_up_to_date(request, event, doctor=attending(event, source), actor=actor)
    return Outcome("updated", patient.pk)


def merge_people(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A40: the record of MRG-1 goes into that of PID-3; several pairs may be told at once."""
    results = [_merge(part, source, actor) for part in (event, *event.further)]
    return next((r for r in results if r.code == "merged"), results[0])


def _merge(event: AdtEvent, source: Sender, actor: Actor) -> Outcome:
    surviving, retired = identifiers_of(event, source), _identifiers(event.previous_identifiers, source)
    if not surviving or not retired:
        raise InvalidInput("patient_identifier_missing", where="PID-3" if not surviving else "MRG-1")
    survivor, former = _holder(surviving, actor), _holder(retired, actor)
    if survivor is None and former is None:
        return Outcome("nobody_known", ignored=True)
    if survivor is not None and former is not None:
        if survivor.pk == former.pk:
            return Outcome(ALREADY_SO, survivor.pk)
        requests.keep_one(survivor.pk, former.pk, actor=actor)
        actions.merge(actor=actor, survivor_id=survivor.pk, retired_id=former.pk, reason=f"ADT^A40 {actor.name}"[:200])
        return Outcome("merged", survivor.pk)
    # Only one of the two numbers was known: the person simply has both from now on.
    kept = survivor or former
    assert kept is not None
    for system, value, kind in retired if survivor is not None else surviving:
        actions.add_identifier(actor=actor, patient_id=kept.pk, system=system, value=value, type=kind)
    return Outcome("merged", kept.pk)


def _identifiers(told: Iterable[CX], source: Sender) -> list[IdentifierValue]:
    found: list[IdentifierValue] = []
    for one in told:
        kind = (one.type or "").upper()
        if not one.id or kind in NOT_A_PERSON:
            continue
        if kind in NATIONAL_TYPES and idcard.is_valid(one.id):
            found.append(clean_identifier(NATIONAL_ID, one.id))
            continue
        assigner = (one.assigner.name if one.assigner else None) or ""
        try:
            found.append(clean_identifier(source.system(assigner, kind), one.id, kind or "MR"))
        except InvalidInput:  # too long or nothing but blanks: no number to find anybody by
            continue
    return found


def _holder(identifiers: Iterable[IdentifierValue], actor: Actor) -> Patient | None:
    holders = (queries.by_identifier(actor, i.system, i.value) for i in identifiers)
    return next((h for h in holders if h is not None), None)
