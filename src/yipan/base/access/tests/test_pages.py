"""Login, own password and the pages of users, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from yipan.base.access import Role, limits
from yipan.base.access.models import Grant
from yipan.base.access.tests.samples import PASSWORD, Net, network, person
from yipan.base.audit.models import Entry

pytestmark = pytest.mark.django_db

LOGIN = {"username": "zhou", "password": PASSWORD}


@pytest.fixture
def net() -> Net:
    return network()


@pytest.fixture
def admin(net: Net) -> Client:
    """The browser of an administrator of the north."""
    client = Client()
    client.force_login(person("admin", Role.ADMINISTRATOR, net.north))
    return client


def test_login_and_back(net: Net) -> None:
    """Signing in leads to where the person wanted to go, and is in the trail with the address."""
    person("zhou", Role.DOCTOR, net.north)
    response = Client().post("/login", LOGIN | {"next": "/users/"}, REMOTE_ADDR="10.1.2.3")
    assert (response.status_code, response["Location"]) == (302, "/users/")
    entry = Entry.objects.get(action="login")
    assert (entry.actor_name, entry.address) == ("zhou 名", "10.1.2.3")


def test_login_goes_nowhere_else() -> None:
    """A foreign address as the place to return to is ignored."""
    person("zhou")
    response = Client().post("/login", LOGIN | {"next": "https://evil.example/"})
    assert response["Location"] == "/"


def test_whoever_only_reviews_begins_there_from_everywhere(net: Net) -> None:
    """The brand and the page of a refusal lead a privacy officer to what is to be reviewed, not to a refusal."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person("officer", Role.PRIVACY_OFFICER, net.group))
    refused = client.get("/")
    assert refused.status_code == 403
    for page in (refused, client.get("/emergencies")):
        assert (
            re.findall(r'class="(?:brand|button primary)" href="([^"]*)"', page.content.decode())[0] == "/emergencies"
        )
    assert '"button primary" href="/emergencies"' in refused.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_wrong_password_then_pause(language: str) -> None:
    """A wrong password is told without saying which part is wrong; after the limit even the right one must wait."""
    person("zhou")
    client = Client(headers={"accept-language": language})
    for _ in range(limits.LOGIN.most):
        page = client.post("/login", LOGIN | {"password": "wrong"})
        assert page.status_code == 200
    assert Entry.objects.filter(action="login.failed").count() == limits.LOGIN.most
    client.post("/login", LOGIN)
    assert "_auth_user_id" not in client.session
    elsewhere = Client(REMOTE_ADDR="10.9.9.9")
    assert elsewhere.post("/login", LOGIN).status_code == 302


def test_demo_accounts_only_in_the_demo(net: Net, settings: Any) -> None:
    """The login page lists accounts only where YIPAN_DEMO is on."""
    person("zhou", Role.DOCTOR, net.north)
    settings.YIPAN_DEMO = False
    assert "zhou" not in Client().get("/login").content.decode()
    settings.YIPAN_DEMO = True
    page = Client().get("/login?user=zhou").content.decode()
    assert "zhou 名" in page
    assert 'value="zhou"' in page


def test_logout() -> None:
    """Logging out needs a POST, ends the session and is in the trail."""
    client = Client()
    client.force_login(person("zhou"))
    assert client.get("/logout").status_code == 405
    assert client.post("/logout")["Location"] == "/login"
    assert "_auth_user_id" not in client.session
    assert Entry.objects.get(action="logout").actor_name == "zhou 名"


def test_pages_need_a_login(net: Net) -> None:
    """Without a session every page of this room leads to the login."""
    for path in ("/users/", "/users/new", "/users/1", "/password", "/audit"):
        response = Client().get(path)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/login"), path


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_administrator_reads_the_pages(net: Net, admin: Client, language: str) -> None:
    """List, form, person, password and trail can be read in both languages."""
    zhou = person("zhou", Role.WARD_NURSE, net.north, net.ward)
    for path in (
        "/users/",
        "/users/?q=zhou",
        "/users/?q=nobody",
        "/users/new",
        f"/users/{zhou.pk}",
        "/password",
        "/audit",
    ):
        response = admin.get(path, headers={"accept-language": language})
        assert response.status_code == 200, path
    assert "zhou 名" in admin.get("/users/").content.decode()


def test_whole_life_of_a_user(net: Net, admin: Client) -> None:
    """Through the pages: create, give a role, reset the password, deactivate, activate, take the role away."""
    new = admin.post("/users/new", {"username": "zhou", "name": "周敏", "password": PASSWORD})
    zhou = User.objects.get(username="zhou")
    assert new["Location"] == f"/users/{zhou.pk}"
    admin.post(f"{new['Location']}/grant", {"role": "doctor", "organisation": str(net.north.pk), "ward": ""})
    grant = Grant.objects.get(user=zhou)
    page = admin.post(f"/users/{zhou.pk}/password").content.decode()
    zhou.refresh_from_db()
    (shown,) = re.findall(r"<code[^>]*>([^<]+)</code>", page)
    assert zhou.check_password(shown)
    admin.post(f"/users/{zhou.pk}/active", {"active": "0"})
    assert not User.objects.get(pk=zhou.pk).is_active
    admin.post(f"/users/{zhou.pk}/active", {"active": "1"})
    assert User.objects.get(pk=zhou.pk).is_active
    admin.post(f"/users/{zhou.pk}/revoke/{grant.pk}")
    assert not Grant.objects.filter(user=zhou).exists()


def test_refused_forms_say_why_and_change_nothing(net: Net, admin: Client) -> None:
    """A form that cannot be done comes back with status 422 and a sentence."""
    zhou = person("zhou", Role.DOCTOR, net.north)
    grants = list(Grant.objects.values_list("pk"))
    answers = [
        admin.post("/users/new", {"username": "zhou", "name": "", "password": PASSWORD}),
        admin.post(f"/users/{zhou.pk}/grant", {"role": "doctor", "organisation": str(net.south.pk)}),
        admin.post(f"/users/{zhou.pk}/grant", {"role": "doctor", "organisation": "x"}),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
    assert list(Grant.objects.values_list("pk")) == grants


def test_stranger_does_not_exist(net: Net, admin: Client) -> None:
    """A user of another hospital has no page here, and others cannot see users at all."""
    stranger = person("stranger", Role.DOCTOR, net.south)
    assert admin.get(f"/users/{stranger.pk}").status_code == 404
    assert admin.post(f"/users/{stranger.pk}/grant", {"role": "doctor"}).status_code == 404
    doctor = Client()
    doctor.force_login(stranger)
    assert doctor.get("/users/").status_code == 403
    assert doctor.get("/audit").status_code == 403


def test_own_password(net: Net) -> None:
    """Who changes the own password stays signed in here and nowhere else."""
    here, there = Client(), Client()
    zhou = person("zhou", Role.DOCTOR, net.north)
    for client in (here, there):
        assert client.login(username="zhou", password=PASSWORD)
    wrong = here.post("/password", {"old": PASSWORD, "new": "green-tree-91", "again": "green-tree-92"})
    assert wrong.status_code == 422
    assert (
        here.post("/password", {"old": PASSWORD, "new": "green-tree-91", "again": "green-tree-91"}).status_code == 200
    )
    assert here.get("/password").status_code == 200
    assert there.get("/password").status_code == 302
    zhou.refresh_from_db()
    assert zhou.check_password("green-tree-91")
