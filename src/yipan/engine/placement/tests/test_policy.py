"""Policies are data: read, checked whole, written back."""

import json
import re
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.engine.placement.codes import RULE_OF, Refusal, Rule, Tier
from yipan.engine.placement.policy import TIERS, Nursing, Policy, Tiers, settings
from yipan.engine.placement.tests.networks import random_policy
from yipan.kernel.errors import InvalidInput

REFERENCE = next(
    (p / "docs/reference/policy.md" for p in Path(__file__).parents if (p / "docs/reference/policy.md").exists()), None
)


def problems(data):
    with pytest.raises(InvalidInput) as caught:
        Policy.from_dict(data)
    assert caught.value.code == "policy_invalid"
    return {(p["path"], p["code"]) for p in caught.value.params["problems"]}


def test_the_default_survives_json():
    """What is written as JSON is read back as the same policy."""
    assert Policy.from_dict(json.loads(json.dumps(Policy().to_dict()))) == Policy()
    assert Policy.from_dict({}) == Policy()


@given(st.integers(0, 10**6))
def test_any_policy_survives_json(seed):
    """Nothing is lost between the policy and its dict."""
    policy = random_policy(seed)
    assert Policy.from_dict(json.loads(json.dumps(policy.to_dict()))) == policy


def test_every_problem_is_named_at_once():
    """Unknown keys, wrong types, ranges, choices and repetitions come together, each with path and value."""
    bad = {
        "version": 2,
        "colour": "red",
        "tiers": {"order": ["own", "own"], "min_similarity": float("nan")},
        "severity": {"shared": ["mild"]},
        "times": {"hold_minutes": "15", "max_wait_minutes": {"emergency": -1, "someday": 3}},
        "distance": {"other_site": True},
        "reserve": {"default_beds": True, "open_to": "critical"},
        "rules": {"sex": 1},
    }
    assert problems(bad) == {
        ("version", "policy_out_of_range"),
        ("colour", "policy_unknown_key"),
        ("tiers.order", "policy_repeated"),
        ("tiers.min_similarity", "policy_not_number"),
        ("severity.shared", "policy_not_choice"),
        ("times.hold_minutes", "policy_not_whole_number"),
        ("times.max_wait_minutes.emergency", "policy_out_of_range"),
        ("times.max_wait_minutes.someday", "policy_unknown_key"),
        ("distance.other_site", "policy_not_section"),
        ("reserve.default_beds", "policy_not_whole_number"),
        ("reserve.open_to", "policy_not_list"),
        ("rules.sex", "policy_not_true_or_false"),
    }


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        ({"tiers": {"order": ["allied", "own"]}}, "tiers.order", "policy_own_first"),
        ({"tiers": {"order": []}}, "tiers.order", "policy_own_first"),
        ({"nursing": {"refuse_below": 0.5}}, "nursing.refuse_below", "policy_refuse_above_consult"),
        (
            {"score": {"weights": dict.fromkeys(Policy().to_dict()["score"]["weights"], 0)}},
            "score.weights",
            "policy_no_weight",
        ),
    ],
)
def test_values_that_contradict_each_other_are_refused(data, path, code):
    """Own stands first, the refusal lies below the consult, and some weight is left."""
    assert problems(data) == {(path, code)}


def test_a_value_is_told_with_its_problem():
    """The problem carries what was given, and the bounds."""
    with pytest.raises(InvalidInput) as caught:
        Policy.from_dict({"reserve": {"default_beds": 99}})
    assert caught.value.params["problems"] == [
        {"path": "reserve.default_beds", "value": 99, "code": "policy_out_of_range", "low": 0, "high": 50}
    ]


@pytest.mark.parametrize("data", [None, [], "policy", 3])
def test_something_that_is_no_policy_is_refused(data):
    """Only a mapping is a policy."""
    assert problems(data) == {("", "policy_not_section")}


def test_a_policy_built_in_code_is_checked_too():
    """The constructor refuses what `from_dict` refuses, and a policy never changes."""
    with pytest.raises(InvalidInput):
        Policy(nursing=Nursing(consult_below=2))
    with pytest.raises(InvalidInput):
        replace(Policy(), tiers=Tiers(order=("nearest",)))
    with pytest.raises(FrozenInstanceError):
        Policy().version = 2  # type: ignore[misc]


def test_settings_tell_an_editor_everything():
    """Each setting has its path, its default and its bounds; together they are the policy."""
    told = {s.path: s for s in settings()}
    assert {path: s.default for path, s in told.items()} == dict(_leaves(Policy().to_dict()))
    assert (told["times.hold_minutes"].low, told["times.hold_minutes"].unit) == (1, "minutes")
    assert told["tiers.order"].options == TIERS


def test_the_switches_of_the_policy_are_the_rules_of_the_kernel():
    """Every switch has its rule and the tiers have the same names."""
    assert {rule.name.lower() for rule in Rule} == set(Policy().to_dict()["rules"])
    assert tuple(tier.name.lower() for tier in Tier) == TIERS


def _leaves(data, prefix=""):
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _table(heading):
    lines = REFERENCE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {row[0].strip("`"): row for row in rows}


@pytest.mark.skipif(REFERENCE is None, reason="the documentation is not installed with the package")
class TestReference:
    """docs/reference/policy.md says what the code does."""

    def test_every_key_is_documented_with_its_default_and_unit(self):
        """The table of keys is the policy: no key missing, none too many, defaults and units the same."""
        rows = _table("Keys")
        told = {path: (json.loads(row[2].strip("`")), row[3]) for path, row in rows.items()}
        assert told == {s.path: (s.default, s.unit) for s in settings()}

    def test_every_example_is_usable(self):
        """An example in the table makes a policy."""
        for path, row in _table("Keys").items():
            value = json.loads(row[4].strip("`"))
            for name in reversed(path.split(".")):
                value = {name: value}
            Policy.from_dict(value)

    def test_the_example_is_usable(self):
        """The JSON at the top is a policy."""
        text = REFERENCE.read_text(encoding="utf-8")
        example = re.search(r"```json\n(.*?)```", text, re.DOTALL)
        assert example is not None
        assert Policy.from_dict(json.loads(example.group(1))).reserve.default_beds == 2

    def test_the_rules_are_documented_in_their_order(self):
        """The table of hard rules lists every refusal in the order of the kernel, with its switch."""
        told = [(code, row[2].strip("`")) for code, row in _table("Hard rules").items()]
        assert told == [
            (r.code, (RULE_OF[r].name or "").lower() if r in RULE_OF else "") for r in Refusal if r != Refusal.NONE
        ]
