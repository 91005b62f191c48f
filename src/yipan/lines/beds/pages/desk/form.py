"""Reading the forms of the desk: every wrong field is named at once, and what was typed stays as it was."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from yipan.base.access.models import Practitioner
from yipan.base.network.models import Department
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput, YipanError
from yipan.lines.beds import policy
from yipan.lines.beds.policy import AdmissionFacts
from yipan.lines.beds.queries.icd10 import catalogue, suggest
from yipan.spine.models import Priority
from yipan.ui import messages
from yipan.ui.filters import zone_of

EQUIPMENT = ("oxygen", "monitor", "ventilator")
PERSON_FIELDS: Mapping[str, str] = {
    "patient_name_missing": "name",
    "patient_sex_unknown": "sex",
    "birth_date_impossible": "birth_date",
    "id_number_other_birth_date": "birth_date",
    "id_number_other_sex": "sex",
}
"""Codes of the patients' room → field of this form; other codes about numbers belong to the card or the phone."""


@dataclass
class Form:
    """What was typed, and what is wrong with it: `errors` maps a field to its sentences."""

    values: dict[str, str] = field(default_factory=dict)
    equipment: list[str] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: QueryDict, defaults: Mapping[str, str]) -> Form:
        """The form as it was posted (or asked for by an address), over defaults."""
        typed = {name: value.strip() for name, value in data.items() if isinstance(value, str)}
        return cls({**defaults, **typed}, [e for e in data.getlist("equipment") if e in EQUIPMENT])

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def wrong(self, name: str, sentence: str) -> None:
        """Something is wrong with a field."""
        found = self.errors.setdefault(name, [])
        if sentence not in found:
            found.append(sentence)

    def take(self, error: YipanError, fields: Mapping[str, str] = {}) -> None:
        """Put an error beside the field that it is about; `form_invalid` names several."""
        named = error.params.get("fields")
        if isinstance(named, Mapping):
            for name, code in named.items():
                self.wrong(fields.get(name, name), messages.sentence(code))
        else:
            self.wrong(person_field(error.code), messages.of_error(error))

    def summary(self, order: Iterable[str]) -> list[tuple[str, str]]:
        """(field's id, sentence) for the list above the form, in the order of the fields."""
        places = {name: number for number, name in enumerate(order)}
        names = sorted(self.errors, key=lambda name: places.get(name, len(places)))
        return [(f"f-{name}", sentence) for name in names for sentence in self.errors[name]]

    def number(self, name: str) -> float | None:
        """A decimal; None when empty or wrong."""
        text = self[name].replace(",", ".")
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or abs(value) > texts.LARGEST or not text.isascii():
            self.wrong(name, _("Write a number."))
            return None
        return value

    def day(self, name: str) -> date | None:
        """A date as browsers send it; None when empty or wrong."""
        try:
            return texts.day(self[name]) if self[name] else None
        except InvalidInput:
            self.wrong(name, _("Write a date such as 1958-03-21."))
            return None

    def instant(self, name: str, site: Any) -> datetime | None:
        """A local date and time of a site; None when empty or wrong."""
        if not self[name]:
            return None
        try:
            return texts.instant(self[name], zone_of(site))
        except InvalidInput:
            self.wrong(name, _("Write a date and a time such as 2026-03-21 09:30."))
            return None


def person_field(code: str) -> str:
    """The field that a code of the patients' room is about."""
    if code in PERSON_FIELDS:
        return PERSON_FIELDS[code]
    return "phone" if "phone" in code else "id_number" if code.startswith("id_number") else "patient"


def facts_of(form: Form) -> AdmissionFacts:
    """The clinical facts in the form; everything wrong with them is noted there."""
    code, text = _diagnosis(form)
    days, minutes = form.number("expected_days"), form.number("home_minutes")
    if not form["expected_days"]:
        form.wrong("expected_days", messages.sentence("field_required"))
    facts = AdmissionFacts(
        diagnosis_code=code,
        diagnosis=text[:200],
        severity=form["severity"],
        nursing_level=form["nursing_level"],
        isolation=form["isolation"],
        pathogen=form["pathogen"][:40],
        oxygen="oxygen" in form.equipment,
        monitor="monitor" in form.equipment,
        ventilator="ventilator" in form.equipment,
        level_of_care=form["level_of_care"],
        origin=form["origin"],
        home_minutes=None if minutes is None else round(minutes),
        expected_days=7.0 if days is None else round(days, 1),
        note=form["note"][:400],
    )
    for name, code_ in policy.problems(facts).items():
        form.wrong(name, messages.sentence(code_))
    return facts


def priority_of(form: Form) -> str:
    """The urgency; a value that does not exist is noted."""
    if form["priority"] not in Priority.values:
        form.wrong("priority", messages.sentence("choice_unknown"))
    return form["priority"]


def _diagnosis(form: Form) -> tuple[str, str]:
    """Code and text. A name typed where the code belongs is looked up; a code alone brings its name."""
    typed, text = form["diagnosis_code"], form["diagnosis"]
    if typed and not policy.ICD10.match(typed.upper()) and not typed.isascii():
        hits = [d for d in suggest(typed) if typed in (d.name, d.name_en)] or suggest(typed)
        if len(hits) == 1:
            typed = form.values["diagnosis_code"] = hits[0].code
    code = typed.upper().replace("X", "x") if policy.ICD10.match(typed) is None else typed
    code = code if policy.ICD10.match(code) else typed
    known = catalogue().get(code)
    if known is not None and text in ("", known.name, known.name_en):
        text = known.name  # the record has one language; pages show the reader's
    if not code and not text:
        form.wrong("diagnosis_code", _("Write an ICD-10 code or a diagnosis."))
    return code, text


def department_name(department: Department) -> str:
    """A department as the list of suggestions shows it; the site tells equal names apart."""
    return f"{department.label} · {department.site.label}"


def department_of(form: Form, departments: Iterable[Department]) -> Department | None:
    """The department that was named: as suggested, by its code, or by words that fit one only."""
    typed = form["home"]
    known = list(departments)
    if not typed:
        form.wrong("home", messages.sentence("field_required"))
        return None
    exact = [d for d in known if typed in (department_name(d), d.code)]
    words = typed.casefold().split()
    like = exact or [d for d in known if all(w in f"{department_name(d)} {d.code}".casefold() for w in words)]
    if len(like) == 1:
        form.values["home"] = department_name(like[0])
        return like[0]
    if not like:
        form.wrong("home", _("There is no such department. Choose one of the list."))
    else:
        some = _(", ").join(department_name(d) for d in like[:4])
        form.wrong("home", _("Several departments fit: %(some)s. Choose one of the list.") % {"some": some})
    return None


def attending_of(form: Form, doctors: Iterable[Practitioner]) -> UUID | None:
    """The attending that was named: by name or code, of the chosen department. Nobody is allowed."""
    typed = form["attending"]
    if not typed:
        return None
    known = list(doctors)
    found = [p for p in known if typed in (practitioner_name(p, known), p.code)] or [
        p for p in known if typed in (p.name, p.name_en)
    ]
    if len(found) == 1:
        return found[0].pk
    if found:
        form.wrong("attending", _("Several doctors have this name. Choose one of the list."))
    else:
        form.wrong("attending", _("The department has no doctor of this name. Choose one of the list."))
    return None


def practitioner_name(person: Practitioner, everybody: Iterable[Practitioner]) -> str:
    """A doctor in the list; the code tells equal names apart."""
    twice = sum(other.label == person.label for other in everybody) > 1
    return f"{person.label} ({person.code})" if twice else person.label
