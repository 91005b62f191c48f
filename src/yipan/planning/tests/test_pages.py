"""The pages of plans: what they show, whom they let in, and what comes of a tick."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from yipan.base.access import Role
from yipan.lines.beds.tests.people import signed_in
from yipan.planning import queries
from yipan.planning.models import Run
from yipan.planning.tasks import make_plan
from yipan.planning.tests.conftest import Ward
from yipan.spine.models import Booking


@pytest.fixture
def desk(ward: Ward) -> Client:
    """The coordinator's browser."""
    return signed_in(ward.network.organisation, Role.COORDINATOR)


def text_of(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(name, args=args), query_params=query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_a_plan_is_asked_for_watched_and_read(ward: Ward, desk: Client) -> None:
    """The form leads to the run, which shows its progress until the worker is done, and then the proposals."""
    assert "No plan has been made yet" in text_of(desk, "planning:plans")
    where = f"organisation:{ward.network.organisation.pk}"
    answer = desk.post(reverse("planning:plans"), {"where": where, "days": "7", "seconds": "5"})
    run = Run.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("planning:plan", args=[run.id]))
    assert "Waits for the worker" in text_of(desk, "planning:plan", run.id)
    again = desk.post(reverse("planning:plans"), {"where": where, "days": "7", "seconds": "5"})
    assert (again.status_code, Run.objects.count()) == (409, 1)
    make_plan.func(str(run.id))
    page = text_of(desk, "planning:plan", run.id)
    assert page.count('name="accept"') == 2
    assert "Relies on a discharge" in page
    assert "forecasts are not used yet" in page
    assert page.count("plan-ward") >= 2
    assert ward.network.wards["neurology"].label in text_of(desk, "planning:plan", run.id, by="ward")
    assert run.created_by in text_of(desk, "planning:plans")


def test_a_site_can_be_planned_alone(ward: Ward, desk: Client) -> None:
    """The form takes one site; what is not of the actor's is refused."""
    answer = desk.post(
        reverse("planning:plans"), {"where": f"site:{ward.network.site.pk}", "days": "14", "seconds": "10"}
    )
    assert answer.status_code == 302
    assert Run.objects.get().site == ward.network.site
    for where in ("site:nonsense", "site:00000000-0000-0000-0000-000000000001", "", "organisation:x"):
        assert desk.post(reverse("planning:plans"), {"where": where, "days": "14", "seconds": "10"}).status_code == 409
    assert Run.objects.count() == 1


def test_ticked_proposals_are_held(ward: Ward, desk: Client) -> None:
    """The boxes' values hold the beds; a box that says something else is refused and nothing is held for it."""
    run = ward.plan()
    first, second = ward.proposals(run)
    answer = desk.post(
        reverse("planning:accept", args=[run.id]), {"accept": [f"{first.id}:-", f"{second.id}:something"]}, follow=True
    )
    page = answer.content.decode()
    assert "1 bed is held." in page
    assert "Something has changed since you looked at it" in page
    assert Booking.objects.filter(state="held").count() == 1
    assert (
        "Nothing was ticked." in desk.post(reverse("planning:accept", args=[run.id]), {}, follow=True).content.decode()
    )


def test_progress_is_a_part_of_the_page(ward: Ward, desk: Client) -> None:
    """htmx gets the progress alone, and is told to load the page anew when the plan is ready."""
    run = Run.objects.create(
        organisation=ward.network.organisation, created_at=ward.waiting[0].created_at, created_by="tester"
    )
    Run.objects.update(status="running", progress={"phase": "searching", "share": 0.5, "cost": 12.5})
    part = desk.get(reverse("planning:plan", args=[run.id]), headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "12.5" in part.content.decode()
    assert "HX-Refresh" not in part.headers
    desk.post(reverse("planning:stop", args=[run.id]))
    run.refresh_from_db()
    assert run.stop_asked
    Run.objects.update(status="done")
    part = desk.get(reverse("planning:plan", args=[run.id]), headers={"HX-Request": "true"})
    assert part.headers["HX-Refresh"] == "true"


def test_who_may_not_read_names_reads_none(ward: Ward) -> None:
    """A manager sees the plan, with no name in full and no box to tick."""
    run = ward.plan()
    page = text_of(signed_in(ward.network.organisation, Role.MANAGER), "planning:plan", run.id)
    assert "何志远" not in page
    assert 'name="accept"' not in page


def test_a_nurse_has_no_plans(ward: Ward) -> None:
    """Neither the list nor a plan is shown to a ward nurse, and a tick of hers holds nothing."""
    run = ward.plan()
    nurse = signed_in(ward.network.organisation, Role.WARD_NURSE)
    assert nurse.get(reverse("planning:plans")).status_code == 403
    assert nurse.get(reverse("planning:plan", args=[run.id])).status_code == 403
    first, _ = ward.proposals(run)
    assert nurse.post(reverse("planning:accept", args=[run.id]), {"accept": f"{first.id}:-"}).status_code == 403
    assert Booking.objects.filter(state="held").count() == 0


def test_a_failed_plan_says_why(ward: Ward, desk: Client) -> None:
    """A plan that could not be made shows the sentence of its failure."""
    run = Run.objects.create(
        organisation=ward.network.organisation,
        created_at=ward.waiting[0].created_at,
        created_by="tester",
        status="failed",
        failure="plan_no_beds",
    )
    assert "has no beds" in text_of(desk, "planning:plan", run.id)


def test_seen_names_exactly_the_changes(ward: Ward) -> None:
    """The digest in a box is the same for the same changes and another for others."""
    run = ward.plan()
    shown = queries.whole(ward.network.actor(Role.COORDINATOR), run).proposals
    assert {s.seen for s in shown} == {"-"}
