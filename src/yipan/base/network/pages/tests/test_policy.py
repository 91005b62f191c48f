"""The policy as a form and as text: what is decided here, over what comes from above."""

from __future__ import annotations

import pytest
from django.urls import reverse

from yipan.base.network import policies, queries
from yipan.base.network.models import Organisation, Policy
from yipan.engine.placement.policy import settings

pytestmark = pytest.mark.django_db


def address(code: str) -> str:
    return reverse("network:policy", args=[Organisation.objects.get(code=code).pk])


def whole_form(code: str) -> dict[str, object]:
    """What a browser sends when nothing was touched."""
    full = queries.placement_policy(Organisation.objects.get(code=code).path)[0].to_dict()
    form: dict[str, object] = {}
    for setting in settings():
        value = full
        for step in setting.path.split("."):
            value = value[step]
        if setting.path == "tiers.order":
            form |= {f"tiers.order.{tier}": str(rank) for rank, tier in enumerate(value, start=1)}
        elif setting.kind == "flag":
            form |= {setting.path: "1"} if value else {}
        else:
            form[setting.path] = value if isinstance(value, list) else str(value)
    return form


def own(code: str) -> dict:
    return Policy.objects.filter(organisation__code=code).order_by("-version").first().body


def test_an_untouched_form_decides_nothing(manager):
    """Saving what is inherited stores an empty policy: later changes above still arrive."""
    assert manager.post(address("H"), whole_form("H")).status_code == 302
    assert own("H") == {}


def test_a_form_stores_only_what_differs(manager):
    """One number, one tick, one choice, one list and the order of tiers, each against its inherited value."""
    form = whole_form("H") | {
        "reserve.default_beds": "5",
        "tiers.own_reach": "department",
        "severity.shared": ["general", "serious"],
        "tiers.order.nearest": "",
        "tiers.order.similar": "3",
        "tiers.order.allied": "4",
    }
    del form["rules.distance"]
    assert manager.post(address("H"), form).status_code == 302
    assert own("H") == {
        "reserve": {"default_beds": 5},
        "tiers": {"own_reach": "department", "order": ["own", "intensive", "similar", "allied"]},
        "severity": {"shared": ["general", "serious"]},
        "rules": {"distance": False},
    }
    policy, name = queries.placement_policy(Organisation.objects.get(code="H").path)
    assert (policy.reserve.default_beds, policy.rules.distance, name) == (5, False, "G v1, H v1")


def test_each_save_is_a_new_version_with_its_author(manager):
    """Nothing is overwritten; the history shows who and what."""
    for beds in ("3", "4"):
        manager.post(address("H"), whole_form("H") | {"reserve.default_beds": beds})
    rows = Policy.objects.filter(organisation__code="H").order_by("version")
    assert [(row.version, row.body["reserve"]["default_beds"]) for row in rows] == [(1, 3), (2, 4)]
    assert all(row.edited_by for row in rows)
    page = manager.get(address("H")).content.decode()
    assert "version 1" in page
    assert "version 2" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reserve.default_beds": "many"}, "give a whole number"),
        ({"reserve.default_beds": "99"}, "not between 0 and 50"),
        ({"nursing.refuse_below": "0.9"}, "nursing.consult_below"),
        ({"tiers.order.own": "9"}, "starts with own"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_saved(manager, changes, sentence):
    """The engine's own checks stand behind the form."""
    response = manager.post(address("H"), whole_form("H") | changes)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Policy.objects.filter(organisation__code="H").exists()


def test_text_is_checked_and_stored(manager):
    """TOML is as good as the form; what is not TOML or no policy is refused with the reason."""
    text = address("H") + "?view=text"
    assert manager.post(text, {"text": "[reserve]\r\ndefault_beds = 7\r\n"}).status_code == 302
    assert own("H") == {"reserve": {"default_beds": 7}}
    for broken, words in (("reserve = = 1", "not TOML"), ("colour = 1", "no such setting")):
        response = manager.post(text, {"text": broken})
        assert response.status_code == 422
        assert words in response.content.decode()
        assert broken in response.content.decode()
    assert own("H") == {"reserve": {"default_beds": 7}}


def test_keys_must_fit_the_levels_above(manager):
    """A key that is usable alone but contradicts what is inherited is refused."""
    manager.post(address("G") + "?view=text", {"text": "[nursing]\nconsult_below = 0.1\n"})
    response = manager.post(address("H") + "?view=text", {"text": "[nursing]\nrefuse_below = 0.3\n"})
    assert policies.problems({"nursing": {"refuse_below": 0.3}}) == []
    assert response.status_code == 422


def test_only_managers_and_administrators_decide(stored, browser):
    """A coordinator reads the policy and cannot change it."""
    coordinator = browser("coordinator", "G")
    assert coordinator.get(address("H")).status_code == 200
    assert coordinator.post(address("H"), whole_form("H")).status_code == 403
    assert not Policy.objects.filter(organisation__code="H").exists()
