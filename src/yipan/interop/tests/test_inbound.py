"""What is stored, and what is answered."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from yipan.base.audit.models import Entry
from yipan.base.patients.models import Patient
from yipan.interop import inbound
from yipan.interop.inbound import receive
from yipan.interop.models import InboundMessage, Source
from yipan.interop.reading import person_key
from yipan.interop.tests.his import PEER, His
from yipan.kernel.clock import FrozenClock
from yipan.lines.beds.wire.tests.feed import stamp
from yipan.spine.models import Booking
from yipan.spine.testing import small_network


def answer_code(raw: bytes) -> str:
    answer = receive(raw, PEER)
    assert answer is not None
    return answer.partition(b"\rMSA|")[2][:2].decode()


def rows_seen_by_another_connection() -> int:
    """How many messages a crash right now would leave."""
    seen: list[int] = []

    def look() -> None:
        try:
            seen.append(InboundMessage.objects.count())
        finally:
            connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return seen[0]


@pytest.mark.django_db(transaction=True)
def test_stored_before_acknowledged(monkeypatch: pytest.MonkeyPatch):
    """When the answer is made, the message is already committed: a crash in between loses nothing."""
    his = His(small_network())
    raw = his.raw("A28")

    def crash(*args: object, **more: object) -> bytes:
        assert rows_seen_by_another_connection() == 1
        raise RuntimeError("power cut")

    with monkeypatch.context() as cut:
        cut.setattr(inbound, "immediate", crash)
        with pytest.raises(RuntimeError, match="power cut"):
            receive(raw, PEER)
    assert answer_code(raw) == "CA"
    assert InboundMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_acknowledged_that_is_not_stored(monkeypatch: pytest.MonkeyPatch):
    """When the store fails, at whatever step, the sender hears a negative answer and nothing is kept."""
    his = His(small_network())
    for step in ("_sources", "_keep", "_row"):

        def fail(*args: object) -> None:
            raise OperationalError("disk full")

        with monkeypatch.context() as broken:
            broken.setattr(inbound, step, fail)
            assert answer_code(his.raw("A28")) == "CE"
        assert InboundMessage.objects.count() == 0


def test_stored_as_received(his: His):
    """The bytes are kept exactly, with what helps to find the message."""
    raw = his.raw("A01", bed=his.network.beds["neurology"][0])
    receive(raw, PEER)
    message = InboundMessage.objects.get()
    bed = his.network.beds["neurology"][0]
    assert bytes(message.raw) == raw
    assert (message.kind, message.control_id, message.version, message.peer) == ("ADT^A01", "C1", "2.5", PEER)
    assert (message.state, message.patient_key) == ("received", person_key("P1"))
    assert message.location == f"{bed.room.ward.code}^{bed.room.label}^{bed.code}"


def test_repetition_is_stored_once(his: His, time: FrozenClock):
    """The same message again gets the same answer and is not stored again, also with a new time of sending."""
    raw = his.raw("A28")
    assert [answer_code(raw) for _ in range(3)] == ["CA", "CA", "CA"]
    later = raw.replace(stamp(his.at).encode(), stamp(his.at + timedelta(hours=1)).encode(), 1)
    assert later != raw
    assert answer_code(later) == "CA"
    assert InboundMessage.objects.count() == 1


def test_same_number_other_content_is_another_message(his: His):
    """A sender that starts counting anew loses nothing: content decides, not the number alone."""
    first, second = his.raw("A28", "P1"), his.raw("A28", "P2").replace(b"|C2|", b"|C1|")
    assert answer_code(first) == answer_code(second) == "CA"
    assert InboundMessage.objects.filter(control_id="C1").count() == 2


@pytest.mark.parametrize("change", [{"charset": "gb18030"}, {"facility": "MOVED"}, {"application": "LIS"}])
def test_a_sender_edited_since_it_was_heard(his: His, change: dict[str, str]):
    """What is remembered of a sender is only expected: when it was edited, the next message is read anew."""
    receive(his.raw("A28", "P1"), PEER)
    source = Source.objects.get(facility="H")
    Source.objects.filter(pk=source.pk).update(**change)
    raw = his.raw("A28", "P2").replace(b"|UNICODE UTF-8", b"|")
    assert answer_code(raw) == "CA"
    last = InboundMessage.objects.latest("id")
    assert (last.source.application, last.source.facility) == ("HIS", "H")
    assert (last.source_id == source.pk) == ("charset" in change)
    if "charset" in change:
        assert last.charset == "gb18030"


def test_same_number_from_another_sender(his: His):
    """Numbers count for each sender."""
    raw = his.raw("A28")
    receive(raw, PEER)
    receive(raw.replace(b"|HIS|H|", b"|HIS|OTHER|"), PEER)
    assert InboundMessage.objects.count() == 2
    assert Source.objects.get(facility="OTHER").organisation is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"hello", "hl7_no_header"),
        (b"", "hl7_empty"),
        (b"MSH|^~\\&|HIS|H|||20260302||ADT^A01|C9|P|2.5\rpid|1\r", "hl7_segment_name"),
        (b"MSH|^~\\&|HIS|H|||20260302||ADT^A01||P|2.5\rPID|1\r", "hl7_field_missing"),
        (b"MSH|^~\\&|HIS|H|||20260302|||C9|P|2.5\rPID|1\r", "hl7_field_missing"),
        (b"MSH|^~\\&|HIS|H|||20260302||ADT^A01|C9|P|2.5||||||KLINGON\rPID|1\r", "hl7_charset_unknown"),
        (b"MSH|^~\\&|\x00HIS|H\x07|||20260302||ADT^A01|\x00|P|2.5\rPID|1\r", "hl7_field_missing"),
    ],
)
def test_what_is_no_message_is_kept_and_refused(his: His, raw: bytes, code: str):
    """Unusable bytes are stored with the reason and answered AR, once and again."""
    assert [answer_code(raw), answer_code(raw)] == ["AR", "AR"]
    message = InboundMessage.objects.get()
    assert (message.state, message.error_code, bytes(message.raw)) == ("waiting", code, raw)


def test_original_and_enhanced_mode(his: His):
    """Original mode is answered AA; a sender that wants no answer gets none, and is stored all the same."""
    raw = his.raw("A28")
    plain = raw.replace(b"|P|2.5|||AL|NE||", b"|P|2.5|||||||", 1)
    assert answer_code(plain) == "AA"
    assert receive(his.raw("A28", "P2").replace(b"|AL|NE|", b"|NE|NE|", 1), PEER) is None
    assert InboundMessage.objects.count() == 2


def test_charset_of_the_sender(his: His):
    """A message without MSH-18 is read as the sender's character set says."""
    his.source.charset = "gb18030"
    his.source.save()
    raw = his.raw("A28").decode().replace("||UNICODE UTF-8", "").encode("gb18030")
    receive(raw, PEER)
    inbound.apply_pending()
    assert InboundMessage.objects.get().state == "applied"
    assert Patient.objects.get().name == "李建国"


@pytest.mark.django_db(transaction=True)
def test_many_deliveries_at_once_store_one():
    """One message delivered over eight connections at once is stored once, and every delivery is acknowledged."""
    his = His(small_network())
    raw = his.raw("A28")
    codes: list[str] = []

    def deliver() -> None:
        try:
            codes.append(answer_code(raw))
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == ["CA"] * 8
    assert InboundMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_messages_make_known_is_told(time):
    """A sender, doctors and patients that first come with a message are told; nothing seems changed from outside."""
    his = His(small_network())  # made by the test alone, which is told as from outside
    outside = Entry.objects.filter(actor_kind="database")
    before = outside.count()
    assert before > 0
    his.facility = "new"
    his.tell("A01", "P9")
    assert Entry.objects.get(action="source.heard").data == {"name": "HIS · new"}
    his.facility = his.source.facility
    for kind in ("A01", "A08", "A03"):
        his.say(kind, "P1", his.network.beds["neurology"][0], PV1_7="D77^新^医生")
    assert Booking.objects.filter(state="done").exists()
    assert outside.count() == before
