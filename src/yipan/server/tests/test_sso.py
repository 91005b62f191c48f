"""Single sign-on against an identity provider on this machine, from the button to the start page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import oidc_provider_mock
import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client

from yipan.base.access import Role
from yipan.base.access.tests.samples import network, person
from yipan.base.audit.models import Entry
from yipan.server.environment import SingleSignOn

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """Address of a provider that lets everybody in who says who they are."""
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(autouse=True)
def _configured(settings: Any, provider: str) -> None:
    settings.YIPAN_SSO = SingleSignOn(provider, "yipan", "secret-of-client", "市一院", "preferred_username", False)
    settings.SOCIALACCOUNT_PROVIDERS = settings.YIPAN_SSO.providers()


def sign_in(provider: str, sub: str, **claims: Any) -> tuple[Client, Any]:
    """Walk from the login page through the provider and back; the browser and the last answer."""
    requests.put(f"{provider}/users/{sub}", json=claims, timeout=10).raise_for_status()
    client = Client(headers={"accept-language": "en"})
    page = client.get("/login?next=/password").content.decode()
    (href,) = re.findall(r'href="(/login/sso/sso[^"]*)"', page)
    there = client.get(href.replace("&amp;", "&"))
    assert there["Location"].startswith(provider)
    back = requests.post(there["Location"], data={"sub": sub}, allow_redirects=False, timeout=10)
    return client, client.get(back.headers["Location"].removeprefix("http://testserver"))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_known_person_is_let_in_with_our_roles(provider: str) -> None:
    """The claim finds the user, who lands where they wanted to go; roles are ours; the trail tells both steps."""
    net = network()
    zhou = person("zhou", Role.DOCTOR, net.north)
    client, answer = sign_in(provider, "u-1", preferred_username="zhou")
    assert (answer.status_code, answer["Location"]) == (302, "/password")
    assert client.session["_auth_user_id"] == str(zhou.pk)
    assert client.get("/users/").status_code == 403
    assert list(Entry.objects.order_by("id").values_list("action", flat=True)) == ["sso.tied", "login"]
    assert Entry.objects.get(action="login").data["by"] == ["socialaccount"]
    assert SocialAccount.objects.get().extra_data == {"claim": "zhou"}


def test_identity_is_the_subject_not_the_name(provider: str) -> None:
    """Once tied, the provider's identifier finds the user even under a new name, and no other identity gets in."""
    zhou = person("zhou")
    sign_in(provider, "u-1", preferred_username="zhou")
    client, _ = sign_in(provider, "u-1", preferred_username="zhou.married")
    assert client.session["_auth_user_id"] == str(zhou.pk)
    client, answer = sign_in(provider, "u-2", preferred_username="zhou")
    assert (answer.status_code, is_in(client)) == (403, False)
    assert "belongs to another account" in answer.content.decode()


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [({"preferred_username": "stranger"}, "no user of that name"), ({}, "did not say who you are")],
)
def test_unknown_people_are_told(provider: str, claims: dict[str, str], sentence: str) -> None:
    """Nobody signs up by the way; the page says what to do, the trail keeps the try, and nothing else is stored."""
    person("zhou")
    client, answer = sign_in(provider, "u-9", **claims)
    assert (answer.status_code, is_in(client)) == (403, False)
    assert sentence in answer.content.decode()
    assert Entry.objects.get().action == "sso.refused"
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 1


def test_signing_up_where_the_hospital_wants_it(provider: str, settings: Any) -> None:
    """With YIPAN_SSO_SIGNUP a new person becomes a user without any role and without a password."""
    settings.YIPAN_SSO = SingleSignOn(provider, "yipan", "s", "", "preferred_username", True)
    client, answer = sign_in(provider, "u-5", preferred_username="newcomer", family_name="周", given_name="敏")
    assert answer.status_code == 302
    new = User.objects.get(username="newcomer")
    assert (new.first_name, new.has_usable_password(), new.grants.count()) == ("周敏", False, 0)
    assert client.session["_auth_user_id"] == str(new.pk)


def test_email_counts_only_when_verified(provider: str, settings: Any) -> None:
    """An e-mail address that the provider has not verified names nobody."""
    settings.YIPAN_SSO = SingleSignOn(provider, "yipan", "s", "", "email", False)
    person("zhou@hospital.example")
    client, answer = sign_in(provider, "u-6", email="zhou@hospital.example", email_verified=False)
    assert (answer.status_code, is_in(client)) == (403, False)
    client, _ = sign_in(provider, "u-6", email="zhou@hospital.example", email_verified=True)
    assert is_in(client)


def test_deactivated_user_is_refused(provider: str) -> None:
    """The provider cannot open an account that we closed."""
    User.objects.filter(pk=person("zhou").pk).update(is_active=False)
    client, answer = sign_in(provider, "u-1", preferred_username="zhou")
    assert (answer.status_code, is_in(client)) == (403, False)


def test_second_factor_comes_after_the_provider(provider: str) -> None:
    """A user who enrolled a second factor is asked for it here too."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=person("zhou"), type="totp", data={"secret": "x"})
    client, answer = sign_in(provider, "u-1", preferred_username="zhou")
    assert (answer["Location"], is_in(client)) == ("/login/second", False)


def test_an_answer_nobody_asked_for(provider: str) -> None:
    """An answer without our state (a forged link) lets nobody in."""
    client = Client(headers={"accept-language": "en"})
    answer = client.get("/login/sso/sso/answer?code=stolen&state=guessed")
    assert (answer.status_code, is_in(client)) == (403, False)
    assert "did not let you in" in answer.content.decode()


def test_shared_computer_asks_the_provider_to_ask_again(provider: str) -> None:
    """On a ward's computer the provider must not wave the next nurse through as the one before."""
    person("zhou")
    client = Client(headers={"accept-language": "en"})
    client.post("/login", {"username": "zhou", "password": "moon-river-38", "shared": "on"})
    client.post("/logout")
    (href,) = re.findall(r'href="(/login/sso/sso[^"]*)"', client.get("/login").content.decode())
    assert "prompt=login" in client.get(href.replace("&amp;", "&"))["Location"]
