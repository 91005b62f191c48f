"""Messages out: to whom, in order, at least once, and what a refusal leads to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from yipan.base.access import SYSTEM, Role
from yipan.base.patients.actions import add_identifier, register
from yipan.codecs.hl7v2 import ack, head, parse
from yipan.codecs.hl7v2.results import result_event
from yipan.codecs.hl7v2.types import CX, HD
from yipan.interop.mllp.tests.listening import reply, running
from yipan.interop.outbound.actions import drop, replay
from yipan.interop.outbound.models import OutboundMessage, Receiver
from yipan.interop.outbound.sending import PAUSES, TRIES_AFTER_AE, send_due
from yipan.interop.outbound.spreading import identifiers_for
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict, NotFound
from yipan.lines.exams.actions import store_report
from yipan.lines.exams.actions.results import ToldReport, ToldValue
from yipan.lines.exams.models import ExamItem
from yipan.spine import outbox
from yipan.spine.models import OutboxMessage
from yipan.spine.testing import NOON, SmallNetwork, small_network

pytestmark = pytest.mark.django_db


class Peer:
    """A receiving system: remembers what came, answers as it is told to."""

    def __init__(self) -> None:
        self.came: list[bytes] = []
        self.answers: list[ack.Outcome] = []

    async def handle(self, raw: bytes, peer: str) -> bytes | None:
        self.came.append(raw)
        return reply(raw, self.answers.pop(0) if self.answers else ack.Outcome.ACCEPT, "told")

    @property
    def numbers(self) -> list[str | None]:
        return [head(raw).control_id for raw in self.came]


@pytest.fixture
def peer() -> Iterator[tuple[Peer, int]]:
    told = Peer()
    with running(told.handle) as port:
        yield told, port


@pytest.fixture
def network(time: FrozenClock) -> SmallNetwork:
    return small_network(wards={"neurology": 1})


def receiver(network: SmallNetwork, port: int, **more: object) -> Receiver:
    given = {"name": f"R{port}", "host": "127.0.0.1", "port": port, "kinds": ["ORU^R01"], **more}
    return Receiver.objects.create(organisation=network.organisation, **given)


def patient(network: SmallNetwork) -> UUID:
    made = register(actor=SYSTEM, name="李建国", sex="male", birth_date=NOON.date(), identifiers=())
    code = network.organisation.code
    add_identifier(actor=SYSTEM, patient_id=made.pk, system=f"{code}:HIS:MR", value="P1", type="MR")
    add_identifier(actor=SYSTEM, patient_id=made.pk, system="OTHER:HIS:MR", value="X9", type="MR")
    return made.pk


def report(network: SmallNetwork, who: UUID, number: str, text: str = "5.9", **more: object) -> None:
    """A final result of the hospital, and the outbox does its part."""
    item, _ = ExamItem.objects.get_or_create(code="K", defaults={"name": "血钾", "category": "laboratory"})
    told = ToldReport(
        report=number,
        path=network.organisation.path,
        source=str(more.get("source", "LIS")),
        performed_at=clock.now(),
        values=[ToldValue(key="K", name="血钾", status="F", code="K", text=text)],
        item_id=item.pk,
        site_id=network.site.pk,
    )
    store_report(actor=SYSTEM, patient_id=who, told=told)
    outbox.relay_once()


def states() -> list[str]:
    return list(OutboundMessage.objects.order_by("id").values_list("state", flat=True))


def test_a_final_result_reaches_its_receivers(network: SmallNetwork, peer: tuple[Peer, int]) -> None:
    """A receiver of the organisation gets the result with its own number of the patient, under the key of the wish."""
    told, port = peer
    receiver(network, port, application="HIS", facility="H")
    report(network, patient(network), "R-1")
    assert send_due() == 1
    (row,) = OutboundMessage.objects.all()
    message = parse(told.came[0])
    event = result_event(message, clock.now().tzinfo)  # type: ignore[arg-type]
    assert (row.state, row.answer, row.control_id) == ("acknowledged", "AA", message.control_id)
    assert row.control_id == OutboxMessage.objects.get(topic="hl7.out").key
    assert (message.get("MSH-5"), message.get("MSH-6")) == ("HIS", "H")
    assert event.identifiers == (CX("P1", assigner=HD("HIS"), type="MR"),)
    assert event.name is not None
    assert event.name.text == "李建国"
    (observation,) = event.reports[0].observations
    assert (observation.values, event.reports[0].status) == (("5.9",), "F")


def test_whom_it_does_not_concern(network: SmallNetwork, time: FrozenClock) -> None:
    """Another hospital, another kind, and whoever told it are not told."""
    other = small_network(wards={"neurology": 1})
    receiver(other, 1)
    receiver(network, 2, kinds=[])
    receiver(network, 3, application="LIS", facility="H")
    report(network, patient(network), "R-1", source="LIS H")
    assert OutboundMessage.objects.count() == 0


def test_order_is_kept_while_the_receiver_is_away(network: SmallNetwork, time: FrozenClock) -> None:
    """Without an answer nothing is lost or overtakes; it is tried with growing pauses, and then all go in order."""
    told = Peer()
    with running(told.handle) as port:
        pass  # the port is free again: nobody listens
    row, who = receiver(network, port), patient(network)
    for number in ("R-1", "R-2", "R-3"):
        report(network, who, number)
    for pause in PAUSES[:2]:
        assert send_due() == 0
        row.refresh_from_db()
        assert (row.retry_at, row.failure) == (clock.now() + pause, "mllp_unreachable")
        time.advance(pause - timedelta(seconds=1))
        assert send_due() == 0
        row.refresh_from_db()
        assert row.failures == PAUSES.index(pause) + 1
        time.advance(timedelta(seconds=1))
    with running(told.handle) as port:
        Receiver.objects.update(port=port)
        assert send_due() == 3
    assert told.numbers == list(OutboundMessage.objects.order_by("id").values_list("control_id", flat=True))
    row.refresh_from_db()
    assert (row.failures, row.failure, row.retry_at, row.claimed_until) == (0, "", None, None)


def test_a_refusal_waits_for_a_person_and_holds_nobody_up(network: SmallNetwork, peer: tuple[Peer, int]) -> None:
    """AR ends a message at once; the next one has its turn; sent again, it keeps its number."""
    told, port = peer
    receiver(network, port)
    who = patient(network)
    report(network, who, "R-1")
    report(network, who, "R-2")
    told.answers = [ack.Outcome.REJECT]
    assert send_due() == 2
    assert states() == ["refused", "acknowledged"]
    assert send_due() == 0
    refused = OutboundMessage.objects.get(state="refused")
    assert (refused.answer, refused.answer_text) == ("AR", "told")
    integrator = network.actor(Role.INTEGRATOR)
    replay(actor=integrator, message_id=refused.pk)
    assert send_due() == 1
    assert states() == ["acknowledged", "acknowledged"]
    assert told.numbers == [refused.control_id, told.numbers[1], refused.control_id]


def test_an_error_is_tried_a_few_times_only(network: SmallNetwork, peer: tuple[Peer, int], time: FrozenClock) -> None:
    """AE means later: it is tried again, in order, and shown to a person in the end."""
    told, port = peer
    receiver(network, port)
    report(network, patient(network), "R-1")
    told.answers = [ack.Outcome.ERROR] * TRIES_AFTER_AE
    for _ in range(TRIES_AFTER_AE - 1):
        assert send_due() == 0
        assert states() == ["waiting"]
        time.advance(PAUSES[-1])
    assert send_due() == 1
    assert states() == ["refused"]
    assert len(set(told.numbers)) == 1


def test_a_crash_before_the_answer_was_kept_sends_again(network: SmallNetwork, peer: tuple[Peer, int]) -> None:
    """A message that was sent and not yet marked goes out once more, under the same number."""
    told, port = peer
    receiver(network, port)
    report(network, patient(network), "R-1")
    send_due()
    OutboundMessage.objects.update(state="waiting")  # as if the worker had died here
    send_due()
    assert len(told.numbers) == 2
    assert len(set(told.numbers)) == 1


def test_one_worker_at_a_time(network: SmallNetwork, peer: tuple[Peer, int], time: FrozenClock) -> None:
    """Whom somebody serves is left to them, until their time is over."""
    _, port = peer
    row = receiver(network, port)
    report(network, patient(network), "R-1")
    Receiver.objects.update(claimed_until=clock.now() + timedelta(minutes=1))
    assert send_due() == 0
    time.advance(timedelta(minutes=1))
    assert send_due() == 1
    row.refresh_from_db()
    assert row.claimed_until is None


def test_paused_receivers_and_dropped_messages(network: SmallNetwork, peer: tuple[Peer, int]) -> None:
    """While paused its messages wait; one that somebody drops is not sent, and the reason is kept."""
    told, port = peer
    receiver(network, port, enabled=False)
    report(network, patient(network), "R-1")
    assert send_due() == 0
    (row,) = OutboundMessage.objects.all()
    drop(actor=network.actor(Role.INTEGRATOR), message_id=row.pk, reason="已电话告知")
    Receiver.objects.update(enabled=True)
    assert send_due() == 0
    assert told.came == []
    row.refresh_from_db()
    assert (row.state, row.note) == ("dropped", "已电话告知")


def test_only_those_who_look_after_the_receiver_decide(network: SmallNetwork, time: FrozenClock) -> None:
    """Somebody of another hospital finds no message to send again; one that was acknowledged cannot be; nothing is
    changed."""
    receiver(network, 1)
    report(network, patient(network), "R-1")
    (row,) = OutboundMessage.objects.all()
    with pytest.raises(NotFound, match="message_unknown"):
        drop(actor=small_network().actor(Role.INTEGRATOR), message_id=row.pk, reason="x")
    with pytest.raises(Conflict, match="message_step"):
        replay(actor=network.actor(Role.INTEGRATOR), message_id=row.pk)
    assert states() == ["waiting"]


def test_a_message_that_cannot_be_written_is_shown(network: SmallNetwork, time: FrozenClock) -> None:
    """A character that the receiver's set does not have makes a refused message with the reason, not a lost one."""
    receiver(network, 1, charset="8859/1")
    report(network, patient(network), "R-1")
    (row,) = OutboundMessage.objects.all()
    assert (row.state, row.error_code, bytes(row.raw)) == ("refused", "hl7_not_in_charset", b"")


def test_numbers_of_a_person_for_a_receiver() -> None:
    """An organisation gets its own numbers; without any, the identity card; never those of others."""
    known = (CX("A1", assigner=HD("H1:HIS:MR"), type="MR"), CX("B1", assigner=HD("H10:HIS:MR"), type="MR"))
    card = CX("110101199003071233", type="NI")
    assert identifiers_for("H1", (*known, card)) == (CX("A1", assigner=HD("HIS"), type="MR"),)
    assert identifiers_for("H2", (*known, card)) == (card,)
