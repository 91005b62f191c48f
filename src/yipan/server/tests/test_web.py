"""The web process as browsers meet it: health, pages in threads, live updates, and a quick end."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test import Client

from yipan.base.access.models import Attempts, Grant
from yipan.base.access.roles import Role
from yipan.server.web import _server
from yipan.spine.testing import SmallNetwork, small_network

PATIENCE = 60.0


def database_url() -> str:
    told = connections["default"].settings_dict
    login = quote(told["USER"]) + (":" + quote(told["PASSWORD"]) if told["PASSWORD"] else "")
    return f"postgresql://{login}@/{told['NAME']}?host={quote(told['HOST'], safe='')}&port={told['PORT'] or 5432}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass
class Web:
    process: subprocess.Popen[bytes]
    port: int

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        browser = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        browser.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = browser.getresponse()
        return answer.status, answer.read()

    def open(self, path: str, **headers: str) -> http.client.HTTPResponse:
        browser = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        browser.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return browser.getresponse()

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "the web process ended"
            try:
                self.get("/healthz")
            except OSError:
                time.sleep(0.05)
                continue
            return
        raise AssertionError("the web process does not answer")


@pytest.fixture(scope="module")
def web(django_db_setup: None, django_db_blocker: Any) -> Iterator[Web]:
    """`yipan web` on the tests' database, as the supervisor starts it."""
    port = free_port()
    with django_db_blocker.unblock():
        url = database_url()
    variables = {
        **os.environ,
        "YIPAN_DATABASE_URL": url,
        "YIPAN_PORT": str(port),
        "YIPAN_HL7_PORT": str(free_port()),
        "YIPAN_SECRET_KEY": settings.SECRET_KEY,
        "YIPAN_PROXIES": "127.0.0.1",
    }
    command = [sys.executable, "-m", "yipan.server.cli", "web"]
    started = Web(subprocess.Popen(command, env=variables, start_new_session=True), port)
    try:
        started.wait_until_it_answers()
        yield started
    finally:
        started.process.terminate()
        try:
            started.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(started.process.pid, signal.SIGKILL)


@dataclass
class Person:
    user: User
    cookie: str


@pytest.fixture
def network(transactional_db: None) -> SmallNetwork:
    return small_network()


@pytest.fixture
def person(network: SmallNetwork) -> Person:
    """A coordinator of the small network with an open session."""
    user = User.objects.create_user("zhou", password="a good password")
    Grant.objects.create(user=user, role=Role.COORDINATOR, organisation=network.organisation)
    client = Client()
    client.force_login(user)
    return Person(user, f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}")


def happen(network: SmallNetwork, kind: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO spine_event (kind, line, at, recorded_at, actor_name, data, site_id)"
            " VALUES (%s, 'test', now(), now(), 'test', '{}', %s)",
            [kind, network.site.id],
        )


def next_message(stream: http.client.HTTPResponse, *, kind: str = "message") -> dict[str, Any]:
    """The next message of this type; others are passed over."""
    fields: dict[str, str] = {}
    while True:
        line = stream.readline().decode()
        assert line, "the stream ended"
        if line == "\n":
            if "data" in fields and fields.get("event", "message") == kind:
                return json.loads(fields["data"]) | {"last": fields.get("id")}
            fields = {}
        else:
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value


def test_health_names_each_part(web: Web, transactional_db: None) -> None:
    """Tables are up to date; no worker and no listener run here, so the state is `degraded` and pages can be used."""
    with connection.cursor() as cursor:  # signs that workers of other tests gave in this database
        cursor.execute("DELETE FROM procrastinate_workers")
    status, body = web.get("/healthz")
    health = json.loads(body)
    assert (status, health["status"]) == (200, "degraded")
    parts = {name: part["ok"] for name, part in health["parts"].items()}
    assert parts == {"database": True, "migrations": True, "worker": False, "events": True, "hl7": False}


def test_behind_a_named_proxy_the_browser_s_own_address_is_counted(web: Web, transactional_db: None) -> None:
    """A wrong password is counted against the address that the proxy tells, not against the proxy."""
    browser = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
    browser.request("GET", "/login")
    answer = browser.getresponse()
    cookie = answer.headers["Set-Cookie"].split(";")[0]
    answer.read()
    form = f"username=nobody&password=wrong&csrfmiddlewaretoken={cookie.partition('=')[2]}"
    browser.request(
        "POST",
        "/login",
        body=form,
        headers={
            "Cookie": cookie,
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-For": "203.0.113.9, 192.0.2.7",
        },
    )
    assert browser.getresponse().status == 200
    assert Attempts.objects.filter(key="nobody 192.0.2.7").exists()
    assert not Attempts.objects.filter(key__contains="127.0.0.1").exists()


def test_live_updates_need_a_session(web: Web, transactional_db: None) -> None:
    """Without a session, or with one that nobody has, the stream is refused."""
    assert web.get("/live") == (401, b'{"code": "login_needed"}')
    assert web.get("/live", cookie=f"{settings.SESSION_COOKIE_NAME}=invented")[0] == 401


def test_an_event_reaches_the_browser_and_is_replayed(web: Web, network: SmallNetwork, person: Person) -> None:
    """The stream begins with the clock, tells a committed event, and tells it again from the id before it."""
    stream = web.open("/live", cookie=person.cookie)
    assert stream.headers["content-type"].startswith("text/event-stream")
    clock = next_message(stream, kind="clock")
    assert clock["now"].endswith("+00:00")
    happen(network, "bed.ready")
    told = next_message(stream)
    assert (told["kind"], told["site"]) == ("bed.ready", str(network.site.id))
    stream.close()
    for headers, query in (({"last_event_id": clock["last"]}, ""), ({}, f"?since={clock['last']}")):
        again = web.open(f"/live{query}", cookie=person.cookie, **headers)
        assert next_message(again)["id"] == told["id"]
        again.close()


def test_open_streams_do_not_keep_pages_waiting(web: Web, person: Person) -> None:
    """More streams than threads for pages are open, and a page still comes: streams live on the event loop."""
    streams = [web.open("/live", cookie=person.cookie) for _ in range(30)]
    assert all(stream.status == 200 for stream in streams)
    began = time.monotonic()
    assert web.get("/healthz")[0] == 200
    assert time.monotonic() - began < 10
    for stream in streams:
        stream.close()


def test_it_ends_quickly_although_streams_are_open(web: Web, person: Person) -> None:
    """SIGTERM ends the streams in good order and the process with code 0, long before anything is killed."""
    stream = web.open("/live", cookie=person.cookie)
    next_message(stream, kind="clock")
    began = time.monotonic()
    web.process.terminate()
    assert stream.read() is not None  # to the regular end of the chunked answer
    assert web.process.wait(20) == 0
    assert time.monotonic() - began < 8


def test_told_to_stop_while_it_notices_a_dead_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM is not lost when it comes between the look for it and the forgetting of what woke the loop."""
    server = _server("127.0.0.1", free_port())

    class Interrupting(dict[int, float]):
        def clear(self) -> None:  # what the loop does between the two
            server.signal_handler_interrupt()

    monkeypatch.setattr(server, "_respawn_workers", lambda *args: None)
    server.respawned_wrks, server.interrupt_children = Interrupting(), [0]
    server.main_loop_interrupt.set()
    loop = threading.Thread(target=server._serve_loop, args=(None, None), daemon=True)
    loop.start()
    loop.join(PATIENCE)
    assert not loop.is_alive()
