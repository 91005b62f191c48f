"""Orders: ORM^O01, OML^O21 and OMG^O19 to an `OrderEvent` and back (HL7 v2.8, chapter 4).

Each ORC begins an order and each OBR behind it is one service of it; an OBR without an ORC is an order by itself. What
OML and OMG send along of earlier results (PRIOR_RESULT) is no order: groups with ORC-1 `PR`, and an OBR without ORC
behind a second PID or PV1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from yipan.codecs.hl7v2.event import PatientEvent
from yipan.codecs.hl7v2.message import Message, Segment
from yipan.codecs.hl7v2.patients import patient_segments, patient_values
from yipan.codecs.hl7v2.reader import Line, header, lines_of
from yipan.codecs.hl7v2.timestamp import Timestamp
from yipan.codecs.hl7v2.types import CWE, EI, XCN
from yipan.codecs.hl7v2.writer import Envelope, Writer
from yipan.kernel.errors import InvalidInput

KINDS = {"ORM^O01": "ORM_O01", "OML^O21": "OML_O21", "OMG^O19": "OMG_O19"}
"""Kind of message → its structure (MSH-9.3)."""

PRIOR = "PR"
"""ORC-1 of an earlier result that is sent along with an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One service that is ordered, changed or withdrawn. `control` is a code of table 0119: NW, CA, XO …

    `place` names the segment that errors about it speak of. `priority` is that of table 0485 (S, A, R, T …).
    """

    control: str | None = None
    placer: EI | None = None
    filler: EI | None = None
    group: EI | None = None
    status: str | None = None
    service: CWE | None = None
    priority: str | None = None
    requested_at: Timestamp | None = None
    ordered_at: Timestamp | None = None
    provider: XCN | None = None
    department: CWE | None = None
    reason: CWE | None = None
    clinical: str | None = None
    notes: tuple[str, ...] = ()
    place: str = field(default="OBR", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent(PatientEvent):
    """What one order message says about one patient."""

    kind: str
    orders: tuple[Order, ...] = ()


def order_event(message: Message, zone: tzinfo) -> OrderEvent:
    """Read an order message. Times without an offset are in that of MSH-7, or else in `zone`.

    Raises InvalidInput with `where`: `hl7_not_order`, `hl7_version_unknown`, `hl7_field_missing`,
    `hl7_segment_missing`, `hl7_time`, `hl7_value_unknown`.
    """
    kind = f"{message.type}^{message.trigger}"
    if kind not in KINDS:
        raise InvalidInput("hl7_not_order", where="MSH-9", segment=1, type=kind)
    common, zone = header(message, zone)
    if not message.has("PID"):
        raise InvalidInput("hl7_segment_missing", where="PID", trigger=kind)
    lines = lines_of(message)
    patient = patient_values(lines, zone)
    orders = tuple(_order(group, zone) for group in _groups(lines))
    if not orders:
        raise InvalidInput("hl7_segment_missing", where="ORC", trigger=kind)
    return OrderEvent(kind=kind, **common, **patient, orders=orders)


Group = list[Line]
"""ORC, OBR and what stands behind them up to the next order."""


def _groups(lines: list[Line]) -> Iterator[Group]:
    """The orders of a message, each OBR with the ORC that it stands under."""
    head: Group = []
    group: Group = []
    earlier = False  # behind a second PID or PV1 an OBR without an ORC is an earlier result
    for line in lines:
        name = line.segment.name
        if name == "ORC":
            yield from _finished(group or head)
            head, group, earlier = [line], [], False
        elif name in ("PID", "PV1"):
            earlier = bool(group or head)
        elif earlier:
            continue
        elif name == "OBR":
            yield from _finished(group)
            group = [*head, line]
        elif group or head:
            (group or head).append(line)
    yield from _finished(group or head)


def _finished(group: Group) -> Iterator[Group]:
    if group and _named(group, "ORC").text(1) != PRIOR:
        yield group


def _named(group: Group, name: str) -> Line:
    """The segment of a name in a group, or an empty one."""
    found = next((line for line in group if line.segment.name == name), None)
    return found or Line(group[0].number, 1, Segment(name, (), group[0].segment.separators))


def _order(group: Group, zone: tzinfo) -> Order:
    orc, obr, timing = (_named(group, name) for name in ("ORC", "OBR", "TQ1"))
    if orc in group and not orc.text(1):
        raise InvalidInput("hl7_field_missing", **orc.where(1))
    notes = [line.text(3) for line in _behind_obr(group) if line.segment.name == "NTE"]
    first = obr if obr in group else orc
    return Order(
        control=orc.text(1),
        placer=orc.first(2, EI) or obr.first(2, EI),
        filler=orc.first(3, EI) or obr.first(3, EI),
        group=orc.first(4, EI),
        status=orc.text(5),
        service=obr.first(4, CWE),
        priority=timing.text(9) or orc.text(7, 6) or obr.text(27, 6) or obr.text(5),
        requested_at=timing.time(7, zone) or orc.time(7, zone, 4) or obr.time(27, zone, 4) or obr.time(6, zone),
        ordered_at=orc.time(9, zone),
        provider=orc.first(12, XCN) or obr.first(16, XCN),
        department=orc.first(17, CWE),
        reason=obr.first(31, CWE),
        clinical=obr.text(13) or obr.text(13, 2),
        notes=tuple(note for note in notes if note),
        place=f"{first.segment.name}[{first.occurrence}]",
    )


def _behind_obr(group: Group) -> Group:
    """What speaks of the service itself: behind OBR, before the specimen."""
    names = [line.segment.name for line in group]
    start = names.index("OBR") if "OBR" in names else len(names)
    end = next((i for i in range(start, len(names)) if names[i] in ("OBX", "SPM")), len(names))
    return group[start:end]


def build_order(event: OrderEvent, *, at: datetime, envelope: Envelope = Envelope()) -> Message:
    """The message of an event; `at` (aware) is when it is sent. `order_event` gives back what was put in.

    Raises InvalidInput `hl7_not_order`, `hl7_charset_unknown`.
    """
    if event.kind not in KINDS:
        raise InvalidInput("hl7_not_order", where="MSH-9", type=event.kind)
    writer = Writer(envelope)
    kind, trigger = event.kind.split("^")
    lines = [writer.header((kind, trigger, KINDS[event.kind]), event.message_control_id, at)]
    lines += patient_segments(event, writer)
    for number, order in enumerate(event.orders, start=1):
        lines += _segments(order, number, writer)
    return writer.message(lines)


def _segments(order: Order, number: int, writer: Writer) -> list[Segment]:
    timing = writer.parts({4: writer.told_time(order.requested_at), 6: writer.text(order.priority)})
    orc = {
        1: writer.text(order.control),
        2: writer.typed(order.placer),
        3: writer.typed(order.filler),
        4: writer.typed(order.group),
        5: writer.text(order.status),
        7: timing,
        9: writer.told_time(order.ordered_at),
        12: writer.typed(order.provider),
        17: writer.typed(order.department),
    }
    obr = {
        1: str(number),
        2: writer.typed(order.placer),
        3: writer.typed(order.filler),
        4: writer.typed(order.service),
        13: writer.text(order.clinical),
        16: writer.typed(order.provider),
        27: timing,
        31: writer.typed(order.reason),
    }
    notes = [writer.note(place, text) for place, text in enumerate(order.notes, start=1)]
    return [*([writer.segment("ORC", orc)] if order.control else []), writer.segment("OBR", obr), *notes]
