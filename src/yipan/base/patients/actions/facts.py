"""From what a form or a message says to what is stored, and from what is stored to what matching compares."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from yipan.base.access import Actor
from yipan.base.patients import idcard, mask_id_number, mask_name, mask_phone, names, phones
from yipan.base.patients.matching import NATIONAL_ID, NEWCOMER, IdentifierValue, Person
from yipan.base.patients.models import Identifier, Patient, Sex
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput

HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Facts:
    """Checked data of a person. `refused` are identifiers of a message that are no valid numbers; they are audited."""

    name: str
    sex: str
    birth_date: date | None
    phone: str
    identifiers: tuple[IdentifierValue, ...]
    refused: tuple[dict[str, Any], ...] = ()

    @property
    def national_id(self) -> str:
        return next((i.value for i in self.identifiers if i.system == NATIONAL_ID), "")

    def person(self) -> Person:
        """For comparison with known patients."""
        pinyin = names.romanise(self.name).full
        return Person(NEWCOMER, self.name, pinyin, self.sex, self.birth_date, self.phone, self.national_id)


def check(
    actor: Actor,
    *,
    name: str,
    sex: str,
    birth_date: date | None,
    phone: str,
    identifiers: Iterable[tuple[str, str, str]],
) -> Facts:
    """Check what was given. A person at a desk is told what is wrong; a message feed is taken as far as it is usable,
    because a patient needs a bed also when the sending system has a wrong card number.

    Raises InvalidInput: "patient_name_missing", "patient_sex_unknown", "birth_date_impossible", and at a desk those of
    `idcard.parse` and `phones.check`, "id_number_other_birth_date", "id_number_other_sex".
    """
    lenient = actor.kind == "interface"
    values, refused = _identifiers(identifiers, lenient=lenient)
    name = check_name(name)
    sex, birth_date = check_sex(sex), check_birth_date(birth_date)
    national = next((i.value for i in values if i.system == NATIONAL_ID), "")
    if national:
        card = idcard.parse(national)
        if not lenient and birth_date is not None and card.birth_date != birth_date:
            raise InvalidInput("id_number_other_birth_date", card=card.birth_date, given=birth_date)
        if not lenient and sex in (Sex.MALE, Sex.FEMALE) and card.sex != sex:
            raise InvalidInput("id_number_other_sex")
        birth_date = birth_date or card.birth_date
        sex = card.sex if sex == Sex.UNKNOWN else sex
    return Facts(name, sex, birth_date, check_phone(phone, lenient=lenient), values, refused)


def check_name(name: str) -> str:
    name = names.clean(name)
    if not name:
        raise InvalidInput("patient_name_missing")
    return name[:120]


def check_sex(sex: str) -> str:
    if sex not in Sex.values:
        raise InvalidInput("patient_sex_unknown", sex=sex)
    return str(sex)


def check_birth_date(day: date | None) -> date | None:
    # A day of grace: east of Greenwich a child born today is "born tomorrow" in UTC.
    if day is not None and not (day.year >= 1850 and day <= (clock.now() + timedelta(days=1)).date()):
        raise InvalidInput("birth_date_impossible", given=day)
    return day


def check_phone(phone: str, *, lenient: bool = False) -> str:
    try:
        return phones.check(phone)
    except InvalidInput:
        if not lenient:
            raise
        return phones.normalise(phone)[:32]


def clean_identifier(system: str, value: str, kind: str = "MR") -> IdentifierValue:
    """System and value without blanks; an identity card number in its long form.

    Raises InvalidInput("identifier_missing") and those of `idcard.parse`.
    """
    system = unicodedata.normalize("NFKC", system).strip()
    value = "".join(unicodedata.normalize("NFKC", value).split()).upper()
    if not system or not value or len(system) > 120 or len(value) > 120:
        raise InvalidInput("identifier_missing", system=system[:120])
    if system == NATIONAL_ID:
        return IdentifierValue(system, idcard.parse(value).number, "NI")
    return IdentifierValue(system, value, kind.strip().upper()[:12] or "MR")


def known_person(patient: Patient, numbers: Iterable[Identifier] | None = None) -> Person:
    """A stored patient, for comparison; reads the identifiers where they are not given (prefetch them for many)."""
    given = patient.identifiers.all() if numbers is None else numbers
    national = next((i.value for i in given if i.system == NATIONAL_ID), "")
    return Person(patient.pk, patient.name, patient.pinyin, patient.sex, patient.birth_date, patient.phone, national)


def told(identifier: IdentifierValue) -> dict[str, str]:
    """An identifier as the audit trail keeps it: masked, because readers of the trail need not see patients."""
    return {"system": identifier.system, "type": identifier.type, "value": mask_id_number(identifier.value)}


def told_value(field: str, value: Any) -> Any:
    """A value as the audit trail keeps it, for good: enough to see what was corrected, never a whole name or number."""
    if not value:
        return value
    if field in ("name", "contact_name"):
        return mask_name(value)
    if field in ("phone", "contact_phone"):
        return mask_phone(value)
    if field == "address":
        return HIDDEN
    return value.isoformat() if isinstance(value, date) else value


def set_name(patient: Patient, name: str) -> None:
    """Set the name and what search keeps of it."""
    patient.name = name
    patient.pinyin, patient.initials = names.romanise(name)


def _identifiers(
    given: Iterable[tuple[str, str, str]], *, lenient: bool
) -> tuple[tuple[IdentifierValue, ...], tuple[dict[str, Any], ...]]:
    values: dict[tuple[str, str], IdentifierValue] = {}
    refused: list[dict[str, Any]] = []
    for system, value, kind in given:
        try:
            clean = clean_identifier(system, value, kind)
        except InvalidInput as error:
            if not lenient:
                raise
            refused.append({"system": system[:120], "value": mask_id_number(value[:120]), "code": error.code})
        else:
            values.setdefault((clean.system, clean.value), clean)
    return tuple(values.values()), tuple(refused)
