"""The overview as people get it."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yipan.base.access import Role
from yipan.base.network.models import Organisation, Site
from yipan.kernel import clock
from yipan.lines.beds.pages.tests.test_board import person
from yipan.lines.beds.tests.busy import BusyHospital, ask, busy_hospital
from yipan.spine.testing import NOON, hours, small_network

pytestmark = pytest.mark.django_db
PARTS = ("kpis", "heat", "waits", "flow", "map")


@pytest.fixture(autouse=True)
def noon():
    cache.clear()
    frozen = clock.FrozenClock(NOON)
    with clock.using(frozen):
        yield frozen


@pytest.fixture
def hospital() -> BusyHospital:
    return busy_hospital()


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def part(client, name: str, **query: str) -> str:
    response = client.get(reverse("overview-parts"), {"ids": name, **query})
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_has_every_part(hospital):
    """All five parts stand on the page, in both languages, each where a live update finds it again."""
    for language in ("en", "zh-hans"):
        client = person(hospital.network.organisation, language=language, role=list(Role)[0 if language == "en" else 3])
        html = client.get(reverse("overview")).content.decode()
        for name in PARTS:
            assert f'id="ov-{name}"' in html
            assert f'data-live-id="{name}"' in html
            assert f'id="ov-{name}"' in part(client, name)


def test_only_the_parts_asked_for(hospital):
    """A live update gets what it asked for and nothing else; unknown names are ignored."""
    html = part(person(hospital.network.organisation), "flow,nonsense")
    assert re.findall(r'id="ov-(\w+)"', html) == ["flow"]


def test_key_figures_say_what_they_count(hospital):
    """Occupied among open beds, free now and tonight, discharges, outliers; each with its definition and instant."""
    html = part(person(hospital.network.organisation), "kpis")
    words = text(html)
    assert "3 / 11" in words
    assert "tonight 7" in words
    assert "0 have left · 1 still to go" in words
    assert "1 bed-days this month" in words
    assert html.count("How is this computed?") == 6
    assert html.count('<time datetime="2026-03-02T04:00:00+00:00">') == 6


def test_waiting_is_loud_when_somebody_is_critical(hospital):
    """Median and longest wait are told; a critical patient among them turns the figure."""
    client = person(hospital.network.organisation)
    assert "nobody waits" in part(client, "kpis")
    ask(hospital.network, at=NOON - hours(1), severity="critical")
    ask(hospital.network, at=NOON - hours(3))
    html = part(client, "kpis")
    assert "median 2 h · longest 3 h" in text(html)
    assert "tone-warn" in html


def test_who_waits_reads_what_could_help(hospital):
    """The department that waits stands with its own free beds, and links to them on the board."""
    ask(hospital.network, at=NOON - hours(1), severity="serious")
    html = part(person(hospital.network.organisation), "waits")
    assert "own free 3 leaving today 1 1 must stay with their specialty" in text(html)
    specialty = hospital.network.departments["neurology"].specialty_id
    assert f"?site={hospital.network.site.code}&amp;specialty={specialty}" in html


def test_heat_shows_sites_by_specialty(hospital):
    """A cell is the share of occupied among open beds of that site and specialty."""
    html = part(person(hospital.network.organisation), "heat")
    row = re.search(r"<tr[^>]*>\s*<th scope=\"row\">.*?</tr>", html, re.DOTALL)[0]
    assert re.findall(r">(\d+)<", row) == ["27", "29", "25"]


def test_many_sites_open_and_close_in_groups():
    """Above a dozen sites the table shows groups; a group opens by its link and closes by it again."""
    group = Organisation(code="TOP", name="集团", kind="group")
    group.save()
    counties = []
    for code in ("EAST", "WEST"):
        county = Organisation(code=code, name=code, kind="group", parent=group)
        county.save()
        counties.append(county)
        for _ in range(7):
            network = small_network(wards={"neurology": 2})
            network.organisation.refresh_from_db()
            network.organisation.parent = county
            network.organisation.save()
    client = person(group)
    closed = part(client, "heat", open="")
    assert len(re.findall(r'<tr class="group', closed)) == 2
    assert closed.count('<th scope="row">') == 3
    address = re.search(r'href="(\?open=EAST)"', closed)[1]
    opened = client.get(reverse("overview") + address).content.decode()
    assert opened.count('aria-expanded="true"') == 1
    assert 'href="?open="' in opened
    assert Site.objects.count() == 14


def test_flow_is_readable_without_seeing_it(hospital):
    """Every hour says in words what the bars show."""
    words = text(part(person(hospital.network.organisation), "flow"))
    assert "12:00: 0 confirmed, 1 held, 0 asked for, 0 leave" in words
    assert "15:00: 0 confirmed, 0 held, 0 asked for, 1 leave" in words
    assert "18:00: 1 confirmed" in words


def test_one_site_needs_no_map(hospital):
    """With a single site the map stays away, but is there for a live update when a second one comes."""
    html = part(person(hospital.network.organisation), "map")
    assert '<div hidden id="ov-map"' in html
    assert "<svg" not in html


def test_map_places_are_links_with_words(hospital):
    """Each circle is a link to its board that says site, beds in use and free beds."""
    second = small_network(wards={"neurology": 2})
    second.organisation.refresh_from_db()
    second.organisation.parent = hospital.network.organisation
    second.organisation.save()
    html = part(person(hospital.network.organisation), "map")
    name = hospital.network.site.name
    assert f'aria-label="{name}: 3 of 11 beds in use, 6 free"' in html


def test_figures_that_look_back_are_kept_for_a_minute(hospital, noon):
    """The second look within a minute does not read the month again; the next minute does."""
    client = person(hospital.network.organisation)
    queries = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            part(client, "kpis")
        queries.append(len(seen))
    assert queries[1] == queries[0] - 2  # the month and the line of the last 24 hours
    noon.advance(hours(24))
    client.force_login(User.objects.get(pk=client.session["_auth_user_id"]))  # hours without use end a login
    assert "2 bed-days this month" in text(part(client, "kpis"))


def test_an_empty_network_is_not_an_error():
    """Without beds every part still has something to say."""
    organisation = Organisation(code="NEW", name="新医院", kind="general_hospital")
    organisation.save()
    html = person(organisation).get(reverse("overview")).content.decode()
    for words in ("No beds to show yet", "Nobody waits"):
        assert words in html
