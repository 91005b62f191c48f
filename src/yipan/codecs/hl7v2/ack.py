"""Acknowledgements in both modes of the standard (HL7 v2.8, section 2.9; MSA 2.14.8, ERR 2.14.5).

Original mode: one answer, AA, AE or AR. Enhanced mode, when MSH-15 or MSH-16 is filled: an accept acknowledgement (CA,
CE, CR) once the message is stored, and an application acknowledgement (AA, AE, AR) once it was worked on, each only
under the condition that the sender named (AL always, NE never, ER on errors, SU on success).

The answer speaks like the message: same version, separators and character set, sender and receiver swapped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from yipan.codecs.hl7v2.message import Message
from yipan.codecs.hl7v2.parser import parse
from yipan.codecs.hl7v2.path import Path
from yipan.codecs.hl7v2.separators import Separators
from yipan.kernel.errors import InvalidInput, YipanError


class Outcome(Enum):
    """What became of a message: worked, failed for now or in content, or refused as a whole."""

    ACCEPT = "A"
    ERROR = "E"
    REJECT = "R"


class Level(Enum):
    """Which of the two acknowledgements; the value is the first letter of MSA-1."""

    ACCEPT = "C"
    APPLICATION = "A"


# Table 0357: what a code of ours is to the rest of the world. Anything else is 207.
_CONDITIONS = {
    "hl7_segment_missing": ("100", "Segment sequence error"),
    "hl7_second_header": ("100", "Segment sequence error"),
    "hl7_segment_name": ("100", "Segment sequence error"),
    "hl7_field_missing": ("101", "Required field missing"),
    "hl7_time": ("102", "Data type error"),
    "hl7_number": ("102", "Data type error"),
    "hl7_charset_mismatch": ("102", "Data type error"),
    "hl7_value_unknown": ("103", "Table value not found"),
    "hl7_not_adt": ("200", "Unsupported message type"),
    "hl7_not_order": ("200", "Unsupported message type"),
    "hl7_not_result": ("200", "Unsupported message type"),
    "hl7_trigger_unknown": ("201", "Unsupported event code"),
    "hl7_version_unknown": ("203", "Unsupported version id"),
}
_UNFRAMED = bytes.maketrans(b"\x0b\x1c", b"  ")
"""A value that is given back may hold the bytes that begin or end a frame; the answer must not."""
_INTERNAL = ("207", "Application internal error")


def is_enhanced(message: Message) -> bool:
    """True when the sender asks for enhanced mode."""
    return bool(_condition(message, Level.ACCEPT) or _condition(message, Level.APPLICATION))


def is_wanted(message: Message, level: Level, outcome: Outcome) -> bool:
    """Whether the sender wants to hear this. An acknowledgement itself is never acknowledged.

    In original mode only the application level exists, and it is always wanted. In enhanced mode an empty condition
    means never, and one that is not in the table means always.
    """
    if message.type == "ACK":
        return False
    if not is_enhanced(message):
        return level is Level.APPLICATION
    match _condition(message, level):
        case "" | "NE":
            return False
        case "ER":
            return outcome is not Outcome.ACCEPT
        case "SU":
            return outcome is Outcome.ACCEPT
        case _:
            return True


def immediate_level(message: Message) -> Level:
    """Which acknowledgement belongs on the connection on which the message came; see `immediate`."""
    accept = is_enhanced(message) and any(is_wanted(message, Level.ACCEPT, outcome) for outcome in Outcome)
    return Level.ACCEPT if accept else Level.APPLICATION


def immediate(
    message: Message,
    outcome: Outcome,
    *,
    error: YipanError | None = None,
    text: str | None = None,
    control_id: str,
    at: datetime,
) -> bytes | None:
    """The answer for the connection on which the message came, or None when the sender wants none.

    In original mode AA, AE or AR; in enhanced mode CA, CE or CR, and where the sender wants no accept acknowledgement
    at all but an application one (MSH-15 NE, MSH-16 AL), that. Arguments as for `acknowledge`.
    """
    level = immediate_level(message)
    if not is_wanted(message, level, outcome):
        return None
    return acknowledge(message, level, outcome, error=error, text=text, control_id=control_id, at=at)


def acknowledge(
    message: Message,
    level: Level,
    outcome: Outcome,
    *,
    error: YipanError | None = None,
    text: str | None = None,
    control_id: str,
    at: datetime,
) -> bytes:
    """An acknowledgement of `message`, whether wanted or not.

    `error` fills ERR with its code and place; `text` is the sentence for a person; `control_id` names the answer
    itself; `at` is its time, aware. A sentence that the character set of the message cannot write gives way to the code
    of the error.
    """
    s = message.separators
    if text and text.encode(message.codec, "replace").decode(message.codec) != text:
        text = error.code if error else None
    segments = [_msh(message, control_id, at), _msa(message, level.value + outcome.value, text)]
    if error is not None:
        segments.append(_err(message, error, text))
    answer = "".join(f"{s.field.join(fields)}\r" for fields in segments).encode(message.codec, "replace")
    return answer.translate(_UNFRAMED)


@dataclass(frozen=True, slots=True)
class Answer:
    """An acknowledgement as the sender of a message reads it: MSA-1, MSA-2 and the sentence, wherever it stands."""

    code: str
    control_id: str | None
    text: str | None

    @property
    def accepted(self) -> bool:
        """True for AA and CA."""
        return self.code in ("AA", "CA")


def read_answer(raw: bytes) -> Answer:
    """Read an acknowledgement. Raises InvalidInput as `parse` does, and `hl7_segment_missing` without MSA-1."""
    message = parse(raw)
    code = (message.get("MSA-1") or "").strip()
    if not code:
        raise InvalidInput("hl7_segment_missing", where="MSA", trigger="ACK")
    text = next((t for path in ("MSA-3", "ERR-8", "ERR-7", "ERR-3.2") if (t := message.get(path))), None)
    return Answer(code, message.get("MSA-2"), text)


def _condition(message: Message, level: Level) -> str:
    """MSH-15 or MSH-16."""
    return (message.get("MSH-15" if level is Level.ACCEPT else "MSH-16") or "").strip().upper()


def _msh(message: Message, control_id: str, at: datetime) -> list[str]:
    given, s = message.segment("MSH").fields, message.separators
    raw = dict(enumerate((*given, *[""] * (18 - len(given))), start=1))
    version = _version(message)
    trigger = _plain(s, message.trigger or "")
    kind = ["ACK", trigger, "ACK"][: 1 if not trigger else 2 if version < (2, 4) else 3]
    fields = ["MSH", s.encoding, raw[5], raw[6], raw[3], raw[4], at.strftime("%Y%m%d%H%M%S%z"), ""]
    fields += [_joined(s, kind), _plain(s, control_id), raw[11] or "P", raw[12] or "2.5"]
    return [*fields, *[""] * 5, raw[18]] if raw[18] else fields


def _msa(message: Message, code: str, text: str | None) -> list[str]:
    control_id = message.segment("MSH").field(10).raw
    fields = ["MSA", code, control_id]
    # MSA-3 was withdrawn in 2.7; there the sentence is in ERR-8 only.
    return [*fields, _plain(message.separators, text)] if text and _version(message) < (2, 7) else fields


def _err(message: Message, error: YipanError, text: str | None) -> list[str]:
    s = message.separators
    number, meaning = _CONDITIONS.get(error.code, _INTERNAL)
    place = _place(error)
    if _version(message) < (2, 5):
        condition = (s.subcomponent or " ").join((number, meaning, "HL70357"))
        return ["ERR", _joined(s, [*[*place, "", "", ""][:3], condition])]
    fields = ["ERR", "", _joined(s, place), _joined(s, [number, meaning, "HL70357"]), "E"]
    return [*fields, _joined(s, [error.code, "", "YIPAN"]), "", _plain(s, str(error)), _plain(s, text or "")]


def _place(error: YipanError) -> list[str]:
    """ERL: segment, which of that name, field, repetition, component, subcomponent; shortened to what is known."""
    where = str(error.params.get("where") or "")
    try:
        p = Path.parse(where)
    except ValueError:
        return [where, "1"] if where.isalnum() and len(where) == 3 else []
    place = [p.segment, str(p.occurrence), str(p.field)]
    if p.component is None and p.repetition == 1:
        return place
    return [*place, *[str(n) for n in (p.repetition, p.component, p.subcomponent) if n is not None]]


def _joined(s: Separators, parts: list[str]) -> str:
    return s.component.join(parts) if s.component else (parts[0] if parts else "")


def _plain(s: Separators, text: str) -> str:
    """A text of ours as a value of this message; blanks instead of separators when it has no escape character."""
    if s.escape is not None:
        return s.write(text)
    return "".join(" " if c in s.field + s.encoding + "\r\n" else c for c in text)


def _version(message: Message) -> tuple[int, ...]:
    """2.5.1 as (2, 5, 1), for comparing; 2.5 when it is missing or no number."""
    try:
        return tuple(int(part) for part in (message.version or "2.5").split("."))
    except ValueError:
        return (2, 5)
