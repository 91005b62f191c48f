"""Acknowledgements."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from yipan.codecs.hl7v2 import Message, ack, head, parse
from yipan.codecs.hl7v2.ack import Level, Outcome
from yipan.codecs.hl7v2.tests.samples import ADMIT
from yipan.kernel.errors import InvalidInput

AT = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
WRONG_DAY = InvalidInput("hl7_time", where="PID-7", segment=3, value="x|y")


def message(version: str = "2.5", accept: str = "", application: str = "", charset: str = "UNICODE UTF-8") -> Message:
    header = f"MSH|^~\\&|HIS^1.2^ISO|CITY|YIPAN|NET|20260301||ADT^A01^ADT_A01|M&1|T|{version}|||{accept}|{application}"
    return parse(f"{header}||{charset}\rPID|1\r".encode("gb18030"))


def answer(m: Message, outcome: Outcome, **more: object) -> Message | None:
    raw = ack.immediate(m, outcome, control_id="Y1", at=AT, **more)  # type: ignore[arg-type]
    return None if raw is None else parse(raw)


def test_original_mode() -> None:
    """Without conditions in MSH-15 and -16 the answer is AA, AE or AR, named after the message."""
    for outcome, code in ((Outcome.ACCEPT, "AA"), (Outcome.ERROR, "AE"), (Outcome.REJECT, "AR")):
        reply = answer(message(), outcome)
        assert reply is not None
        assert reply.get("MSA-1") == code
        assert reply.segment("MSA").field(2).raw == "M&1", "the control id goes back as it came"


def test_header_of_the_answer() -> None:
    """Sender and receiver are swapped; version, processing id and character set are those of the message."""
    reply = answer(message("2.6"), Outcome.ACCEPT)
    assert reply is not None
    header = reply.segment("MSH")
    assert [header.field(n).raw for n in (3, 4, 5, 6)] == ["YIPAN", "NET", "HIS^1.2^ISO", "CITY"]
    assert [header.field(n).raw for n in (7, 9, 10)] == ["20260301003000+0000", "ACK^A01^ACK", "Y1"]
    assert [header.field(n).raw for n in (11, 12, 18)] == ["T", "2.6", "UNICODE UTF-8"]


@pytest.mark.parametrize(("version", "kind"), [("2.3", "ACK^A01"), ("2.3.1", "ACK^A01"), ("2.4", "ACK^A01^ACK")])
def test_message_type_by_version(version: str, kind: str) -> None:
    """The structure in MSH-9.3 exists from 2.4 on."""
    reply = answer(message(version), Outcome.ACCEPT)
    assert reply is not None
    assert reply.segment("MSH").field(9).raw == kind


def test_separators_and_character_set_of_the_message() -> None:
    """The answer uses the separators and the character set of the message, and escapes by them."""
    raw = "MSH!$%*+!HIS!!!!!!ADT$A08!7!P!2.4!!!!!!GB18030\r".encode("gb18030")
    reply = ack.immediate(parse(raw), Outcome.ERROR, error=WRONG_DAY, text="出生日期!错", control_id="Y1", at=AT)
    assert reply is not None
    assert reply.startswith(b"MSH!$%*+!")
    assert parse(reply).get("MSA-3") == "出生日期!错"
    assert "出生日期*F*错".encode("gb18030") in reply


@pytest.mark.parametrize(
    ("accept", "application", "outcome", "code"),
    [
        ("AL", "NE", Outcome.ACCEPT, "CA"),
        ("AL", "AL", Outcome.ERROR, "CE"),
        ("AL", "", Outcome.REJECT, "CR"),
        ("NE", "NE", Outcome.ACCEPT, None),
        ("NE", "NE", Outcome.ERROR, None),
        ("ER", "NE", Outcome.ACCEPT, None),
        ("ER", "NE", Outcome.ERROR, "CE"),
        ("ER", "AL", Outcome.ACCEPT, None),
        ("SU", "NE", Outcome.ACCEPT, "CA"),
        ("SU", "NE", Outcome.REJECT, None),
        ("NE", "AL", Outcome.ACCEPT, "AA"),
        ("", "AL", Outcome.ERROR, "AE"),
        ("NE", "ER", Outcome.ACCEPT, None),
        ("NE", "ER", Outcome.REJECT, "AR"),
        ("al", "NE", Outcome.ACCEPT, "CA"),
        ("XX", "NE", Outcome.ACCEPT, "CA"),
        (" ", " ", Outcome.ACCEPT, "AA"),
    ],
)
def test_enhanced_mode(accept: str, application: str, outcome: Outcome, code: str | None) -> None:
    """MSH-15 and -16 decide whether and at which level the connection gets an answer; blanks mean original mode."""
    reply = answer(message(accept=accept, application=application), outcome)
    assert (reply.get("MSA-1") if reply else None) == code


def test_application_acknowledgement_later() -> None:
    """In enhanced mode the application acknowledgement is asked for and made on its own."""
    m = message(accept="AL", application="SU")
    assert ack.is_wanted(m, Level.APPLICATION, Outcome.ACCEPT)
    assert not ack.is_wanted(m, Level.APPLICATION, Outcome.ERROR)
    raw = ack.acknowledge(m, Level.APPLICATION, Outcome.ACCEPT, control_id="Y2", at=AT)
    assert parse(raw).get("MSA-1") == "AA"


def test_acknowledgement_is_never_acknowledged() -> None:
    """Two systems do not thank each other for ever."""
    reply = parse(b"MSH|^~\\&|||||||ACK^A01|1|P|2.5\rMSA|AA|1\r")
    assert ack.immediate(reply, Outcome.ERROR, control_id="Y1", at=AT) is None


def test_error_segment_from_2_5() -> None:
    """ERR names the place (ERR-2), the code of table 0357, our own code and the sentence for a person."""
    reply = answer(message("2.5"), Outcome.ERROR, error=WRONG_DAY, text="出生日期|不对")
    assert reply is not None
    err = reply.segment("ERR")
    assert err.field(1).raw == ""
    assert err.field(2).raw == "PID^1^7"
    assert err.field(3).raw == "102^Data type error^HL70357"
    assert err.field(4).raw == "E"
    assert (err.field(5).get(1), err.field(8).get()) == ("hl7_time", "出生日期|不对")
    assert "x|y" not in (err.field(7).get() or ""), "what the message said of a person is not said again"


def test_error_segment_before_2_5() -> None:
    """The older ERR holds place and code in its one field."""
    reply = answer(message("2.3"), Outcome.ERROR, error=WRONG_DAY)
    assert reply is not None
    assert reply.segment("ERR").fields == ("PID^1^7^102&Data type error&HL70357",)


@pytest.mark.parametrize(
    ("where", "place"),
    [("PID[2]-5[2].1", "PID^2^5^2^1"), ("PID-5.1.2", "PID^1^5^1^1^2"), ("MRG", "MRG^1"), ("some text", ""), (None, "")],
)
def test_place_of_an_error(where: str | None, place: str) -> None:
    """The place is as fine as it is known."""
    reply = answer(message(), Outcome.ERROR, error=InvalidInput("x", where=where))
    assert reply is not None
    assert reply.segment("ERR").field(2).raw == place
    assert reply.get("ERR-3") == "207"


def test_sentence_in_every_version() -> None:
    """The sentence stands in MSA-3 until 2.6, and is read from wherever it stands."""
    for version, in_msa in (("2.3", True), ("2.6", True), ("2.7", False), ("2.8", False)):
        raw = ack.immediate(message(version), Outcome.ERROR, error=WRONG_DAY, text="no", control_id="Y1", at=AT)
        assert raw is not None
        assert (parse(raw).get("MSA-3") == "no") is in_msa
        read = ack.read_answer(raw)
        assert (read.code, read.text, read.accepted) == ("AE", "no", False)


def test_answer_to_what_cannot_be_parsed() -> None:
    """A message with broken text or no header at all is still answered, with its control id where there is one."""
    broken = b"MSH|^~\\&|\xff|B|||||ADT^A01|77|P|2.5||||||UTF-8\rPID|\xff\r"
    raw = ack.immediate(head(broken), Outcome.REJECT, text="错", control_id="Y1", at=AT)
    assert raw is not None
    assert b"|\xff|B|" in raw
    assert b"MSA|AR|77\r" in raw
    nothing = ack.immediate(head(b"hello"), Outcome.REJECT, control_id="Y1", at=AT)
    assert nothing is not None
    assert ack.read_answer(nothing).code == "AR"


def test_sentence_that_cannot_be_written() -> None:
    """Where the character set has no such characters, the code of the error stands in for the sentence."""
    m = message("2.4", charset="ASCII")
    raw = ack.immediate(m, Outcome.ERROR, error=WRONG_DAY, text="出生日期不对", control_id="Y1", at=AT)
    assert raw is not None
    assert ack.read_answer(raw).text == "hl7_time"
    assert b"?" not in raw


def test_message_without_escape_character() -> None:
    """Where a text cannot be escaped, blanks take the place of separators."""
    m = parse(b"MSH|^~|HIS||||||ADT^A01|1|P|2.4\r")
    raw = ack.immediate(m, Outcome.ERROR, text="a|b^c", control_id="Y1", at=AT)
    assert raw is not None
    assert b"MSA|AE|1|a b c\r" in raw


def test_reading_what_is_no_answer() -> None:
    """A message without MSA is no acknowledgement."""
    with pytest.raises(InvalidInput, match="hl7_segment_missing"):
        ack.read_answer(ADMIT)
