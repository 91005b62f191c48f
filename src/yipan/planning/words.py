"""Codes of plans in words: errors, what has changed since a plan was made, and the parts of its cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yipan.planning.models import Alert, Cause
from yipan.ui import filters, messages

SENTENCES = {
    "plan_unknown": gettext_lazy("This plan does not exist."),
    "proposal_unknown": gettext_lazy("This proposal does not exist."),
    "plan_site_unknown": gettext_lazy("This site does not belong to the organisation."),
    "plan_under_way": gettext_lazy("A plan of this part of the network is being made already."),
    "plan_step": gettext_lazy("This plan is finished."),
    "plan_no_beds": gettext_lazy("This part of the network has no beds."),
    "plan_failed": gettext_lazy("The plan could not be made. Whoever looks after Yipan finds the reason in the log."),
    "plan_changed": gettext_lazy("Something has changed since you looked at it. Look again, then decide."),
    "plan_day_passed": gettext_lazy("The time of this proposal has passed."),
    "plan_request_cancelled": gettext_lazy("The request was withdrawn."),
    "plan_already_placed": gettext_lazy("The patient has a bed by now."),
    "plan_patient_left": gettext_lazy("The patient is no longer in that bed."),
    "plan_already_moving": gettext_lazy("Another move of this patient is planned by now."),
    "plan_bed_refused": gettext_lazy("This bed is no longer possible: {rule}"),
    "plan_facts_changed": gettext_lazy("The request says something else now: {fields}"),
    "plan_departure_moved": gettext_lazy("An expected discharge that this relies on moved from {was} to {now}"),
    "plan_departure_open": gettext_lazy("An expected discharge that this relies on ({was}) was withdrawn"),
    "plan_network_changed": gettext_lazy("The description of the network (beds, wards, distances) has been changed."),
    "plan_policy_changed": gettext_lazy("The placement policy has been changed: {where}"),
}

FIELDS = {
    "severity": gettext_lazy("Severity"),
    "nursing_level": gettext_lazy("Nursing level"),
    "isolation": gettext_lazy("Isolation"),
    "pathogen": gettext_lazy("Pathogen"),
    "oxygen": gettext_lazy("Oxygen"),
    "monitor": gettext_lazy("Monitor"),
    "ventilator": gettext_lazy("Ventilator"),
    "level_of_care": gettext_lazy("Level of care"),
    "sex": gettext_lazy("Sex"),
    "age_years": gettext_lazy("Age"),
    "expected_days": gettext_lazy("Expected stay"),
    "priority": gettext_lazy("Urgency"),
    "wanted_from": gettext_lazy("Wanted from"),
    "department": gettext_lazy("Home department"),
}

COMPONENTS = {
    "waiting": gettext_lazy("Waiting until the bed"),
    "unplaced": gettext_lazy("Not placed"),
    "tier": gettext_lazy("Days outside the own department"),
    "fit": gettext_lazy("How well the beds fit"),
    "transfers": gettext_lazy("Moves of people in beds"),
    "away": gettext_lazy("Outliers as they lie now"),
    "repatriation": gettext_lazy("Saved by moves"),
    "overload": gettext_lazy("Wards above comfort"),
}

PHASES = {
    "": gettext_lazy("Waits for the worker"),
    "reading": gettext_lazy("Reads beds and waiting list"),
    "weighing": gettext_lazy("Asks the placement rules about every bed and day"),
    "searching": gettext_lazy("Looks for a better plan"),
    "telling": gettext_lazy("Writes down the reasons"),
}

ENDS = {
    "time": gettext_lazy("the time was up"),
    "cancelled": gettext_lazy("it was stopped"),
    "optimal": gettext_lazy("nothing better is possible"),
    "iterations": gettext_lazy("all its steps were done"),
    "target": gettext_lazy("it was good enough"),
}


CAUSES = {
    Cause.ARRIVALS: gettext_lazy("%(arrivals)s arrivals expected in a day, %(usual)s are usual"),
    Cause.DISCHARGES: gettext_lazy("only %(discharges)s discharges expected in a day against %(arrivals)s arrivals"),
    Cause.CLOSED: gettext_lazy("%(closed)s beds are closed; %(arrivals)s arrivals, %(discharges)s discharges a day"),
    Cause.FULL: gettext_lazy("full already; %(arrivals)s arrivals and %(discharges)s discharges expected in a day"),
}
"""What drives an alert, by its cause, with the numbers behind it."""


def change(code: str, params: Mapping[str, Any], site: Any = None) -> str:
    """A change since the plan, in the reader's language; instants in the site's time."""
    words = dict(params)
    if code == "plan_departure_moved":
        code = "plan_departure_moved" if words.get("now") else "plan_departure_open"
        words = {name: moment(words.get(name), site) for name in ("was", "now")}
    if "fields" in words:
        words["fields"] = _("、").join(str(FIELDS.get(name, name)) for name in words["fields"])
    if code == "plan_bed_refused":
        words["rule"] = messages.sentence(words["rule"]) if words.get("rule") else ""
    return messages.sentence(code, words)


def moment(text: Any, site: Any) -> str:
    """A stored instant, in the reader's language and the site's time; nothing when there is none."""
    return filters.moment(datetime.fromisoformat(text), site) if text else ""


def alert_text(alert: Alert) -> str:
    """An alert in one sentence: what drives it, in numbers. Where, when and how likely stand beside it."""
    facts = {name: filters.number(value, 0) for name, value in alert.facts.items()}
    return str(CAUSES[Cause(alert.cause)]) % facts
