"""HL7 messages a second, stored and acknowledged over eight connections, and applied; against python-hl7's own echo."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import timedelta

from hl7.mllp import start_hl7_server

from benchmarks.trust.processes import free_port, listens, running
from benchmarks.trust.report import Report
from yipan.codecs.hl7v2.build import Envelope, Person, Stay, build_adt
from yipan.codecs.hl7v2.framing import frame
from yipan.codecs.hl7v2.types import CX, HD, PL, XPN

CONNECTIONS = 8
END = b"\x1c\r"
ACCEPTED = re.compile(rb"\rMSA\|[AC]A")


def measure(report: Report, count: int) -> None:
    """Send `count` messages about as many people: known to the network, admitted to a free bed, discharged."""
    from yipan.interop.models import InboundMessage, MessageState

    lanes = [list(lane) for lane in _lanes(count)]
    total = sum(len(lane) for lane in lanes)
    echo = asyncio.run(_echo(lanes))
    port = free_port()
    with running("hl7", "listen", ready=listens(port), YIPAN_HL7_PORT=str(port)):
        begin = time.monotonic()
        asyncio.run(_send(port, lanes))
        stored = time.monotonic() - begin
        while InboundMessage.objects.filter(state=MessageState.RECEIVED).exists():
            time.sleep(0.05)
        applied = time.monotonic() - begin
    ended = InboundMessage.objects.filter(state=MessageState.APPLIED).count()
    baseline = f"python-hl7 echo {echo:,.0f} /s"
    report.at_least("messages stored and acknowledged, 8 connections", total / stored, "/s", 1000, baseline)
    report.at_least(f"messages applied ({ended:,} of {total:,})", total / applied, "/s", 500, baseline)


def _lanes(count: int):  # type: ignore[no-untyped-def]
    """The messages of each connection: every one is a hospital's own system."""
    from yipan.base.network.models import Bed, Organisation
    from yipan.interop.models import Source
    from yipan.kernel import clock

    hospitals = list(Organisation.objects.filter(kind="general_hospital").order_by("code")[:CONNECTIONS])
    people = count // (3 * CONNECTIONS)
    for hospital in hospitals:
        Source.objects.get_or_create(
            application="HIS",
            facility=hospital.code,
            defaults={"organisation": hospital, "assigners": {hospital.code: hospital.code}},
        )
        beds = Bed.objects.filter(capacity__bookings=None, room__ward__site__organisation=hospital)
        free = list(beds.select_related("room__ward").order_by("code")[:people])
        now = clock.now() - timedelta(hours=2)
        yield [
            _message(trigger, hospital.code, n, bed, now + timedelta(seconds=minutes * 60 + n))
            for trigger, minutes in (("A28", 0), ("A01", 20), ("A03", 60))
            for n, bed in enumerate(free)
        ]


def _message(trigger: str, hospital: str, number: int, bed, at) -> bytes:  # type: ignore[no-untyped-def]
    person = Person(
        identifiers=(CX(id=f"{number:08}", assigner=HD(namespace=hospital), type="MR"),),
        name=XPN(family="王", given=f"{chr(0x5000 + number % 3000)}", representation="I"),
        sex="male" if int(bed.room.label) % 2 == 0 else "female",
    )
    location = PL(point_of_care=bed.room.ward.code, room=bed.room.label, bed=bed.label)
    stay = Stay(location=location, admitted_at=at, discharged_at=at) if trigger != "A28" else None
    envelope = Envelope(sender=("HIS", hospital))
    control = f"{hospital}{trigger}{number:06}"
    return bytes(build_adt(trigger, control_id=control, at=at, patient=person, stay=stay, envelope=envelope).encode())


async def _send(port: int, lanes: list[list[bytes]]) -> None:
    await asyncio.gather(*(_one(port, lane) for lane in lanes))


async def _one(port: int, lane: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for message in lane:
        writer.write(frame(message))
        answer = await reader.readuntil(END)
        assert ACCEPTED.search(answer), answer
    writer.close()


async def _echo(lanes: list[list[bytes]]) -> float:
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
