"""The board as people get it."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from yipan.base.access import Role
from yipan.base.access.models import Grant
from yipan.base.network.models import Organisation
from yipan.kernel import clock
from yipan.lines.beds.tests.busy import BusyHospital, ask, busy_hospital
from yipan.spine.testing import NOON, hours, small_network

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    frozen = clock.FrozenClock(NOON)
    with clock.using(frozen):
        yield frozen


@pytest.fixture
def hospital() -> BusyHospital:
    return busy_hospital()


def person(organisation: Organisation, role: Role = Role.COORDINATOR, language: str = "en") -> Client:
    """A browser of somebody with the role."""
    user = User.objects.create_user(f"{role}-{organisation.code}")
    Grant.objects.create(user=user, role=role, organisation=organisation)
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def board(client: Client, hospital: BusyHospital, **query: object) -> str:
    response = client.get(reverse("board"), {"site": hospital.network.site.code, **query})
    assert response.status_code == 200
    return response.content.decode()


def cells(html: str) -> list[str]:
    """Labels of the beds on a page."""
    return re.findall(r'<a class="bed[^"]*" id="b[^>]*><b>([^<]+)</b>', html)


def test_the_board_shows_every_bed_of_the_site(hospital):
    """All beds of all wards, each once, with the counts of each ward."""
    html = board(person(hospital.network.organisation), hospital)
    assert len(cells(html)) == 12
    ward = hospital.network.wards["neurology"]
    counts = re.search(rf'<div class="ward-counts" id="c{ward.id}">(.*?)</div>', html, re.DOTALL)
    words = " ".join(re.sub(r"<[^>]+>", " ", counts[1]).split())
    assert words.startswith("In use 2 /7 Free now 3 Held 1 Leaving today 1 Outliers 0")


def test_chinese_is_complete(hospital):
    """No English sentence is left on the Chinese board."""
    html = board(person(hospital.network.organisation, language="zh-hans"), hospital)
    main = html[html.index("<main") : html.index("</main>")]
    text = re.sub(r"<[^>]+>", " ", main)
    for word in ("Free", "Held", "Waiting", "Leaving", "Outlier", "waited", "shown"):
        assert word not in text


def test_filters_are_the_address(hospital):
    """A filter in the address shows its beds only, marks its chip, and can be taken back by its link."""
    client = person(hospital.network.organisation)
    html = board(client, hospital, state="closed")
    assert cells(html) == ["07"]
    chip = re.search(r'<a id="chip-state-closed" href="([^"]+)"[^>]*aria-current="true"', html)
    back = client.get(chip[1].replace("&amp;", "&")).content.decode()
    assert len(cells(back)) == 12
    assert "No bed matches" in board(client, hospital, q="nothing of that name")
    assert len(cells(board(client, hospital, state="nonsense", sex="?"))) == 12


def test_a_bed_in_the_address_opens_beside_the_board(hospital):
    """The panel knows which bed to open, also when a filter hides its cell; anything but an identifier is ignored."""
    client = person(hospital.network.organisation)
    bed = hospital.bed(0)
    html = board(client, hospital, state="free", bed=bed.id)
    assert f'data-href="{reverse("bed", args=[bed.id])}"' in html
    assert "data-wanted" not in board(client, hospital, bed="../../logout")


def test_an_unknown_site_is_not_found(hospital):
    """Neither a code that does not exist nor a site of others is shown."""
    client = person(small_network().organisation)
    for code in ("nowhere", hospital.network.site.code):
        assert client.get(reverse("board"), {"site": code}).status_code == 404
        assert client.get(reverse("board-waiting"), {"site": code}).status_code == 404


def test_without_a_site_the_network_is_shown_and_then_remembered(hospital):
    """A person of several sites begins with their cards, and comes back to the site looked at last."""
    group = Organisation(code="GROUP", name="集团", kind="group")
    group.save()
    second = small_network()
    for organisation in (hospital.network.organisation, second.organisation):
        organisation.refresh_from_db()
        organisation.parent = group
        organisation.save()
    client = person(group)
    cards = client.get(reverse("board")).content.decode()
    assert cards.count('class="card site-card"') == 2
    board(client, hospital)
    assert len(cells(client.get(reverse("board")).content.decode())) == 12
    assert "site-card" in client.get(reverse("board"), {"site": "all"}).content.decode()


def test_one_site_needs_no_choice(hospital):
    """Who has one site only starts on its board."""
    html = person(hospital.network.organisation).get(reverse("board")).content.decode()
    assert len(cells(html)) == 12


def test_live_updates_bring_counts_and_cells_of_the_ward(hospital):
    """The fragment holds elements with the same identifiers as the page, and nothing else."""
    client = person(hospital.network.organisation)
    page = board(client, hospital)
    ward = hospital.network.wards["neurology"]
    html = client.get(reverse("board-cells"), {"ids": f"{ward.id},not-an-id"}).content.decode()
    assert len(cells(html)) == 8
    assert set(re.findall(r' id="([bc][^"]+)"', html)) <= set(re.findall(r' id="([bc][^"]+)"', page))
    assert "<html" not in html
    stranger = person(small_network().organisation)
    assert cells(stranger.get(reverse("board-cells"), {"ids": str(ward.id)}).content.decode()) == []


def test_fragments_name_where_they_come_from(hospital):
    """Chips, waiting list and cards carry the address from which a live update fetches them again."""
    client = person(hospital.network.organisation)
    page = board(client, hospital, state="free")
    for ident in ("chips", "waiting"):
        source = re.search(rf'id="{ident}"[^>]*data-live-src="([^"]+)"', page)
        again = client.get(source[1].replace("&amp;", "&"))
        assert again.status_code == 200
        assert f'id="{ident}"' in again.content.decode()
    assert 'aria-current="true"' in client.get(source[1].replace("waiting", "chips") + "&state=free").content.decode()
    assert 'id="sites"' in client.get(reverse("board-sites")).content.decode()


def test_names_are_masked_and_only_for_those_who_care(hospital):
    """The waiting list shows a masked name to a coordinator, and neither name nor diagnosis to a manager."""
    ask(hospital.network, name="赵明明", diagnosis="肺炎", at=NOON - hours(1))
    seen = board(person(hospital.network.organisation), hospital)
    assert "赵*明" in seen
    assert "肺炎" in seen
    manager = board(person(hospital.network.organisation, Role.MANAGER), hospital)
    assert "赵" not in manager
    assert "肺炎" not in manager
    for html in (seen, manager):
        assert "赵明明" not in html
        assert "李建国" not in html


def test_a_page_of_beds_needs_few_queries(hospital, django_assert_max_num_queries):
    """The number of queries does not grow with the beds: the same for one ward and for a hospital."""
    client = person(hospital.network.organisation)
    board(client, hospital)
    with django_assert_max_num_queries(16):
        board(client, hospital)


def test_an_empty_network_says_what_to_do():
    """Somebody without any site reads why, not an empty page."""
    organisation = Organisation(code="NEW", name="新医院", kind="general_hospital")
    organisation.save()
    html = person(organisation).get(reverse("board")).content.decode()
    assert "You see no site yet" in html


def test_names_with_markup_stay_text(hospital):
    """A bed or a department that is called like markup is shown as it is called, and runs nothing."""
    network = hospital.network
    bed = hospital.bed(0)
    bed.label = "<b>1"
    bed.save()
    network.departments["neurology"].name_en = "<script>x</script>"
    network.departments["neurology"].save()
    page = board(person(network.organisation), hospital)
    assert "&lt;b&gt;1" in page
    assert "Outlier of &lt;script&gt;" in page
    assert "<script>x" not in page
