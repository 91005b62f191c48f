"""Second factors: enrolling, logging in with them, losing them, and who must have one."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from yipan.base.access import SYSTEM, Role, actions, limits
from yipan.base.access.models import Attempts
from yipan.base.access.second_factor import MfaAdapter
from yipan.base.access.tests.samples import PASSWORD, acting, network, person
from yipan.base.audit.models import Entry
from yipan.kernel.errors import Refused

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.fixture(autouse=True)
def period(monkeypatch: pytest.MonkeyPatch) -> None:
    """The half minute in which a test began lasts until its end: no code runs out between two of its lines."""
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda began=time.time(): began))


def code_of(secret: str, ahead: int = 0) -> str:
    """What an authenticator app shows now, or some periods later (the server allows one)."""
    return format_hotp_value(hotp_value(secret, int(auth.time.time()) // 30 + ahead))


@pytest.fixture
def zhou() -> User:
    return person("zhou", Role.ADMINISTRATOR, network().north)


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


def sign_in(client: Client, password: str = PASSWORD) -> Any:
    return client.post("/login", {"username": "zhou", "password": password})


def enrol(client: Client, commit: Any) -> tuple[str, list[str]]:
    """Add an authenticator app to the logged-in person: its secret, and the recovery codes as shown."""
    asked = client.get("/second-factors/app")
    if asked.status_code == 302:
        assert client.post(asked["Location"], {"password": PASSWORD}).status_code == 302
    page = client.get("/second-factors/app").content.decode()
    (secret,) = re.findall(r"<code[^>]*>([A-Z2-7]{32})</code>", page)
    with commit(execute=True):
        done = client.post("/second-factors/app", {"code": code_of(secret, -1)})
    assert done["Location"] == "/second-factors/codes"
    codes = re.findall(r"<code[^>]*>(\d{8})</code>", client.get("/second-factors/codes").content.decode())
    return secret, codes


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_app_is_asked_for_after_the_password(
    zhou: User, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    """With an app enrolled the password alone lets nobody in; a code does, and the trail says how."""
    sign_in(client)
    secret, _ = enrol(client, django_capture_on_commit_callbacks)
    client.post("/logout")
    assert sign_in(client)["Location"] == "/login/second"
    assert not is_in(client)
    assert client.get("/users/").status_code == 302
    wrong = client.post("/login/second", {"code": "000000"})
    assert (wrong.status_code, is_in(client)) == (200, False)
    assert client.post("/login/second", {"code": code_of(secret)})["Location"] == "/"
    assert is_in(client)
    actions_told = list(Entry.objects.order_by("id").values_list("action", flat=True))
    assert actions_told.count("second_factor.failed") == 1
    assert actions_told.count("second_factor.added") == 2  # the app and the recovery codes
    assert Entry.objects.filter(action="login").latest("id").data["by"] == ["totp"]


def test_a_code_works_once(zhou: User, client: Client, django_capture_on_commit_callbacks: Any) -> None:
    """Who looked over a shoulder cannot use the code again, not even at another server process."""
    sign_in(client)
    secret, _ = enrol(client, django_capture_on_commit_callbacks)
    code = code_of(secret)
    for let_in in (True, False):
        client.post("/logout")
        sign_in(client)
        client.post("/login/second", {"code": code})
        assert is_in(client) is let_in
        client.cookies.clear()
        cache.clear()  # as at another server process
    assert Attempts.objects.filter(action="used_code").count() == 1


def test_recovery_codes_are_shown_once_and_work_once(
    zhou: User, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    """Ten codes, shown only after enrolling; each lets in once."""
    sign_in(client)
    _, codes = enrol(client, django_capture_on_commit_callbacks)
    assert len(codes) == 10
    assert not re.findall(r"<code[^>]*>\d{8}</code>", client.get("/second-factors/codes").content.decode())
    for let_in in (True, False):
        client.post("/logout")
        client.cookies.clear()
        sign_in(client)
        client.post("/login/second", {"code": codes[0]})
        assert is_in(client) is let_in


def test_guessing_codes_is_paused(zhou: User, client: Client, django_capture_on_commit_callbacks: Any) -> None:
    """After so many wrong codes even the right one must wait, in whatever session."""
    sign_in(client)
    secret, _ = enrol(client, django_capture_on_commit_callbacks)
    client.post("/logout")
    sign_in(client)
    for _ in range(limits.SECOND_FACTOR.most):
        client.post("/login/second", {"code": "000000"})
    other = Client(headers={"accept-language": "en"})
    sign_in(other)
    page = other.post("/login/second", {"code": code_of(secret)}).content.decode()
    assert "Too many failed attempts" in page
    assert not is_in(other)


def test_password_is_asked_again_before_factors_change(zhou: User, client: Client) -> None:
    """A session that was left open is not enough to add or remove a factor."""
    sign_in(client)
    for path in ("/second-factors/app", "/second-factors/key"):
        assert client.get(path)["Location"].startswith("/login/confirm")
    wrong = client.post("/login/confirm", {"password": "wrong"})
    assert wrong.status_code == 200
    assert client.get("/second-factors/app").status_code == 302
    assert not Authenticator.objects.exists()


def test_roles_that_must_have_one(zhou: User, client: Client, settings: Any) -> None:
    """An administrator without a second factor reaches nothing but the pages to enrol one; a nurse is let be."""
    settings.YIPAN_SECOND_FACTOR_ROLES = ("administrator",)
    sign_in(client)
    for path in ("/users/", "/audit", "/password", "/search?q=x"):
        assert client.get(path)["Location"] == "/second-factors", path
    assert "asks for a second factor" in client.get("/second-factors").content.decode()
    assert client.post("/users/new", {"username": "x", "password": PASSWORD})["Location"] == "/second-factors"
    assert not User.objects.filter(username="x").exists()
    Authenticator.objects.create(user=zhou, type="totp", data={"secret": "x"})
    assert client.get("/users/").status_code == 200


def test_last_factor_of_such_a_role_stays(
    zhou: User, client: Client, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """Who must have a second factor cannot remove the last one."""
    sign_in(client)
    enrol(client, django_capture_on_commit_callbacks)
    settings.YIPAN_SECOND_FACTOR_ROLES = ("administrator",)
    assert client.post("/second-factors/app/remove").status_code == 200
    assert Authenticator.objects.filter(type="totp").count() == 1
    settings.YIPAN_SECOND_FACTOR_ROLES = ()
    assert client.post("/second-factors/app/remove").status_code == 302
    assert not Authenticator.objects.exists()
    assert Entry.objects.filter(action="second_factor.removed").exists()


def test_secrets_are_not_in_the_database(zhou: User, client: Client, django_capture_on_commit_callbacks: Any) -> None:
    """A copy of the table shows no secret, and a changed key with the old one as fallback still reads it."""
    sign_in(client)
    secret, codes = enrol(client, django_capture_on_commit_callbacks)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert not any(code in stored for code in codes)


def test_secrets_survive_a_change_of_the_key(settings: Any) -> None:
    """What an earlier SECRET_KEY wrote can be read while it is named as a fallback."""
    settings.SECRET_KEY = "first"
    locked = MfaAdapter().encrypt("JBSWY3DP")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "second", ["first"]
    assert MfaAdapter().decrypt(locked) == "JBSWY3DP"


def test_lost_phone(zhou: User, client: Client, django_capture_on_commit_callbacks: Any) -> None:
    """An administrator removes the factors of a user looked after, which ends the user's sessions; nobody else can."""
    sign_in(client)
    enrol(client, django_capture_on_commit_callbacks)
    doctor = acting("doctor", Role.DOCTOR, zhou.grants.get().organisation)
    with pytest.raises(Refused):
        actions.remove_second_factors(actor=doctor, user_id=zhou.pk)
    assert Authenticator.objects.count() == 2
    actions.remove_second_factors(actor=SYSTEM, user_id=zhou.pk)
    assert not Authenticator.objects.exists()
    assert client.get("/users/").status_code == 302
    assert Entry.objects.filter(action="second_factor.reset", object_id=str(zhou.pk)).exists()
