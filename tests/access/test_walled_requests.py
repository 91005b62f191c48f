"""A request of a person loses and keeps in the database exactly what it would without the second wall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.test import Client
from django.urls import include, path

from tests.access.two_hospitals import Side, rows, side
from yipan.base import audit
from yipan.base.access import Role
from yipan.base.access.models import Attempts
from yipan.base.audit.models import Entry
from yipan.kernel.errors import Refused
from yipan.lines.beds.tests.people import signed_in
from yipan.server import urls
from yipan.spine.models import Booking, OutboxMessage, Request
from yipan.spine.outbox import put

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]

heard: list[Any] = []


def who() -> str:
    return str(rows("SELECT current_user")[0][0])


def forgetful(request: HttpRequest) -> HttpResponseBase:
    return JsonResponse({"requests": Request.objects.count(), "bookings": len(list(Booking.objects.iterator()))})


@login_not_required
def unlocked(request: HttpRequest) -> HttpResponseBase:
    return forgetful(request)


def refused(request: HttpRequest) -> HttpResponseBase:
    wish("before")
    with transaction.atomic():
        wish("undone")
        audit.record(request.actor, "door.tried", "door", 1)  # type: ignore[attr-defined]
        transaction.set_rollback(True)
    audit.record(request.actor, "door.refused", "door", 1)  # type: ignore[attr-defined]
    raise Refused("not_allowed")


def broken(request: HttpRequest) -> HttpResponseBase:
    wish("before")
    with transaction.atomic():
        wish("undone")
        raise ZeroDivisionError


def mended(request: HttpRequest) -> HttpResponseBase:
    with pytest.raises(Exception, match="nothing"):
        rows("SELECT nothing")
    return forgetful(request)


def afterwards(request: HttpRequest) -> HttpResponseBase:
    with transaction.atomic():
        wish("kept")
        transaction.on_commit(lambda: heard.append((who(), connection.in_atomic_block, Request.objects.count())))
    heard.append("view goes on")
    return HttpResponse()


def streamed(request: HttpRequest) -> HttpResponseBase:
    def chunks() -> Iterator[bytes]:
        for _ in range(2):
            yield f"{who()} {Request.objects.count()};".encode()

    return StreamingHttpResponse(chunks())


def wish(key: str) -> None:
    put(topic="test", key=key, payload={})


def kept() -> list[str]:
    return list(OutboxMessage.objects.order_by("id").values_list("key", flat=True))


VIEWS = (forgetful, unlocked, refused, broken, mended, afterwards, streamed)
urlpatterns = [
    *(path(view.__name__, view) for view in VIEWS),
    path("", include(urls)),
]


@pytest.fixture
def here() -> Side:
    side("赵国庆")
    return side("王建国")


@pytest.fixture
def desk(here: Side) -> Iterator[Client]:
    heard.clear()
    client = signed_in(here.network.organisation, Role.COORDINATOR)
    client.raise_request_exception = False
    yield client
    assert rows("SELECT current_user = session_user, coalesce(current_setting('yipan.care', true), '')") == [(True, "")]
    assert connection.get_autocommit()
    assert connection.execute_wrappers == []


def test_a_page_that_forgets_its_scope_shows_one_hospital(here: Side, desk: Client) -> None:
    """Two requests and a stay of this hospital; the other has as many. The database has all of them."""
    assert desk.get("/forgetful").json() == {"requests": 2, "bookings": 1}
    assert (Request.objects.count(), Booking.objects.count()) == (4, 2)


def test_an_open_page_shows_nothing_to_strangers(here: Side, desk: Client) -> None:
    """A page for everybody that asks for everything gets nothing."""
    assert Client().get("/unlocked").json() == {"requests": 0, "bookings": 0}


def test_a_refusal_keeps_what_was_written_before_and_its_entry(desk: Client) -> None:
    """A refused action leaves its entry in the journal, what the page had written, and nothing that was rolled back."""
    assert desk.get("/refused").status_code == 403
    assert kept() == ["before"]
    assert list(Entry.objects.filter(object_type="door").values_list("action", flat=True)) == ["door.refused"]


def test_an_exception_keeps_what_was_committed_before(desk: Client) -> None:
    """Only the block that failed is rolled back; the answer is 500, and the next request is as any other."""
    assert desk.get("/broken").status_code == 500
    assert kept() == ["before"]
    assert desk.get("/forgetful").json()["requests"] == 2


def test_a_statement_that_fails_outside_a_transaction_leaves_no_trace(desk: Client) -> None:
    """A page may go on after an error of one statement, behind the wall."""
    assert desk.get("/mended").json() == {"requests": 2, "bookings": 1}


def test_a_request_that_ends_early_costs_nothing(desk: Client) -> None:
    """Middleware that answers before any page (here: not signed in) leaves no transaction behind."""
    assert Client().get("/forgetful").status_code == 302


def test_what_is_to_happen_after_a_commit_happens_then(here: Side, desk: Client) -> None:
    """Hooks run when the page's own transaction commits, not at the end of the request, and behind the wall."""
    assert desk.get("/afterwards").status_code == 200
    assert heard == [("yipan_finder", False, 2), "view goes on"]
    assert kept() == ["kept"]


def test_a_streamed_answer_is_made_behind_the_wall(desk: Client) -> None:
    """What a stream asks of the database after the page has returned is scoped as the page was."""
    answer = desk.get("/streamed")
    assert b"".join(answer.streaming_content) == b"yipan_finder 2;yipan_finder 2;"  # type: ignore[attr-defined]


def test_failed_logins_are_counted_and_recorded(desk: Client) -> None:
    """A wrong password is counted and in the journal, though the login page ends with an error."""
    stranger = Client()
    for _ in range(2):
        stranger.post("/login", {"username": "nobody", "password": "wrong"})
    assert set(Attempts.objects.values_list("tries", flat=True)) == {2}
    assert Entry.objects.filter(action="login.failed").count() == 2


def test_a_connection_shared_with_others_remembers_nothing(here: Side, desk: Client) -> None:
    """Two people in turn on one connection, as a pooler in transaction mode would have it, see each their own."""
    other = side("钱学文")
    manager = signed_in(other.network.organisation, Role.MANAGER)
    seen = [client.get("/forgetful").json()["bookings"] for client in (desk, manager, desk)]
    seen.append(rows("SELECT count(*) FROM spine_booking")[0][0])
    assert seen == [1, 1, 1, 3]
