"""Stored policies are partial dicts over the engine's defaults."""

from __future__ import annotations

from yipan.base.network import policies
from yipan.engine.placement.policy import Policy


def test_what_is_not_said_is_the_default():
    """A policy with one key differs from the default in that key only."""
    read = policies.read({"reserve": {"default_beds": 7}})
    assert read.reserve.default_beds == 7
    assert read.times == Policy().times


def test_every_problem_is_named():
    """Two wrong keys are two problems with their paths."""
    found = policies.problems({"reserve": {"default_beds": -1}, "colour": 1})
    assert {p["path"] for p in found} == {"reserve.default_beds", "colour"}
    assert policies.problems({}) == []


def test_an_overlay_keeps_what_the_upper_does_not_name():
    """Sections are merged, values and lists replaced, and neither input is changed."""
    lower = {"reserve": {"default_beds": 2, "open_to": ["critical"]}, "age": {"child_under": 12}}
    upper = {"reserve": {"open_to": []}, "times": {"hold_minutes": 20}}
    assert policies.overlay(lower, upper) == {
        "reserve": {"default_beds": 2, "open_to": []},
        "age": {"child_under": 12},
        "times": {"hold_minutes": 20},
    }
    assert lower["reserve"] == {"default_beds": 2, "open_to": ["critical"]}


def test_only_what_differs_from_the_default_is_kept():
    """Storing a whole policy keeps the keys that an organisation decided, so later defaults still reach it."""
    full = Policy.from_dict({"reserve": {"default_beds": 7}}).to_dict()
    assert policies.own_keys(full, Policy().to_dict()) == {"reserve": {"default_beds": 7}}
    assert policies.own_keys(Policy().to_dict(), Policy().to_dict()) == {}
