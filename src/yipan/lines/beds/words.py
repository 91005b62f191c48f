"""Codes of the bed pool in words: errors, and the reasons of placement with places and times filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yipan.base.network.models import Site
from yipan.engine.placement.codes import PARAMS, Equipment, Shown
from yipan.ui import filters, messages

SENTENCES = {
    "capacity_taken": gettext_lazy("Somebody else has just taken this bed. Please choose another one."),
    "capacity_unknown": gettext_lazy("This bed is not on the board."),
    "patient_elsewhere": gettext_lazy(
        "The patient already has a bed at that time. Release it first, or plan a transfer."
    ),
    "booking_step": gettext_lazy(
        "This step is no longer possible: the bed's booking has changed meanwhile. Reload the page."
    ),
    "booking_unknown": gettext_lazy("This booking does not exist."),
    "bed_not_ready": gettext_lazy("The bed is not ready yet: somebody is in it, or it is being cleaned."),
    "bed_unknown": gettext_lazy("This bed does not exist."),
    "ward_unknown": gettext_lazy("This ward does not exist or has no beds."),
    "bed_refused": gettext_lazy("This bed is not possible now: {rule}"),
    "not_in_turnover": gettext_lazy("This bed is not being cleaned."),
    "move_to_same_place": gettext_lazy("The patient is in this bed already."),
    "no_move_to_cancel": gettext_lazy("This stay did not begin with a transfer."),
    "departure_before_arrival": gettext_lazy("The departure lies before the arrival."),
    "end_in_past": gettext_lazy("The expected discharge must lie in the future."),
    "request_open": gettext_lazy("This patient already has an open request for a bed, or is in one."),
    "request_unknown": gettext_lazy("This request does not exist."),
    "request_step": gettext_lazy("This is no longer possible: the request has changed meanwhile. Reload the page."),
    "department_unknown": gettext_lazy("This department does not exist."),
    "merge_two_bodies": gettext_lazy("Both records are in a bed at the same time, so they are two people."),
    "practitioner_unknown": gettext_lazy("This attending does not exist, or is not of your hospitals."),
    "dates_reversed": gettext_lazy("The period ends before it begins."),
    "period_too_long": gettext_lazy("Choose a period of at most a year."),
    "call_unknown": gettext_lazy("This call is not on the list."),
    "call_done": gettext_lazy("{by} has made this call already."),
    "notice_unknown": gettext_lazy("This notice does not exist."),
    "plan_day_wished": gettext_lazy("On the first day that is wished and can be planned"),
    "plan_day_later": gettext_lazy(
        "{days} days after the wished one: earlier beds are not allowed, or others need them more"
    ),
    "plan_day_move": gettext_lazy("The earlier the move, the fewer days outside the own department"),
    "form_invalid": gettext_lazy("Please correct the marked fields."),
    "choice_unknown": gettext_lazy("Choose one of the listed values."),
    "icd10_shape": gettext_lazy("Write an ICD-10 code such as I63.9."),
    "days_range": gettext_lazy("Between half a day and 365 days."),
    "age_range": gettext_lazy("Between 0 and 150 years."),
    "minutes_range": gettext_lazy("Between 0 and 2880 minutes."),
    "satisfaction_range": gettext_lazy("Between 1 and 5."),
    "time_unreadable": gettext_lazy("Write a date and time such as 2026-03-02 14:00."),
    "time_in_past": gettext_lazy("Choose a time in the future."),
    "field_required": gettext_lazy("Please fill this in."),
    "field_unknown": gettext_lazy("This field does not exist."),
}


def reason(told: Mapping[str, Any]) -> str:
    """A reason of placement ({"code", "params"}) as a sentence in the active language."""
    code, params = told["code"], told["params"]
    shown = PARAMS.get(code, {})
    return messages.sentence(code, {name: _shown(shown.get(name), value) for name, value in params.items()})


def _shown(kind: Shown | None, value: Any) -> Any:
    match kind:
        case Shown.MINUTES:
            return filters.minutes(float(value) * 60)
        case Shown.INSTANT:
            return filters.moment(datetime.fromisoformat(value))
        case Shown.SITE:
            site = Site.objects.filter(id=value).first()
            return site.label if site else "–"
        case Shown.EQUIPMENT:
            return _(", ").join(_equipment(Equipment(int(value))))
        case _:
            return value


def _equipment(bits: Equipment) -> list[str]:
    names = {
        Equipment.OXYGEN: _("oxygen"),
        Equipment.MONITOR: _("monitor"),
        Equipment.VENTILATOR: _("ventilator"),
    }
    return [name for bit, name in names.items() if bit in bits]
