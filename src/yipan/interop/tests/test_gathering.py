"""Messages of several senders, stored together."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import DataError

from yipan.base import unit
from yipan.codecs.hl7v2.ack import read_answer
from yipan.interop import gathering
from yipan.interop.gathering import Gathering
from yipan.interop.inbound import Arrival, receive_all
from yipan.interop.models import InboundMessage
from yipan.interop.tests.his import PEER, His
from yipan.kernel.errors import Unavailable


def gathered(store: Any, first: bytes, then: Sequence[bytes], until: threading.Event) -> list[Any]:
    """What is answered to one message, and to others that come while it is being stored."""

    async def all_of_them() -> list[Any]:
        with ThreadPoolExecutor(1) as threads:
            gate = Gathering(store, threads, 1)
            begun = asyncio.ensure_future(gate.take(first, PEER))
            await asyncio.sleep(0)
            others = [asyncio.ensure_future(gate.take(raw, PEER)) for raw in then]
            await asyncio.sleep(0)
            until.set()
            return await asyncio.gather(begun, *others, return_exceptions=True)

    return asyncio.run(all_of_them())


def test_what_comes_meanwhile_is_stored_together() -> None:
    """What comes while a batch is written is one batch, in the order of arrival; each sender gets its own answer."""
    batches, go_on = [], threading.Event()

    def store(arrivals: Sequence[Arrival]) -> list[bytes | None]:
        go_on.wait(30)
        batches.append([a.raw for a in arrivals])
        return [a.raw.upper() for a in arrivals]

    assert gathered(store, b"a", [b"b", b"c"], go_on) == [b"A", b"B", b"C"]
    assert batches == [[b"a"], [b"b", b"c"]]


@pytest.mark.parametrize(("linger", "batches"), [(30.0, [b"ab", b"cd"]), (0.0, [b"ab", b"c", b"d"])])
def test_those_who_were_answered_together_are_stored_together(
    monkeypatch: pytest.MonkeyPatch, linger: float, batches: list[bytes]
) -> None:
    """After a batch the next one waits for as many messages; without that wait the quickest sender's goes alone."""
    monkeypatch.setattr(gathering, "LINGER", linger)
    stored: list[bytes] = []

    def store(arrivals: Sequence[Arrival]) -> list[bytes | None]:
        stored.append(b"".join(a.raw for a in arrivals))
        return [None for _ in arrivals]

    async def send() -> None:
        with ThreadPoolExecutor(1) as threads:
            gate = Gathering(store, threads, 1)
            await asyncio.gather(gate.take(b"a", PEER), gate.take(b"b", PEER))
            quick = asyncio.ensure_future(gate.take(b"c", PEER))
            done, _ = await asyncio.wait({quick}, timeout=0.0 if linger else 20)
            assert bool(done) == (not linger)
            await asyncio.gather(quick, gate.take(b"d", PEER))

    asyncio.run(asyncio.wait_for(send(), 25))
    assert stored == batches


def test_a_store_that_fails_fails_everybody_who_waits() -> None:
    """Whoever waits hears of a failure, and what comes afterwards is taken again."""
    go_on = threading.Event()

    def store(arrivals: Sequence[Arrival]) -> list[bytes | None]:
        go_on.wait(30)
        if arrivals[0].raw == b"a":
            raise Unavailable("database_away")
        return [b"stored"]

    first, second = gathered(store, b"a", [b"b"], go_on)
    assert isinstance(first, Unavailable)
    assert second == b"stored"


def test_one_message_takes_no_others_with_it(his: His, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that the database refuses is answered CE; the others of its batch are stored and answered CA."""
    real = unit.insert_when

    def picky(query: str, params: Sequence[Any], new: Sequence[Any]) -> bool:
        if any(row.control_id == "C2" for row in new):
            raise DataError("refused")
        return real(query, params, new)

    monkeypatch.setattr(unit, "insert_when", picky)
    answers = receive_all([Arrival(his.raw("A28", who), PEER) for who in ("P1", "P2", "P3")])
    assert [read_answer(answer or b"").code for answer in answers] == ["CA", "CE", "CA"]
    assert list(InboundMessage.objects.order_by("id").values_list("control_id", flat=True)) == ["C1", "C3"]


def test_a_repetition_within_a_batch_is_stored_once(his: His) -> None:
    """The same message twice in one batch is one message, and both are acknowledged."""
    raw = his.raw("A28")
    answers = receive_all([Arrival(raw, PEER), Arrival(raw, PEER)])
    assert [read_answer(answer or b"").code for answer in answers] == ["CA", "CA"]
    assert InboundMessage.objects.count() == 1
