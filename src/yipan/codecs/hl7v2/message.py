"""A message as a value: segments, fields, repetitions, components, read and changed without losing a byte.

Nothing here is mutable: `Message.set` returns another message in which one value differs and every other byte is the
same. A value that is absent or empty reads as None; one that the sender emptied on purpose (`""` in the message) reads
as the empty string.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from yipan.codecs.hl7v2.path import Path
from yipan.codecs.hl7v2.separators import NULL, Separators
from yipan.kernel.errors import InvalidInput

_VERBATIM = Separators("\0", None, None, None, None)


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition of a field: its raw text, and its components by number from 1."""

    raw: str
    separators: Separators
    codec: str = "utf-8"

    def get(self, component: int = 1, subcomponent: int = 1) -> str | None:
        """The value there: None when absent or empty, "" when the sender emptied it."""
        return self.leaf(_nth(self.raw, self.separators.component, component), subcomponent)

    def leaf(self, part: str, subcomponent: int = 1) -> str | None:
        """The same in the raw text of one component."""
        leaf = _nth(part, self.separators.subcomponent, subcomponent)
        if leaf == NULL:
            return ""
        return self.separators.unescape(leaf, self.codec) if leaf else None

    @property
    def components(self) -> tuple[str, ...]:
        """The raw texts of the components."""
        return tuple(_split(self.raw, self.separators.component))


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its raw text and its repetitions. A field beyond the end of its segment is empty."""

    raw: str
    separators: Separators
    codec: str = "utf-8"

    @property
    def repetitions(self) -> tuple[Repetition, ...]:
        """None of them when the field is empty or emptied."""
        if not self.raw or self.is_null:
            return ()
        parts = _split(self.raw, self.separators.repetition)
        return tuple(Repetition(part, self.separators, self.codec) for part in parts)

    @property
    def is_null(self) -> bool:
        """True when the sender emptied the whole field on purpose."""
        return self.raw == NULL

    def get(self, component: int = 1, subcomponent: int = 1, repetition: int = 1) -> str | None:
        """The value there: None when absent or empty, "" when the sender emptied it."""
        part = _nth(self.raw, self.separators.repetition, repetition)
        return Repetition(part, self.separators, self.codec).get(component, subcomponent)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its name, the raw texts of its fields (`fields[0]` is field 1) and what ended its line.

    MSH counts its separator as field 1, as the standard does.
    """

    name: str
    fields: tuple[str, ...]
    separators: Separators
    codec: str = "utf-8"
    end: str = "\r"

    def field(self, number: int) -> Field:
        """Field `number`, counted from 1; an empty one when the segment is shorter."""
        raw = self.fields[number - 1] if 1 <= number <= len(self.fields) else ""
        if self.name == "MSH" and number <= 2:
            # MSH-1 and MSH-2 are separators themselves: nothing in them is split or escaped.
            return Field(raw, _VERBATIM, self.codec)
        return Field(raw, self.separators, self.codec)

    @property
    def text(self) -> str:
        """The segment as it stands in the message, without the end of its line."""
        if self.name == "MSH":
            return "MSH" + self.separators.field + self.separators.field.join(self.fields[1:])
        return self.separators.field.join((self.name, *self.fields))

    def with_field(self, number: int, raw: str) -> Segment:
        """The same segment with the raw text of one field replaced, made longer as needed."""
        fields = list(self.fields) + [""] * (number - len(self.fields))
        fields[number - 1] = raw
        return replace(self, fields=tuple(fields))


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message: its segments in order.

    `prefix` and `suffix` are bytes around it that belong to no segment: a byte order mark, blank lines, padding.
    `codec` is the Python codec that its bytes are read with.
    """

    lines: tuple[Segment, ...]
    separators: Separators
    codec: str = "utf-8"
    prefix: bytes = b""
    suffix: bytes = b""

    def encode(self) -> bytes:
        """The bytes: those that were parsed, but for the values changed by `set`.

        Raises InvalidInput `hl7_not_in_charset` when a value has a character that the character set cannot write.
        """
        parts = [self.prefix]
        for number, segment in enumerate(self.lines, start=1):
            try:
                parts.append((segment.text + segment.end).encode(self.codec))
            except UnicodeEncodeError as error:
                character = error.object[error.start : error.start + 1]
                raise InvalidInput(
                    "hl7_not_in_charset", where=segment.name, segment=number, character=character, charset=self.codec
                ) from error
        return b"".join([*parts, self.suffix])

    def segments(self, name: str) -> tuple[Segment, ...]:
        """All segments of that name, in order."""
        return tuple(s for s in self.lines if s.name == name)

    def segment(self, name: str, occurrence: int = 1) -> Segment:
        """The segment of that name; an empty one, all of whose fields are empty, when the message has none."""
        for segment in self.lines:
            if segment.name == name:
                occurrence -= 1
                if occurrence == 0:
                    return segment
        return Segment(name, (), self.separators, self.codec)

    def has(self, name: str) -> bool:
        """True when the message has a segment of that name."""
        return any(s.name == name for s in self.lines)

    def get(self, path: str) -> str | None:
        """The value at a path such as `PID-5.1` or `NK1[2]-5[1].1`; `PID-5` means its first component.

        None when absent or empty, "" when the sender emptied it. Raises ValueError for a malformed path.
        """
        p = Path.parse(path)
        segment = self.segment(p.segment, p.occurrence)
        raw = segment.fields[p.field - 1] if len(segment.fields) >= p.field else ""
        if not raw:
            return None
        if p.segment == "MSH" and p.field <= 2:
            return segment.field(p.field).get(p.component or 1, p.subcomponent or 1, p.repetition)
        # As Field and Repetition do, without making them: this is asked many times of each message.
        marks = self.separators
        part = _nth(raw, marks.repetition, p.repetition)
        leaf = _nth(_nth(part, marks.component, p.component or 1), marks.subcomponent, p.subcomponent or 1)
        if leaf == NULL:
            return ""
        return marks.unescape(leaf, segment.codec) if leaf else None

    def set(self, path: str, value: str | None) -> Message:
        """The message with the value at `path` replaced: None makes it empty, "" says that it is emptied on purpose.

        Only what the path names changes; `PID-5` replaces all components of that repetition. Missing fields and
        components before it are added. Raises ValueError for a malformed path, for MSH-1, MSH-2 and MSH-18 (build
        another message instead) and for a segment that is not there; InvalidInput `hl7_no_escape` or `hl7_no_separator`
        for a value that the separators of this message cannot write.
        """
        p = Path.parse(path)
        if p.segment == "MSH" and p.field in (1, 2, 18):
            raise ValueError(f"{path} decides how the message is written and cannot be changed in place")
        indexes = [i for i, s in enumerate(self.lines) if s.name == p.segment]
        if p.occurrence > len(indexes):
            raise ValueError(f"the message has no segment {p.segment}[{p.occurrence}]")
        index = indexes[p.occurrence - 1]
        segment = self.lines[index]
        raw = _placed(segment.field(p.field).raw, p, self.written(value), self.separators)
        segments = list(self.lines)
        segments[index] = segment.with_field(p.field, raw)
        return replace(self, lines=tuple(segments))

    def written(self, value: str | None) -> str:
        """One value as raw text of this message, escaped."""
        if value is None:
            return ""
        return self.separators.write(value) if value else NULL

    @property
    def type(self) -> str | None:
        """MSH-9.1, such as ADT."""
        return self._header("MSH-9.1")

    @property
    def trigger(self) -> str | None:
        """MSH-9.2, such as A01; where it is missing, EVN-1 (versions before 2.4 allowed that)."""
        return self._header("MSH-9.2") or self._header("EVN-1")

    @property
    def control_id(self) -> str | None:
        """MSH-10, which names this message for its sender."""
        return self._header("MSH-10")

    @property
    def version(self) -> str | None:
        """MSH-12.1, such as 2.5.1."""
        return self._header("MSH-12")

    def _header(self, path: str) -> str | None:
        return (self.get(path) or "").strip() or None


def _split(raw: str, separator: str | None) -> list[str]:
    return raw.split(separator) if separator else [raw]


def _nth(raw: str, separator: str | None, number: int) -> str:
    if separator is None or separator not in raw:
        return raw if number == 1 else ""
    parts = raw.split(separator)
    return parts[number - 1] if 1 <= number <= len(parts) else ""


def _placed(field: str, path: Path, new: str, separators: Separators) -> str:
    """The raw text of a field with one value in it replaced."""
    levels = ((separators.repetition, path.repetition), (separators.component, path.component))
    return _replaced(field, (*levels, (separators.subcomponent, path.subcomponent)), new, path)


def _replaced(raw: str, levels: tuple[tuple[str | None, int | None], ...], new: str, path: Path) -> str:
    (separator, number), below = levels[0] if levels else (None, None), levels[1:]
    if number is None:
        return new
    if separator is None:
        if number != 1:
            raise InvalidInput("hl7_no_separator", where=str(path))
        return _replaced(raw, below, new, path)
    parts = raw.split(separator)
    parts += [""] * (number - len(parts))
    parts[number - 1] = _replaced(parts[number - 1], below, new, path)
    return separator.join(parts)
