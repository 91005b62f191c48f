"""What the pages of the reading centre share: who looks, and in which words urgency, stage and findings are told."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.audit import labels
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams.models import Category, ExamOrder, ReportTemplate
from yipan.lines.exams.policy.reading import Urgency
from yipan.ui import messages

labels.declare(
    {"report.read": gettext_lazy("Looked at an examination and its report")},
    {"order": gettext_lazy("Examination")},
)


def actor_of(request: HttpRequest, verb: str) -> Actor:
    """The actor, who must be allowed this somewhere."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(verb)
    return actor


def urgencies() -> dict[str, tuple[str, str, str]]:
    """Urgency → (words, tone, icon) of its chip."""
    return {
        str(Urgency.EMERGENCY): (_("Emergency"), "warn", "siren"),
        str(Urgency.URGENT): (_("Urgent"), "held", "clock-alert"),
        str(Urgency.INPATIENT): (_("In a ward"), "neutral", "bed"),
        str(Urgency.OUTPATIENT): (_("Clinic"), "neutral", "footprints"),
    }


def stages() -> dict[str, tuple[str, str, str]]:
    """Stage of a report → (words, tone, icon) of its chip."""
    return {
        "preliminary": (_("Preliminary"), "held", "file-pen"),
        "final": (_("Final"), "free", "file-check"),
        "amended": (_("Amended"), "accent", "file-diff"),
        "addendum": (_("Addendum"), "accent", "file-plus"),
    }


def specialties() -> dict[str, str]:
    """Sub-specialty → its name; a code that has none here is shown as it is."""
    return {
        "neuro": _("Head and nerves"),
        "chest": _("Chest"),
        "abdomen": _("Abdomen"),
        "bone": _("Bones and joints"),
        "breast": _("Breast"),
        "cardiac": _("Heart"),
        "digestive": _("Digestive tract"),
        "small": _("Small organs"),
        "vascular": _("Vessels"),
        "women": _("Women's health"),
    }


def base(actor: Actor) -> dict[str, Any]:
    """What every page of the centre shows with."""
    return {
        "urgencies": urgencies(),
        "stages": stages(),
        "specialties": specialties(),
        "reads": actor.may("exams.read"),
        "figures": actor.may("exams.reading_figures"),
        "keeps": actor.may("exams.centre"),
    }


def critical_base(actor: Actor) -> dict[str, Any]:
    """Which tabs of the critical values somebody may open."""
    return {"sees": actor.may("exams.critical"), "heads": actor.may("exams.catalogue")}


def bound(number: float | None) -> str:
    """A bound as people write it: 2.5, 150; "" where there is none."""
    return "" if number is None else f"{number:.12g}"


def told(actor: Actor, order: ExamOrder) -> None:
    """Write down that somebody opened an examination with its patient."""
    request = order.request
    path = request.site.organisation.path
    audit.record(actor, "report.read", "order", order.pk, patient_id=request.patient_id, path=path)


def viewer(order: ExamOrder) -> str:
    """The address of an order's recording on paper, or of its pictures."""
    return reverse("exam-ecg" if order.item.category == Category.ECG else "exam-images", args=[order.pk])


def wrong(error: InvalidInput) -> dict[str, list[str]]:
    """Field → sentences of what is wrong with it; "" is the form as a whole."""
    fields = error.params.get("fields")
    if not fields:
        return {"": [messages.of_error(error)]}
    return {name: [messages.sentence(code)] for name, code in fields.items()}


def yes_or_no(text: str) -> bool | None:
    """A choice of a form: "1", "0", or not made."""
    return {"1": True, "0": False}.get(text)


def parts(template: ReportTemplate | None) -> list[dict[str, Any]]:
    """The fields of a template in the active language: key, name, unit, choices as (value, words)."""
    english = (get_language() or "").startswith("en")
    return [
        {
            "key": part["key"],
            "name": (english and part.get("name_en")) or part["name"],
            "unit": part.get("unit", ""),
            "choices": [(c[0], (english and len(c) > 2 and c[2]) or c[1]) for c in part.get("choices", [])],
        }
        for part in (template.fields if template else [])
    ]


def answered(template: ReportTemplate | None, answers: dict[str, str]) -> list[tuple[str, str]]:
    """(name, answer) of the fields that were answered, in the order of the template."""
    return [
        (part["name"], str(dict(part["choices"]).get(value, f"{value} {part['unit']}".strip())))
        for part in parts(template)
        if (value := answers.get(part["key"]))
    ]
