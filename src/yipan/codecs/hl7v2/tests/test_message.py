"""Reading and changing single values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.codecs.hl7v2 import Message, parse
from yipan.codecs.hl7v2.tests.samples import ADMIT
from yipan.kernel.errors import InvalidInput


@pytest.fixture
def message() -> Message:
    return parse(
        b'MSH|^~\\&|HIS\rPID|1||A^1^^&x.y&ISO~B||LI&van^NA\rNK1|1|""\rNK1|2|X~Y\\T\\Z\rOBX|1||""^b|C:\\dir\\f\r'
    )


def test_values_by_path(message: Message) -> None:
    """A path names segment, occurrence, field, repetition, component and subcomponent; above that the first."""
    assert message.get("PID-3") == "A"
    assert message.get("PID-3.2") == "1"
    assert message.get("PID-3.4.2") == "x.y"
    assert message.get("PID-3[2]") == "B"
    assert message.get("PID-5.1.2") == "van"
    assert message.get("NK1[2]-2[2]") == "Y&Z"


def test_absent_and_emptied_values_differ(message: Message) -> None:
    """What is not there is None; what the sender emptied with two quotes is the empty string."""
    assert message.get("PID-2") is None
    assert message.get("PID-40") is None
    assert message.get("ZZZ-1") is None
    assert message.get("NK1[3]-1") is None
    assert message.get("NK1-2") == ""
    assert message.segment("NK1").field(2).is_null
    assert message.get("OBX-3") == ""
    assert message.get("OBX-3.2") == "b"


def test_segments_and_repetitions(message: Message) -> None:
    """All segments of a name and all repetitions of a field can be walked; an emptied field has none."""
    assert [s.field(1).get() for s in message.segments("NK1")] == ["1", "2"]
    assert [r.get() for r in message.segment("PID").field(3).repetitions] == ["A", "B"]
    assert message.segment("PID").field(3).repetitions[0].components == ("A", "1", "", "&x.y&ISO")
    assert message.segment("NK1").field(2).repetitions == ()
    assert message.segment("ZZZ").field(1).repetitions == ()


def test_unknown_escape_is_kept(message: Message) -> None:
    """A backslash sequence that is no escape of the standard reads as it was written."""
    assert message.get("OBX-4") == "C:\\dir\\f"


@given(st.text(min_size=1), st.sampled_from(["PID-5.2", "PID-3[2].4.2", "PID-9", "NK1[2]-2", "PID-3", "MSH-10"]))
def test_set_then_get_gives_the_value_and_changes_nothing_else(value: str, path: str) -> None:
    """Any text can be set at any path and read again after the wire, and only the field named differs."""
    before = parse(ADMIT.replace(b"PV1|", b"NK1|1\rNK1|2|a~b\rPV1|"))
    try:
        raw = before.set(path, value).encode()
    except InvalidInput as error:
        assert error.code == "hl7_not_in_charset", "lone surrogates are no text"
        return
    after = parse(raw)
    assert after.get(path) == value.replace("\r\n", "\n")
    changed = [
        (a.name, n)
        for a, b in zip(before.lines, after.lines, strict=True)
        for n in range(1, 60)
        if a.field(n).raw != b.field(n).raw
    ]
    name, rest = path[:3], path.split("-")[1]
    assert changed in ([], [(name, int(rest.split(".")[0].split("[")[0]))])


def test_set_nothing_and_emptied() -> None:
    """None empties a value, the empty string writes two quotes, and both read back as themselves."""
    message = parse(ADMIT)
    assert message.set("PID-8", None).get("PID-8") is None
    emptied = message.set("PID-8", "")
    assert b'|19900307|""|' in emptied.encode()
    assert emptied.get("PID-8") == ""


def test_a_component_can_be_set_beyond_the_end() -> None:
    """Missing fields, repetitions, components and subcomponents in front of the value are added."""
    message = parse(b"MSH|^~\\&\rPID|1")
    assert message.set("PID-4[2].2.3", "x").encode() == b"MSH|^~\\&\rPID|1|||~^&&x"


def test_set_refuses_what_it_cannot_do() -> None:
    """Separators and character set cannot be changed in place, nor can a missing segment be filled."""
    message = parse(ADMIT)
    for path in ("MSH-1", "MSH-2", "MSH-18", "ZZZ-1", "PID[2]-1", "PID", "PID-0", "pid-1"):
        with pytest.raises(ValueError, match=path[:3]):
            message.set(path, "x")


def test_values_that_the_message_cannot_write() -> None:
    """A value outside the character set or the separators of a message is refused with a code, not mangled."""
    latin = parse(b"MSH|^~\\&|A|||||||||||||||8859/1\rPID|1\r")
    with pytest.raises(InvalidInput, match="hl7_not_in_charset") as caught:
        latin.set("PID-5", "李").encode()
    assert (caught.value.params["segment"], caught.value.params["character"]) == (2, "李")
    bare = parse(b"MSH|^~|A\rPID|1\r")
    with pytest.raises(InvalidInput, match="hl7_no_escape"):
        bare.set("PID-5", "a|b")
    with pytest.raises(InvalidInput, match="hl7_no_separator"):
        bare.set("PID-5.1.2", "a")


def test_header_values() -> None:
    """Type, trigger, control id and version come from MSH; an old message may name its trigger in EVN only."""
    message = parse(ADMIT)
    assert (message.type, message.trigger, message.control_id, message.version) == ("ADT", "A01", "M1", "2.5")
    assert parse(b"MSH|^~\\&|||||||ADT\rEVN|A04\r").trigger == "A04"
