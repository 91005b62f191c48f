"""How long a login lasts, handing a shared computer over, and sessions as the live-updates process reads them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from yipan.base.access import SYSTEM, Role, actions
from yipan.base.access.sessions import STAMP_EVERY, actor_of_session, paths_of_session
from yipan.base.access.tests.samples import PASSWORD, network, person
from yipan.base.audit.models import Entry
from yipan.kernel import clock

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
IDLE = timedelta(minutes=settings.YIPAN_IDLE_MINUTES)
OWN = timedelta(minutes=settings.YIPAN_IDLE_MINUTES_OWN)
LONGEST = timedelta(hours=settings.YIPAN_SESSION_HOURS)


@pytest.fixture
def frozen() -> Iterator[Any]:
    with clock.using(clock.FrozenClock(START)) as still:
        yield still


def sign_in(username: str = "zhou", *, shared: bool = False, client: Client | None = None) -> Client:
    client = client or Client(headers={"accept-language": "en"})
    given = {"username": username, "password": PASSWORD} | ({"shared": "1"} if shared else {})
    assert client.post("/login", given).status_code == 302
    return client


def is_in(client: Client, **headers: str) -> bool:
    return client.get("/second-factors", headers=headers).status_code == 200


@pytest.mark.parametrize(("shared", "limit"), [(True, IDLE), (False, OWN)])
def test_login_ends_without_use(frozen: Any, shared: bool, limit: timedelta) -> None:
    """A login lasts while it is used, and ends when it was not used for as long as this computer allows."""
    person("zhou")
    client = sign_in(shared=shared)
    for _ in range(2):
        frozen.advance(limit - timedelta(seconds=1))
        assert is_in(client)
    frozen.advance(limit)
    assert not is_in(client)
    ended = Entry.objects.get(action="session.ended")
    assert (ended.actor_name, ended.data) == ("zhou 名", {"why": "idle"})


def test_live_updates_keep_nothing_alive(frozen: Any) -> None:
    """A board that fetches its own changes, and an open stream, do not count as use."""
    person("zhou")
    client = sign_in(shared=True)
    key = client.session.session_key or ""
    while frozen.now() - START < IDLE - timedelta(minutes=1):
        frozen.advance(timedelta(minutes=1))
        assert is_in(client, **{"X-Live": "1"})
        assert actor_of_session(key) is not None
    frozen.advance(timedelta(minutes=1))
    assert actor_of_session(key) is None
    assert not is_in(client, **{"X-Live": "1"})


def test_typing_counts_as_use(frozen: Any) -> None:
    """A page on which somebody works without sending anything says so, and the login goes on."""
    person("zhou")
    client = sign_in(shared=True)
    for _ in range(3):
        frozen.advance(IDLE / 2)
        assert client.post("/here").status_code == 204
    assert is_in(client)


def test_login_ends_after_the_longest_time(frozen: Any) -> None:
    """However busy, a login ends after one shift."""
    person("zhou")
    client = sign_in()
    while frozen.now() - START < LONGEST - timedelta(hours=1):
        frozen.advance(timedelta(hours=1))
        assert is_in(client)
    frozen.advance(timedelta(hours=1))
    assert not is_in(client)
    assert Entry.objects.get(action="session.ended").data == {"why": "long"}


def test_use_is_noted_sparingly(frozen: Any, django_assert_max_num_queries: Any) -> None:
    """Requests close together do not write the session again and again."""
    person("zhou")
    client = sign_in()
    seen = client.session["seen"]
    frozen.advance(STAMP_EVERY - timedelta(seconds=1))
    assert is_in(client)
    assert client.session["seen"] == seen
    frozen.advance(timedelta(seconds=1))
    assert is_in(client)
    assert client.session["seen"] > seen


def test_a_session_without_stamps_is_over() -> None:
    """A login from before these limits, or one that somebody tampered with, has to be made anew."""
    person("zhou")
    client = sign_in()
    session = client.session
    del session["seen"]
    session.save()
    assert not is_in(client)


def test_handing_over(frozen: Any) -> None:
    """Locking ends the session; the next nurse sees who works here, logs in at the same page and marks the trail."""
    person("zhou")
    person("liu")
    client = sign_in(shared=True)
    key = client.session.session_key or ""
    answer = client.post("/logout/next", {"next": "/password?x=1"})
    assert answer["Location"] == "/login?next=%2Fpassword%3Fx%3D1"
    assert actor_of_session(key) is None
    page = client.get(answer["Location"]).content.decode()
    assert "zhou 名" in page
    assert 'name="shared" value="1" checked' in page
    there = client.post("/login", {"username": "liu", "password": PASSWORD, "shared": "1", "next": "/password?x=1"})
    assert there["Location"] == "/password?x=1"
    client.post("/logout/next", {"next": "https://evil.example/", "why": "idle"})
    page = client.get("/login").content.decode()
    assert page.index("liu 名") < page.index("zhou 名")
    told = list(Entry.objects.order_by("id").values_list("action", "actor_name"))
    assert told[:3] == [("login", "zhou 名"), ("session.handed_over", "zhou 名"), ("login", "liu 名")]


def test_no_longer_shared(frozen: Any) -> None:
    """Taking the mark away at login forgets who worked here."""
    person("zhou")
    client = sign_in(shared=True)
    client.post("/logout")
    sign_in(client=client)
    client.post("/logout")
    assert "zhou 名" not in client.get("/login").content.decode()


def test_names_on_a_computer_cannot_be_forged() -> None:
    """A cookie that we did not sign names nobody, so that it cannot be used to look up users."""
    person("zhou")
    client = Client()
    client.cookies["yipan_shared"] = "zhou"
    assert "zhou 名" not in client.get("/login").content.decode()


def test_paths_of_a_session() -> None:
    """The stream of a user shows the subtrees of the user's grants."""
    net = network()
    user = person("zhou", Role.DOCTOR, net.group)
    client = sign_in()
    key = client.session.session_key or ""
    assert paths_of_session(key) == (net.group.path,)
    actor = actor_of_session(key)
    assert actor is not None
    assert actor.user_id == user.pk


@pytest.mark.parametrize("key", ["", "nonsense", "x" * 32])
def test_unknown_sessions(key: str) -> None:
    """An unknown key is nobody."""
    assert paths_of_session(key) is None


def test_session_ends_with_password_and_account() -> None:
    """After a reset of the password, or after deactivation, the old session is nobody's."""
    net = network()
    for username, end in (
        ("one", lambda user: actions.reset_password(actor=SYSTEM, user_id=user.pk)),
        ("two", lambda user: actions.set_active(actor=SYSTEM, user_id=user.pk, active=False)),
    ):
        user = person(username, Role.DOCTOR, net.north)
        key = sign_in(username).session.session_key or ""
        assert paths_of_session(key) == (net.north.path,)
        end(user)
        assert paths_of_session(key) is None
