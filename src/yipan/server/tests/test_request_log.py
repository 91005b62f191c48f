"""The line about each request, and the name that goes with it through effects and jobs."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from yipan.base.jobs.queue import _traced
from yipan.kernel import trace
from yipan.kernel.ids import new_id
from yipan.server.logs import Calm, Discreet, Json, Line, configuration
from yipan.spine import outbox
from yipan.spine.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    return caplog


def as_json(record: logging.LogRecord) -> dict[str, Any]:
    """The record as the process would write it."""
    fields = configuration("INFO", "json")["formatters"]["json"]
    assert Calm().filter(record)
    assert Discreet().filter(record)
    told = {name: value for name, value in fields.items() if name != "()"}
    return json.loads(Json(**told).format(record))


def test_one_line_for_each_request(client: Client, lines: pytest.LogCaptureFixture) -> None:
    """Route, status, time and user; neither the identifier in the address nor what was searched for."""
    user = User.objects.create_user("zhou", password="a good password")
    client.force_login(user)
    who = new_id()
    answer = client.get(f"/patients/{who}?q=李建国", headers={"x-request-id": "from-the-proxy-1"})
    assert answer.headers["X-Request-ID"] == "from-the-proxy-1"
    (record,) = [r for r in lines.records if r.name == "yipan.access"]
    with trace.using("from-the-proxy-1"):
        told = as_json(record)
    assert told["level"] == "INFO"
    assert told["trace"] == "from-the-proxy-1"
    assert (told["method"], told["status"], told["user"]) == ("GET", answer.status_code, user.pk)
    assert told["milliseconds"] >= 0
    everything = "\n".join(json.dumps(as_json(r), ensure_ascii=False, default=str) for r in lines.records)
    assert str(who) not in everything
    assert "李建国" not in everything


@pytest.mark.parametrize("told", ["", "x", "with space in it", "line\nbreak-in-it", "a" * 65])
def test_a_name_that_cannot_be_one_is_replaced(client: Client, told: str) -> None:
    """What a stranger sends as a request's name is taken only when it is short and plain."""
    name = trace.accepted(told)
    assert name != told
    assert len(name) == 16


def test_machines_that_ask_often_are_not_logged(client: Client, lines: pytest.LogCaptureFixture) -> None:
    """Health and metrics leave no line at INFO."""
    for path in ("/healthz", "/readyz", "/metrics"):
        client.get(path)
    assert [r for r in lines.records if r.name == "yipan.access"] == []


def failed(error: Exception) -> logging.LogRecord:
    import sys

    try:
        raise error
    except Exception:
        return logging.LogRecord("test", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())


def test_exceptions_do_not_tell_what_they_hold() -> None:
    """A traceback shows type and place, in both forms; the text, which may quote a patient, does not appear."""
    record = failed(ValueError("patient 李建国 110101196001011234"))
    for text in (as_json(record)["exc_info"], Line("{message}", style="{").format(record)):
        assert "ValueError" in text
        assert "test_request_log.py" in text
        assert "1960" not in text.replace("test_", "")
        assert "李建国" not in text.split("raise error")[-1]


def test_an_effect_carries_the_name_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Request → outbox → handler: one name."""
    heard: list[str] = []
    monkeypatch.setitem(outbox._handlers, "test.trace", lambda key, payload: heard.append(trace.current()))
    with trace.using("request-0001"):
        outbox.put(topic="test.trace", key="k", payload={})
    assert OutboxMessage.objects.get(key="k").trace == "request-0001"
    while outbox.relay_once():
        continue
    assert heard == ["request-0001"]


def test_a_job_carries_the_name_on() -> None:
    """A job runs under the name that it was asked for with, and its function does not see the extra argument."""
    heard: list[tuple[str, dict[str, Any]]] = []

    def job(**arguments: Any) -> None:
        heard.append((trace.current(), arguments))

    _traced(job)(a=1, _trace="request-0002")
    _traced(job)(a=2)
    assert heard == [("request-0002", {"a": 1}), ("", {"a": 2})]
