"""The pages of the scenario room: what they show, whom they let in, and what comes of a click."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yipan.base.access import Role
from yipan.base.network.models import Policy
from yipan.planning.scenarios.models import Scenario, ScenarioStatus
from yipan.planning.scenarios.tests.conftest import Room, member


def browser(room: Room, user: Any = None) -> Client:
    """The manager's browser, or another's."""
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user or room.user)
    return client


def text_of(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(f"planning:{name}", args=args), query_params=query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def form(room: Room, **changes: Any) -> dict[str, Any]:
    told = {
        "organisation": str(room.network.organisation.pk),
        "policies": ["silo", "lookahead"],
        "penalty": "23",
        "days": "14",
        "seconds": "30",
        "name": "Winter",
    }
    return told | changes


def test_a_scenario_is_asked_for_and_watched(room: Room) -> None:
    """The empty list leads to the form, the form to the scenario with its progress, and the list then names it."""
    client = browser(room)
    assert "Nothing has been tried yet" in text_of(client, "scenarios")
    page = text_of(client, "scenario-ask")
    assert 'name="penalty" type="number"' in page
    assert 'required value=""' in page
    changes = {"closure_ward_1": str(room.network.wards["neurology"].pk), "closure_from_1": "2", "closure_to_1": "5"}
    changes |= {"surge_department_0": "all", "surge_more_0": "-20", "surge_from_0": "1", "surge_to_0": "14"}
    answer = client.post(reverse("planning:scenario-ask"), form(room, **changes))
    made = Scenario.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("planning:scenario", args=[made.id]))
    assert [(row["begin"], row["end"]) for row in made.closures] == [(1, 5)]
    assert made.surges == [{"department": "", "factor": 0.8, "begin": 0, "end": 14}]
    assert made.penalty == 0.23
    assert "Waits for the worker" in text_of(client, "scenario", made.id)
    assert "Winter" in text_of(client, "scenarios")


@pytest.mark.parametrize(
    "changes",
    [
        {"penalty": ""},
        {"penalty": "much"},
        {"penalty": "1e3"},
        {"penalty": "-1"},
        {"organisation": "x"},
        {"closure_ward_0": "x"},
        {"surge_department_0": "all", "surge_more_0": ""},
        {"policies": ["nonsense"]},
        {"seconds": "86400"},
    ],
)
def test_a_form_that_cannot_be_read_comes_back(room: Room, changes: dict[str, Any]) -> None:
    """With a sentence and what was typed; nothing is stored."""
    answer = browser(room).post(reverse("planning:scenario-ask"), form(room, **changes))
    assert answer.status_code == 422
    assert 'value="Winter"' in answer.content.decode()
    assert Scenario.objects.count() == 0


def test_progress_is_a_part_of_the_page(room: Room) -> None:
    """htmx gets the progress alone, and is told to load the page anew when the result is there; a stop is asked for."""
    found = room.scenario(status="running", progress={"phase": "simulating", "share": 0.4, "done": 3}, result={})
    client = browser(room)
    address = reverse("planning:scenario", args=[found.id])
    part = client.get(address, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "3 runs of each policy" in part.content.decode()
    client.post(reverse("planning:scenario-stop", args=[found.id]))
    found.refresh_from_db()
    assert found.stop_asked
    Scenario.objects.update(status=ScenarioStatus.DONE)
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_a_result_is_told_in_words_numbers_and_plots(room: Room) -> None:
    """The page says what stands out, shows each policy with interval and break-even, five plots, and how to apply."""
    page = text_of(browser(room), "scenario", room.scenario().id)
    assert "Tiers, looking ahead: patients wait 2 h less (1 h 54 min to 2 h 6 min)" in page
    assert "“Own department only” makes waits longer." in page
    assert "+100%" in page
    assert "60%" in page
    assert page.count("data-chart ") == 5
    assert page.count('name="key"') == 2
    assert "strategy = &#34;lookahead&#34;" in page


def test_a_failed_scenario_says_why(room: Room) -> None:
    """With its numbers."""
    found = room.scenario(
        status="failed", failure="scenario_history_short", failure_params={"days": 4, "needed": 7}, result={}
    )
    assert "recorded departures for 4 days; the twin needs 7" in text_of(browser(room), "scenario", found.id)


def test_it_is_saved_shared_and_opened_by_a_colleague(room: Room) -> None:
    """The link opens for a coordinator once it is shared, without the author's buttons; then not any more."""
    found, client = room.scenario(), browser(room)
    user, _ = member(room.network, Role.COORDINATOR, "colleague")
    colleague, address = browser(room, user), reverse("planning:scenario", args=[found.id])
    assert colleague.get(address).status_code == 404
    page = client.post(reverse("planning:scenario-save", args=[found.id]), {"name": "Spring"}, follow=True)
    assert "Saved as “Spring”." in page.content.decode()
    page = client.post(reverse("planning:scenario-share", args=[found.id]), {"shared": "1"}, follow=True)
    assert f'value="http://testserver{address}"' in page.content.decode()
    seen = text_of(colleague, "scenario", found.id)
    assert "Spring" in seen
    for name in ("save", "share", "remove", "apply"):
        assert reverse(f"planning:scenario-{name}", args=[found.id]) not in seen
    client.post(reverse("planning:scenario-share", args=[found.id]), {"shared": "0"})
    assert colleague.get(address).status_code == 404


def test_an_applied_policy_links_to_its_evidence(room: Room) -> None:
    """The click leads to the policy's page, where the version links to the scenario, which names the version."""
    found, client = room.scenario(name="Winter"), browser(room)
    address = reverse("planning:scenario-apply", args=[found.id])
    page = client.post(address, {"key": "lookahead"}, follow=True).content.decode()
    assert f'<a href="{reverse("planning:scenario", args=[found.id])}">Winter</a>' in page
    shown = text_of(client, "scenario", found.id)
    assert "Version 1 of the policy" in shown
    assert 'name="key"' not in shown
    client.post(address, {"key": "silo"}, follow=True)
    assert Policy.objects.count() == 1


def test_run_again_starts_from_the_same_question(room: Room) -> None:
    """The form is filled in with what was asked, days counted from 1 and the penalty in percent."""
    ward = room.network.wards["neurology"]
    found = room.scenario(name="Winter", closures=[{"ward": str(ward.pk), "begin": 1, "end": 5}])
    page = text_of(browser(room), "scenario-ask", like=str(found.id))
    assert 'required value="23"' in page
    assert f'<option value="{ward.pk}" selected>' in page
    assert 'name="closure_from_0" type="number" value="2"' in page
    assert browser(room).get(reverse("planning:scenario-ask"), query_params={"like": "x"}).status_code == 400


def test_it_is_removed_from_its_page(room: Room) -> None:
    """And the list says so."""
    found = room.scenario()
    page = browser(room).post(reverse("planning:scenario-remove", args=[found.id]), follow=True)
    assert "The scenario was removed." in page.content.decode()
    assert Scenario.objects.count() == 0


def test_a_nurse_has_no_scenarios(room: Room) -> None:
    """No page opens, and nothing she posts changes anything."""
    found = room.scenario(shared=True)
    user, _ = member(room.network, Role.WARD_NURSE, "nurse")
    nurse = browser(room, user)
    for name, args in (("scenarios", []), ("scenario-ask", []), ("scenario", [found.id])):
        assert nurse.get(reverse(f"planning:{name}", args=args)).status_code == 403
    for name in ("stop", "save", "share", "remove", "apply"):
        assert nurse.post(reverse(f"planning:scenario-{name}", args=[found.id]), {"key": "silo"}).status_code == 403
    assert (Scenario.objects.count(), Policy.objects.count()) == (1, 0)
