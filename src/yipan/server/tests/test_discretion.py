"""A day, and what of its people can be read beside the tables made for it: logs, channels, addresses."""

from __future__ import annotations

import html
import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from yipan.base.access import Role
from yipan.base.network.models import Bed
from yipan.base.patients.models import Patient
from yipan.interop.models import InboundMessage
from yipan.interop.tests.his import His
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import InvalidInput
from yipan.lines.beds.tests.people import signed_in
from yipan.lines.beds.tests.test_request import filled
from yipan.lines.beds.wire import people
from yipan.server import feed, logs
from yipan.spine import outbox
from yipan.spine.models import Booking, Event, OutboxMessage, Request
from yipan.spine.testing import NOON, small_network

CARD, WRONG_CARD = "110101196005011231", "110101196005019999"
SECRETS = (
    "李建国",
    "王秀英",
    "张伟",
    "赵无名",
    "孙小圣",
    "13812345678",
    "13987654321",
    "19600501",
    CARD,
    WRONG_CARD,
    "大桥路",
)
CHANNELS = (
    "yipan_event",
    "yipan_inbound",
    "yipan_outbox",
    "procrastinate_any_queue_v1",
    "procrastinate_queue_v1#default",
)


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """Everything that any logger says, down to DEBUG, as the processes write it."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(logs.Line("{asctime} {levelname} {name}: {message}", style="{"))
    handler.addFilter(logs.Calm())
    names = [None, *logging.root.manager.loggerDict]
    before = [(logger, logger.level, logger.propagate) for logger in map(logging.getLogger, names)]
    for logger, _, _ in before:
        logger.setLevel(logging.DEBUG)
        logger.propagate = True
    logging.root.addHandler(handler)
    yield handler.stream
    logging.root.removeHandler(handler)
    for logger, level, propagate in before:
        logger.setLevel(level)
        logger.propagate = propagate


@pytest.fixture
def heard(transactional_db: None) -> Iterator[list[str]]:
    """Payloads of every NOTIFY, filled when the test has ended its work."""
    settings = {k: v for k, v in connection.get_connection_params().items() if k not in ("cursor_factory", "context")}
    with psycopg.connect(**settings, autocommit=True) as listener:
        for channel in CHANNELS:
            listener.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
        told = _Told(listener)
        yield told


class _Told(list[str]):
    def __init__(self, listener: Any) -> None:
        self._listener = listener

    def gather(self) -> list[str]:
        self.extend(f"{n.channel} {n.payload}" for n in self._listener.notifies(timeout=0.3))
        return self


class Watched(Client):
    """A browser that keeps the addresses it asked for, and the forms it was given."""

    addresses: list[str]
    forms: set[str]

    def request(self, **given: Any) -> Any:
        self.addresses.append(f"{given['PATH_INFO']}?{given.get('QUERY_STRING', '')}")
        answer = super().request(**given)
        self.addresses.append(answer.headers.get("Location", ""))
        if not answer.streaming:
            for tag, body in re.findall(r"<form\b([^>]*)>(.*?)</form>", answer.content.decode(), re.DOTALL):
                if 'method="post"' not in tag:
                    self.forms |= set(re.findall(r'name="([^"]+)"', body))
        return answer


def messages(his: His, beds: list[Bed], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hospital system tells: an admission, a transfer, mistakes, and one that meets a bug."""
    his.say("A01", "P1", beds[0], PID_13="13812345678", PID_11="大桥路 1 号", DG1_3="I63.9^脑梗死")
    his.say("A08", "P1", beds[0], PID_13="13987654321")
    his.say("A02", "P1", beds[1], PV1_6=beds[0].code)
    his.say("A01", "P2", beds[1])
    his.say("A01", "P3", PV1_3="W^R^99")
    his.say("A28", "P3", PID_7="19990230", PID_8="Q")
    his.say("A28", "P3", PID_7="21000101")
    his.say("A28", CARD, PID_3=f"{CARD}^^^HIS^NI")
    his.say("A03", "P9")
    his.say("A40", "P1", MRG_1="P2")
    his.tell("A28", "P2")
    real = people.registered
    monkeypatch.setattr(people, "registered", _broken)
    his.say("A28", "P3")
    monkeypatch.setattr(people, "registered", real)


def _broken(*given: Any, **more: Any) -> None:
    raise RuntimeError(SECRETS[0])


def desk(client: Watched, network: Any, beds: list[Bed]) -> None:
    """What a coordinator does: looks for people, makes mistakes in forms, asks for a bed, takes somebody in."""
    for path in ("/search", "/patients/"):
        client.get(path)
        for text in ("李建国", CARD, "13812345678"):
            client.post(path, {"q": text})
            client.post(path, {"q": text}, headers={"hx-request": "true"})
    new = {"name": "孙小圣", "sex": "male", "birth_date": "1960-05-01", "phone": "13812345678"}
    client.post("/patients/new", new | {"phone": "138 孙小圣"})
    client.post("/patients/new", new | {"national_id": WRONG_CARD})
    client.post("/patients/new", new | {"birth_date": "19600501"})
    client.post("/patients/new", new | {"national_id": CARD})
    patient = Patient.objects.get(name="孙小圣")
    client.get(f"/patients/{patient.pk}")
    client.post(f"/patients/{patient.pk}/identifier", {"type": "NI", "value": WRONG_CARD})
    client.post(f"/patients/{patient.pk}/merge", {"value": CARD + "1", "reason": "x"})
    client.get("/desk/new")
    client.post(reverse("desk-patients"), {"q": "李建国"}, headers={"hx-request": "true"})
    client.post("/desk/new", filled(network, patient="new", name="王秀英", id_number=WRONG_CARD, phone="1381234567"))
    client.post("/desk/new", filled(network, patient=patient.pk))
    request = Request.objects.get(patient=patient)
    client.get(f"/desk/{request.pk}")
    client.post(reverse("request-hold", args=[request.pk]), {"bed": beds[-1].pk})
    for step in ("bed-ready", "bed-arrive", "bed-depart"):
        booking = Booking.objects.filter(patient=patient).order_by("-created_at").first()
        if booking is not None:
            client.post(reverse(step, args=[booking.pk]))
    for path in ("/", "/beds", "/waiting", "/wards?all=1", "/messages", f"/desk/{request.pk}/swap", "/nothing/here"):
        client.get(path)
    client.post(reverse("interop:messages"), {"q": CARD})


def failing_effects(monkeypatch: pytest.MonkeyPatch) -> None:
    """An effect that the database refuses, whose answer quotes the whole row."""

    def refused(key: str, payload: dict[str, Any]) -> None:
        Patient(name=SECRETS[0], pinyin="", initials="", sex="wrong", created_at=NOON, updated_at=NOON).save()

    monkeypatch.setitem(outbox._handlers, "broken", refused)
    with transaction.atomic():
        outbox.put(topic="broken", key="broken", payload={})
    while outbox.relay_once():
        pass


def columns(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT row_to_json(t)::text FROM {table} AS t")
        return "\n".join(row[0] for row in cursor.fetchall())


def stream() -> str:
    """What live pages are sent of all that happened."""
    with connection.cursor() as cursor:
        cursor.execute(feed.READ, ["0", [], 5000])
        return b"".join(feed._change(*row[1:]).data for row in cursor.fetchall() if row[1] is not None).decode()


@pytest.mark.django_db(transaction=True)
def test_a_day_leaves_names_and_numbers_nowhere_else(
    said: io.StringIO, heard: _Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Logs down to DEBUG, NOTIFY, live updates, wishes, jobs, events, reasons of messages, audit and addresses hold no
    name, card number, phone number or address of anybody, whatever went well or wrong."""
    with clock.using(FrozenClock(NOON)):
        network = small_network()
        beds = network.beds["neurology"]
        client = signed_in(network.organisation, Role.COORDINATOR)
        client.__class__ = Watched
        client.addresses, client.forms, client.raise_request_exception = [], set(), False
        messages(His(network), beds, monkeypatch)
        desk(client, network, beds)
        failing_effects(monkeypatch)
        places = {
            "logs": said.getvalue(),
            "notify": "\n".join(heard.gather()),
            "live": stream(),
            "addresses": html.unescape("\n".join(client.addresses)),
        }
    for table in ("spine_outboxmessage", "spine_event", "procrastinate_jobs", "interop_inboundmessage", "audit_entry"):
        places[table] = columns(table)
    # The day did happen: otherwise nothing is found because there is nothing.
    assert len(places["logs"]) > 1000 < len(places["live"])
    assert places["notify"].count("yipan_event") > 5
    assert OutboxMessage.objects.filter(topic="broken", attempts=1).exists()
    assert Event.objects.filter(kind="booking.arrived").count() >= 1
    assert InboundMessage.objects.filter(error_code="internal").exists()
    leaks = [(place, s, _around(text, s)) for place, text in places.items() for s in SECRETS if s in text]
    assert leaks == []
    assert not client.forms & {"name", "phone", "id_number", "national_id", "address"}


def _around(text: str, secret: str) -> str:
    at = text.index(secret)
    return text[max(0, at - 160) : at + 60]


def test_errors_quote_no_person_in_logs() -> None:
    """An error as logs show it names its code, and not what somebody typed."""
    told = str(InvalidInput("phone_shape", value="13812345678", field="phone"))
    assert "13812345678" not in told
    assert told.startswith("phone_shape")
    assert "phone'" in told


def test_tracebacks_quote_nobody() -> None:
    """A traceback keeps kinds and places of errors; what they say, and the row that PostgreSQL quotes, is left out."""
    quoted = 'new row violates check "x"\nDETAIL:  Failing row contains (李建国,\n13812345678).'
    try:
        try:
            raise ValueError(quoted)
        except ValueError as first:
            raise RuntimeError("later") from first
    except RuntimeError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, "broken", (), (RuntimeError, error, error.__traceback__)
        )
    text = logs.Line("{message}", style="{").format(record)
    assert "李建国" not in text
    assert "13812345678" not in text
    for kept in ("ValueError", "RuntimeError", "test_discretion.py", "broken"):
        assert kept in text
    assert json.dumps(text)
