"""Codes of scenarios in words: errors, phases, policies and measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yipan.base.network.policy_words import OPTIONS
from yipan.planning.scenarios.telling import Range
from yipan.ui.filters import minutes, number, percent

SENTENCES = {
    "scenario_unknown": gettext_lazy("This scenario does not exist, or is not shared with you."),
    "scenario_not_yours": gettext_lazy("Only who asked for a scenario may change it. Run it again to have your own."),
    "scenario_under_way": gettext_lazy("A scenario of yours is being simulated. Wait for it, or stop it first."),
    "scenario_over": gettext_lazy("This simulation has ended."),
    "scenario_not_ready": gettext_lazy("This scenario has no result yet."),
    "scenario_name": gettext_lazy("Give the scenario a name by which you find it again."),
    "scenario_evidence": gettext_lazy("A policy rests on this scenario. It stays, for whoever reads the policy."),
    "scenario_policies": gettext_lazy("Pick one to {most} policies that differ from the one in force."),
    "scenario_penalty": gettext_lazy("Give the longer stay in percent, from 0 to {most}."),
    "scenario_days": gettext_lazy(
        "Closures and surges begin and end within the {days} days, and end after they begin."
    ),
    "scenario_factor": gettext_lazy("A surge is from 100 % fewer to {most} % more patients."),
    "scenario_policy_unknown": gettext_lazy("This policy was not simulated, or is in force already."),
    "scenario_policy_changed": gettext_lazy(
        "The policy in force is no longer the one that was simulated. Run the scenario again, then decide."
    ),
    "scenario_history_short": gettext_lazy(
        "Yipan has recorded departures for {days} days; the twin needs {needed} to know who comes and for how long."
    ),
    "scenario_failed": gettext_lazy(
        "The scenario could not be simulated. Whoever looks after Yipan finds the reason in the log."
    ),
}

PHASES = {
    "": gettext_lazy("Waits for the worker"),
    "reading": gettext_lazy("Reads beds, patients and the stays of the last weeks"),
    "compiling": gettext_lazy("Gets the twin ready; after an update this takes a minute"),
    "simulating": gettext_lazy("Lives the coming days under each policy"),
    "penalties": gettext_lazy("Tries other penalties, for the break-even"),
    "telling": gettext_lazy("Writes down what came out"),
}

REASONS = {
    "precision": gettext_lazy("the intervals were narrow enough"),
    "replications": gettext_lazy("all runs were done"),
    "cancelled": gettext_lazy("it was stopped"),
    "time": gettext_lazy("the time was up"),
}

ABOUT = {
    "silo": gettext_lazy("Every department keeps to its own beds."),
    "tiers": gettext_lazy("Own, then allied, similar and nearest beds; nothing is kept back."),
    "reserve": gettext_lazy("Own, then allied, similar and nearest beds; wards keep some for their own emergencies."),
    "lookahead": gettext_lazy("A bed is lent only where its own specialty will not need it soon."),
}


def named(candidate: Mapping[str, Any]) -> str:
    """A policy as people call it."""
    if candidate["kind"] == "strategy":
        return str(OPTIONS[candidate["key"]])
    if candidate["kind"] == "version":
        return _("Version %(n)s") % {"n": candidate["version"]}
    return _("In force: %(strategy)s") % {"strategy": OPTIONS[candidate["policy"]["strategy"]]}


SHARES, HOURS = ("outliers", "occupancy"), ("wait", "wait_95")


def in_words(measure: str, found: Range) -> str:
    """A measure with its interval: 6 h 10 min (6 h to 6 h 20 min)."""
    mean, interval = parts(measure, found)
    return mean + (_(" (%(interval)s)") % {"interval": interval} if interval else "")


def parts(measure: str, found: Range) -> tuple[str, str]:
    """A measure and its interval; "" without one."""
    if found.mean is None:
        return "–", ""
    if found.low is None or found.high is None:
        return value_of(measure, found.mean), ""
    edges = {"low": value_of(measure, max(found.low, 0.0)), "high": value_of(measure, found.high)}
    return value_of(measure, found.mean), _("%(low)s to %(high)s") % edges


def value_of(measure: str, value: float) -> str:
    """One value of a measure."""
    if measure in SHARES:
        return percent(value, 1)
    return minutes(value * 3600) if measure in HOURS else number(value)
