"""HL7 messages a second, stored and acknowledged over eight connections, and applied; against python-hl7's own echo."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence

from hl7.mllp import start_hl7_server

from benchmarks.trust import mixes
from benchmarks.trust.mixes import Lane, Told
from benchmarks.trust.processes import free_port, listens, running
from benchmarks.trust.report import Report
from yipan.codecs.hl7v2.framing import frame

CONNECTIONS = 8
FIRST = 10
"""Messages of each connection before the clock starts."""
END = b"\x1c\r"
ACCEPTED = re.compile(rb"\rMSA\|[AC]A")

Mix = tuple[Callable[[Sequence[Told]], Iterator[bytes]], int, int]
MIXES: dict[str, Mix] = {"a day's mix": (mixes.day, 10, 2), "comings and goings only": (mixes.turmoil, 3, 1)}
"""Name → what is sent of many stays, how many messages of each, and how many beds each needs."""


def measure(report: Report, count: int) -> None:
    """Send about `count` messages of each mix. When the clock starts, the processes have started and applied a few:
    what they load once is not counted.
    """
    from yipan.interop.models import InboundMessage, MessageState

    for number, (name, mix) in enumerate(MIXES.items()):
        lanes = list(_lanes(mix, count, number * 1_000_000))
        baseline = f"python-hl7 echo {asyncio.run(_echo(lanes)):,.0f} /s"
        port = free_port()
        with running("hl7", "listen", ready=_ready(port), YIPAN_HL7_PORT=str(port)):
            asyncio.run(_send(port, [lane[:FIRST] for lane in lanes]))
            _wait_until_applied()
            lanes = [lane[FIRST:] for lane in lanes]
            begin = time.monotonic()
            asyncio.run(_send(port, lanes))
            stored = time.monotonic() - begin
            _wait_until_applied()
            applied = time.monotonic() - begin
        total = sum(len(lane) for lane in lanes)
        left = InboundMessage.objects.exclude(state__in=[MessageState.APPLIED, MessageState.IGNORED]).count()
        report.at_least(
            f"messages stored and acknowledged, 8 connections, {name}", total / stored, "/s", 1000, baseline
        )
        report.at_least(
            f"messages applied, {name} ({total - left:,} of {total:,})", total / applied, "/s", 500, baseline
        )


def _wait_until_applied() -> None:
    from yipan.interop.models import InboundMessage, MessageState

    while InboundMessage.objects.filter(state=MessageState.RECEIVED).exists():
        time.sleep(0.05)


def _ready(port: int) -> Callable[[], object]:
    """The listener answers and the process that applies has said that it is at work."""
    from yipan.server import presence

    def ready() -> None:
        listens(port)()
        if not any(process.part == "apply" and process.is_alive for process in presence.seen()):
            raise OSError("nobody applies yet")

    return ready


def _lanes(mix: Mix, count: int, first: int) -> Iterator[Lane]:
    """The messages of each connection: every one is a hospital's own system."""
    say, messages, beds_each = mix
    from yipan.base.network.models import Bed, Organisation
    from yipan.interop.models import Source

    hospitals = Organisation.objects.filter(kind="general_hospital").order_by("code")[:CONNECTIONS]
    for place, hospital in enumerate(hospitals):
        Source.objects.get_or_create(
            application="HIS",
            facility=hospital.code,
            defaults={"organisation": hospital, "assigners": {hospital.code: hospital.code}},
        )
        beds = Bed.objects.filter(capacity__bookings=None, room__ward__site__organisation=hospital)
        free = beds.select_related("room__ward", "department").order_by("code")
        wanted = count // (messages * CONNECTIONS) * beds_each
        yield list(say(mixes.stays(hospital.code, list(free[:wanted]), first + place * 10_000, beds_each)))


async def _send(port: int, lanes: list[Lane]) -> None:
    await asyncio.gather(*(_one(port, lane) for lane in lanes))


async def _one(port: int, lane: Lane) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for message in lane:
        writer.write(frame(message))
        answer = await reader.readuntil(END)
        assert ACCEPTED.search(answer), answer
    writer.close()


async def _echo(lanes: list[Lane]) -> float:
    """python-hl7's server on its own event loop in this process, answering with an acknowledgement, storing nothing."""

    async def answer(reader, writer) -> None:  # type: ignore[no-untyped-def]
        try:
            while not writer.is_closing():
                message = await reader.readmessage()
                writer.writemessage(message.create_ack())
                await writer.drain()
        except asyncio.IncompleteReadError:
            writer.close()

    port = free_port()
    server = await start_hl7_server(answer, host="127.0.0.1", port=port, encoding="utf-8")
    async with server:
        begin = time.monotonic()
        few = [lane[: max(len(lane) // 4, 20)] for lane in lanes]
        await _send(port, few)
        return sum(len(lane) for lane in few) / (time.monotonic() - begin)
