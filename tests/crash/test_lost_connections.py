"""Connections to the database end at any moment: pages go on, and no message is lost or applied twice."""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client

from tests.crash.clients import ANSWER_SECONDS
from tests.crash.installation import until
from tests.journeys import hospital as hospitals
from tests.journeys import processes
from yipan.base.access import sessions
from yipan.interop.mllp import client
from yipan.interop.models import InboundMessage
from yipan.interop.tests.his import His
from yipan.kernel import clock
from yipan.kernel.errors import Unavailable
from yipan.lines.beds import actions
from yipan.spine.models import Booking
from yipan.spine.testing import small_network

TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s)"
)


def end_connections() -> None:
    """As an administrator, a failing switch or a pooler does: every connection but the tests' own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (own,) = cursor.fetchone()
    with psycopg.connect(processes.database_url(), autocommit=True) as administrator:
        administrator.execute(TERMINATE, [own])


@pytest.fixture(autouse=True)
def _own_pool(transactional_db: None) -> Iterator[None]:
    """Neither what earlier tests left in the pool, nor for later ones the dead connections of these."""
    connection.close()
    connection.close_pool()
    yield
    connection.close()
    connection.close_pool()


@pytest.fixture
def web(transactional_db: None) -> Iterator[int]:
    """`yipan web` on the tests' database; its port."""
    port = processes.free_port()
    with processes.running("web", processes.database_url(), port, processes.free_port(), processes.answers(port)):
        yield port


def breaks_at(word: str) -> Callable[..., Any]:
    """Breaks the connection in front of the first statement that has this word; for `execute_wrapper`."""
    broken: list[str] = []

    def run(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        if word in str(sql) and not broken:
            broken.append(word)
            with socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
        return execute(sql, *rest)

    return run


@pytest.mark.parametrize(
    ("engine", "status"), [("yipan.base.access.session_store", 503), ("django.contrib.sessions.backends.db", 400)]
)
def test_a_session_that_cannot_be_saved_is_no_fault_of_the_person(engine: str, status: int, settings: Any) -> None:
    """The database goes away while use is noted: "try again", not "this address is not complete" as without ours."""
    settings.SESSION_ENGINE = engine
    hospitals.build()
    person = Client(raise_request_exception=False)
    person.force_login(User.objects.get(username="zhou"))
    session = person.session
    session[sessions.SEEN] = (clock.now() - 2 * sessions.STAMP_EVERY).isoformat()
    session.save()
    with connection.execute_wrapper(breaks_at('UPDATE "django_session"')):
        assert person.get("/password").status_code == status
    connection.close()
    assert person.get("/password").status_code == 200


def test_no_page_meets_a_dead_connection(web: int) -> None:
    """After every connection of the web process was ended, each of the next pages comes as if nothing had been."""
    made = hospitals.build()
    person = Client()
    person.force_login(User.objects.get(username="zhou"))
    session = f"{settings.SESSION_COOKIE_NAME}={person.cookies[settings.SESSION_COOKIE_NAME].value}"

    def look() -> int:
        browser = http.client.HTTPConnection("127.0.0.1", web, timeout=ANSWER_SECONDS)
        browser.request("GET", f"/desk/{made.waiting[0].pk}", headers={"Cookie": session})
        return browser.getresponse().status

    statuses = [look()]
    for _ in range(3):
        end_connections()
        statuses += [look(), look()]
    assert statuses == [200] * 7


def test_every_message_arrives_while_connections_keep_ending(transactional_db: None) -> None:
    """Connections of the listener end before every fifth message: each is acknowledged in the end, and applied once."""
    his = His(small_network())
    port = processes.free_port()
    kinds = ["A28"] * 20
    messages = [his.raw(kind, f"P{n}") for n, kind in enumerate(kinds)]
    with processes.running(
        "hl7 listen", processes.database_url(), processes.free_port(), port, processes.listens(port)
    ):
        for number, raw in enumerate(messages):
            if number % 5 == 0:
                end_connections()
            until(lambda raw=raw: taken(port, raw), lambda: "never acknowledged")
        applied = InboundMessage.objects.filter(state="applied")
        until(lambda: applied.count() == len(messages), lambda: list(InboundMessage.objects.values_list("state")))
    assert InboundMessage.objects.count() == len(messages)
    assert set(applied.values_list("attempts", flat=True)) == {1}


def taken(port: int, raw: bytes) -> bool:
    try:
        return all(client.accepted(*pair) for pair in client.send("127.0.0.1", port, [raw], timeout=ANSWER_SECONDS))
    except Unavailable:
        return False


@pytest.mark.django_db(transaction=True)
def test_a_connection_lost_in_the_middle_of_an_action_undoes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The backend ends after the bed is held and before the commit: nothing is held, and the next try holds it."""
    made = hospitals.build()
    coordinator = made.network.actor(hospitals.Role.COORDINATOR)
    real = actions.placing.record_placement

    def struck(*given: object) -> object:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return real(*given)  # type: ignore[arg-type]

    def hold() -> Booking:
        return actions.hold_bed(actor=coordinator, request_id=made.waiting[0].pk, bed_id=made.bed(0).pk)

    before = Booking.objects.count()
    with monkeypatch.context() as patch:
        patch.setattr(actions.placing, "record_placement", struck)
        with pytest.raises(OperationalError):
            hold()
    connection.close()
    assert Booking.objects.count() == before
    assert hold().state == "held"
