"""The actor on the request, and the way to the login page."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from yipan.base.access import Role
from yipan.base.access.middleware import ActorMiddleware
from yipan.base.access.queries import actor_of
from yipan.base.access.tests.samples import network, person
from yipan.base.audit.journal import current_address


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def gate(path: str = "/beds", user: Any = None, the_view: Any = view, **headers: str) -> Any:
    """What the middleware answers before the view runs; None lets the request through."""
    request = RequestFactory().get(path, headers=headers)
    request.user = user or AnonymousUser()
    request.actor = actor_of(request.user)  # type: ignore[attr-defined]
    return ActorMiddleware(view).process_view(request, the_view, (), {})


def test_anonymous_goes_to_login_and_back() -> None:
    """A page asks to sign in, remembering where to."""
    answer = gate("/beds?site=1")
    assert (answer.status_code, answer.url) == (302, "/login?next=%2Fbeds%3Fsite%3D1")


def test_fragments_send_the_whole_page_to_login() -> None:
    """htmx is told to leave the page, not to put the login form into a cell."""
    answer = gate("/beds/cell", **{"HX-Request": "true", "HX-Current-URL": "http://testserver/beds"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=http%3A%2F%2Ftestserver%2Fbeds"


def test_programs_get_a_status() -> None:
    """A client that wants JSON gets 401 and no page."""
    assert gate("/beds", Accept="application/json").status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/static/ui/base.css"])
def test_open_paths(path: str) -> None:
    """Health and static files are for everybody."""
    assert gate(path) is None


def test_marked_views_are_open() -> None:
    """A view marked with Django's own decorator is for everybody."""
    assert gate(the_view=login_not_required(lambda request: HttpResponse())) is None


@pytest.mark.django_db
def test_actor_is_read_when_used_and_once() -> None:
    """A request that does not ask who acts costs no query, one that asks twice costs one."""
    user = person("zhou", Role.DOCTOR, network().north)
    request = RequestFactory().get("/")
    request.user = user
    with CaptureQueriesContext(connection) as made:
        ActorMiddleware(view)(request)
        assert len(made) == 0
        assert request.actor.name == request.actor.name == "zhou 名"  # type: ignore[attr-defined]
        assert len(made) == 1
    assert gate(user=user) is None


def test_address_reaches_the_trail_and_ends_with_the_request() -> None:
    """Entries written during the request carry its address, later ones do not."""
    seen: list[str | None] = []

    def look(request: HttpRequest) -> HttpResponse:
        seen.append(current_address())
        return HttpResponse()

    request = RequestFactory().get("/", REMOTE_ADDR="10.1.2.3")
    request.user = AnonymousUser()
    ActorMiddleware(look)(request)
    assert seen == ["10.1.2.3"]
    assert current_address() is None
