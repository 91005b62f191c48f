"""Of whom a message speaks: patients by their identifiers, and the responsible doctor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy

from yipan.base import audit, unit
from yipan.base.access import SYSTEM, Actor
from yipan.base.access.models import Practitioner
from yipan.base.audit import labels
from yipan.base.patients import actions, idcard, queries
from yipan.base.patients.actions.facts import clean_identifier
from yipan.base.patients.matching import NATIONAL_ID, IdentifierValue
from yipan.base.patients.models import Patient
from yipan.base.unit import Shelf
from yipan.codecs.hl7v2.event import PatientEvent
from yipan.codecs.hl7v2.types import CX, XCN
from yipan.kernel.errors import InvalidInput
from yipan.spine.wire.sender import Sender

HEARD = "practitioner.heard"
labels.declare({HEARD: gettext_lazy("A doctor was named in a message for the first time")})

LOCK = "SELECT count(pg_advisory_xact_lock(hashtextextended(key, 0))) FROM unnest(%s::text[]) AS key"

NOT_A_PERSON = frozenset({"VN", "AN", "ACSN", "BC"})
"""Types of table 0203 that number a visit, an account or a specimen."""

NATIONAL_TYPES = frozenset({"NI", "NNCHN", "01"})
"""Types under which systems send the number of the identity card; 01 is that of WS 364.3 (CV02.01.101)."""


def registered(event: PatientEvent, *, source: Sender, actor: Actor) -> Patient:
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


def correct(patient: Patient, event: PatientEvent, *, actor: Actor) -> Patient:
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


def identifiers_of(event: PatientEvent, source: Sender) -> list[IdentifierValue]:
    """Identifiers of the person: those of PID-3, PID-2 and PID-4 in that order, then a valid identity card number."""
    found = identifiers(event.identifiers, source)
    if event.national_id and idcard.is_valid(event.national_id):
        found.append(clean_identifier(NATIONAL_ID, event.national_id))
    return list(dict.fromkeys(found))


def attending(event: PatientEvent, source: Sender) -> Practitioner | None:
    """The responsible doctor (PV1-7), see `doctor`."""
    return doctor(event.attending, source)


def doctor(told: XCN | None, source: Sender) -> Practitioner | None:
    """A doctor that a message names: found by code in the sender's organisation, or made known under the name.

    Two hospitals may both have a doctor 001, so a doctor that only messages name is coded "organisation:001".
    """
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
    heard = Practitioner(code=code, name=name)
    unit.insert([heard])
    audit.record(SYSTEM, HEARD, "practitioner", heard.pk, path=source.path, data={"code": code})
    doctors.by_code[code] = [heard]
    return heard


class Doctors:
    """Doctors by code, as a unit of work has read them."""

    def __init__(self) -> None:
        self.by_code: Shelf[str, list[Practitioner]] = Shelf(self._read, list)
        self._locked: set[str] = set()

    def foresee(self, told: Iterable[tuple[PatientEvent, Sender]]) -> None:
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


def identifiers(told: Iterable[CX], source: Sender) -> list[IdentifierValue]:
    """Those of some identifiers that may name a person."""
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


def holder(identifiers: Iterable[IdentifierValue], actor: Actor) -> Patient | None:
    """Who carries one of the numbers, the first that anybody carries."""
    holders = (queries.by_identifier(actor, i.system, i.value) for i in identifiers)
    return next((h for h in holders if h is not None), None)
