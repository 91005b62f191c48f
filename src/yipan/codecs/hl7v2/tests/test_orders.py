"""Order messages to events and back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.codecs.hl7v2 import parse
from yipan.codecs.hl7v2.orders import KINDS, OrderEvent, build_order, order_event
from yipan.codecs.hl7v2.tests.samples import SAMPLES, needs_samples
from yipan.codecs.hl7v2.tests.told import order_events, plain
from yipan.codecs.hl7v2.types import CWE, EI, XCN
from yipan.codecs.hl7v2.writer import Envelope
from yipan.kernel.errors import InvalidInput

CHINA = ZoneInfo("Asia/Shanghai")
HEAD = "MSH|^~\\&|HIS|CITY|||20260301080000+0800||{kind}|M1|P|2.5"
CT = (
    "PID|1||P1^^^HIS^MR||李^娜||19900307|F",
    "PV1|1|I|N3^301^02||||D7^王^强|||NEU|||||||||V100",
    "ORC|NW|A-1^HIS|||||^^^20260301090000^^S||20260301075500|||D7^王^强|||||NEU^神经内科",
    "OBR|1|A-1^HIS||CT01^头颅CT^L^24725-4^CT Head^LN|||||||||突发偏瘫|||D7^王^强" + "|" * 15 + "I63.9^脑梗死^ICD-10",
    "NTE|1||对比剂过敏",
    "DG1|1||I63.9^脑梗死^ICD-10",
)


def event(*segments: str, kind: str = "ORM^O01") -> OrderEvent:
    return order_event(parse("\r".join((HEAD.format(kind=kind), *segments)).encode()), CHINA)


def test_an_order_says_what_for_whom_and_how_soon() -> None:
    """Numbers, service with both codings, priority, times, doctor, reason and remarks of an order are there."""
    e = event(*CT)
    (order,) = e.orders
    assert (e.name.text if e.name else "", e.patient_class, e.visit_number, e.kind) == ("李娜", "I", "V100", "ORM^O01")
    assert (order.control, order.placer, order.filler) == ("NW", EI("A-1", "HIS"), None)
    assert order.service is not None
    assert (order.service.label, order.service.codings) == ("头颅CT", (("L", "CT01"), ("LN", "24725-4")))
    assert (order.priority, order.clinical, order.notes) == ("S", "突发偏瘫", ("对比剂过敏",))
    assert order.requested_at is not None
    assert order.requested_at.at == datetime(2026, 3, 1, 1, tzinfo=UTC)
    assert (order.provider, order.department) == (XCN("D7", "王", "强"), CWE("NEU", "神经内科"))
    assert order.reason == CWE("I63.9", "脑梗死", "ICD-10")


def test_each_service_is_an_order_and_shares_its_orc() -> None:
    """Two OBR under one ORC are two orders; an OBR without any ORC is one; an ORC without OBR is one too."""
    e = event("PID|1||P1", "ORC|NW|1", "OBR|1|||A", "NTE|1||x", "OBR|2|||B", "ORC|CA|2", "ORC|XO|3", "OBR|1|||C")
    told = [(o.control, o.placer and o.placer.id, o.service and o.service.code, o.notes) for o in e.orders]
    assert told == [("NW", "1", "A", ("x",)), ("NW", "1", "B", ()), ("CA", "2", None, ()), ("XO", "3", "C", ())]
    assert [o.place for o in e.orders] == ["OBR[1]", "OBR[2]", "ORC[2]", "OBR[3]"]
    assert [o.control for o in event("PID|1", "OBR|1|||A", kind="OML^O21").orders] == [None]


def test_earlier_results_are_no_orders() -> None:
    """Groups under ORC-1 PR, and an OBR without ORC behind a second patient, were sent along for information."""
    order = ("PID|1||P1", "ORC|NW|1", "OBR|1|||A")
    assert len(event(*order, "ORC|PR|0", "OBR|1|||OLD", kind="OML^O21").orders) == 1
    assert len(event(*order, "PID|1||P1", "OBR|1|||OLD", "OBX|1|NM|X||3", kind="OML^O21").orders) == 1
    later = event(*order, "PV1|1|O", "OBR|1|||OLD", "ORC|NW|2", "OBR|1|||B", kind="OMG^O19").orders
    assert [o.placer and o.placer.id for o in later] == ["1", "2"]


def test_priority_and_time_of_newer_versions() -> None:
    """TQ1 says when and how soon, before ORC-7 and OBR-27."""
    e = event("PID|1", "ORC|NW|1|||||^^^20260301^^R", "TQ1|1||||||20260302080000||A", "OBR|1|||A", kind="OML^O21")
    assert e.orders[0].priority == "A"
    assert e.orders[0].requested_at is not None
    assert e.orders[0].requested_at.at == datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("segments", "kind", "code", "where"),
    [
        (CT, "ADT^A01", "hl7_not_order", "MSH-9"),
        (CT[1:], "ORM^O01", "hl7_segment_missing", "PID"),
        (CT[:2], "ORM^O01", "hl7_segment_missing", "ORC"),
        (("PID|1", "ORC|NW|1", "OBR|1", "ORC||2", "OBR|1"), "ORM^O01", "hl7_field_missing", "ORC[2]-1"),
        (("PID|1", "ORC|NW|1|||||^^^soon", "OBR|1"), "ORM^O01", "hl7_time", "ORC-7"),
        (("PID|1", "OBR|1", "OBR|2||||R|1.3.26"), "OML^O21", "hl7_time", "OBR[2]-6"),
        (("PID|1|||||||Q", "OBR|1"), "OML^O21", "hl7_value_unknown", "PID-8"),
    ],
)
def test_malformed_part_is_named(segments: tuple[str, ...], kind: str, code: str, where: str) -> None:
    """A part that cannot be understood is refused with its place."""
    with pytest.raises(InvalidInput) as caught:
        event(*segments, kind=kind)
    assert (caught.value.code, caught.value.params["where"]) == (code, where)


@settings(max_examples=25)
@given(order_events, st.sampled_from(["2.3", "2.5", "2.8"]), st.sampled_from(["UNICODE UTF-8", "GB18030"]))
def test_an_order_is_read_as_built(told: OrderEvent, version: str, charset: str) -> None:
    """Whatever an order says comes back after the wire, in every version and character set."""
    envelope = Envelope(
        sender=(told.sending_application or "", told.sending_facility or ""), version=version, charset=charset
    )
    message = build_order(told, at=datetime(2026, 3, 1, tzinfo=UTC), envelope=envelope)
    back = order_event(parse(message.encode()), CHINA)
    assert plain(back) == plain(told)
    assert back.birth_date == (told.birth.at.date() if told.birth else None)


@settings(max_examples=60)
@given(st.integers(0, 420), st.sampled_from([b"", b"|", b"^", b"~", b"\r", b"9", b'""', b"\\", b"&"]))
def test_damaged_message_is_an_event_or_refused(position: int, junk: bytes) -> None:
    """However an order is damaged, reading it gives an event or InvalidInput that names the place."""
    raw = "\r".join((HEAD.format(kind="ORM^O01"), *CT)).encode()
    try:
        order_event(parse(raw[:position] + junk + raw[position + 1 :]), CHINA)
    except InvalidInput as error:
        assert error.params["where"]


@needs_samples
@pytest.mark.parametrize("path", [p for p in SAMPLES if p.name.split("-")[0] in ("ORM", "OML", "OMG")], ids=str)
def test_sample_is_an_order(path: Path) -> None:
    """Every sample of the three kinds is read with its patient and its services."""
    message = parse(path.read_bytes())
    assert f"{message.type}^{message.trigger}" in KINDS
    e = order_event(message, CHINA)
    assert e.identifiers
    assert e.name is not None
    assert all(order.service or order.placer for order in e.orders)
