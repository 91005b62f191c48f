"""Reading the order form: every wrong field is named at once, and what was typed stays as it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from yipan.base.network.models import Department
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput, YipanError
from yipan.lines.exams.models import ExamItem
from yipan.lines.exams.policy.slots import Goal
from yipan.spine.models import Priority
from yipan.ui import messages
from yipan.ui.filters import zone_of

DEFAULTS = {"priority": Priority.ELECTIVE.value, "goal": Goal.SOONEST.value}


@dataclass
class Form:
    """What was typed, and what is wrong with it: `errors` maps a field to its sentences."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: QueryDict) -> Form:
        """The form as it was posted, or asked for by an address."""
        typed = {name: value.strip() for name, value in data.items() if isinstance(value, str)}
        return cls({**DEFAULTS, **typed})

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def wrong(self, name: str, sentence: str) -> None:
        """Something is wrong with a field."""
        found = self.errors.setdefault(name, [])
        if sentence not in found:
            found.append(sentence)

    def take(self, error: YipanError, name: str) -> None:
        """Put an error beside the field that it is about; `form_invalid` names several."""
        named = error.params.get("fields")
        if isinstance(named, dict):
            for wrong, code in named.items():
                self.wrong(wrong, messages.sentence(code))
        else:
            self.wrong(name, messages.of_error(error))

    def summary(self) -> list[tuple[str, str]]:
        """(field's id, sentence) for the list above the form."""
        return [(f"f-{name}", sentence) for name, found in self.errors.items() for sentence in found]

    @property
    def patient_id(self) -> UUID | None:
        return texts.identifier(self["patient"])

    @property
    def goal(self) -> Goal:
        return Goal(self["goal"]) if self["goal"] in set(Goal) else Goal.SOONEST

    def instant(self, name: str, site: Any) -> datetime | None:
        """A local date and time of a site; None when empty or wrong."""
        if not self[name]:
            return None
        try:
            return texts.instant(self[name], zone_of(site))
        except InvalidInput:
            self.wrong(name, _("Write a date and a time such as 2026-03-21 09:30."))
            return None


def item_name(item: ExamItem) -> str:
    """An item as the list of suggestions shows it; the code tells equal names apart."""
    return f"{item.label} · {item.code}"


def item_of(form: Form, items: Iterable[ExamItem]) -> ExamItem | None:
    """The item that was named: as suggested, by its code, or by words that fit one only."""
    typed = form["item"]
    if not typed:
        form.wrong("item", messages.sentence("field_required"))
        return None
    known = list(items)
    exact = [i for i in known if typed in (item_name(i), i.code, str(i.pk))]
    words = typed.casefold().split()
    like = exact or [i for i in known if all(w in f"{i.name} {i.name_en} {i.code}".casefold() for w in words)]
    if len(like) == 1:
        form.values["item"] = item_name(like[0])
        return like[0]
    if like:
        some = _(", ").join(item_name(i) for i in like[:4])
        form.wrong("item", _("Several examinations fit: %(some)s. Choose one of the list.") % {"some": some})
    else:
        form.wrong("item", messages.sentence("exam_item_unknown"))
    return None


def department_of(form: Form, departments: Iterable[Department]) -> Department | None:
    """The department that was chosen."""
    wanted = texts.identifier(form["home"])
    found = next((d for d in departments if d.pk == wanted), None)
    if found is None:
        form.wrong("home", messages.sentence("field_required"))
    return found


def slot_of(text: str) -> tuple[UUID, datetime] | None:
    """Device and start of an offer's button, "…|2026-03-02T09:30:00+00:00"; None when it is none."""
    device, _bar, start = text.partition("|")
    found = texts.identifier(device)
    try:
        at = datetime.fromisoformat(start)
    except ValueError:
        return None
    return (found, at) if found is not None and at.tzinfo is not None else None
