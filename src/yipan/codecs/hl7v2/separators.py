r"""The separators that a message chose for itself, and its escapes (HL7 v2.8, sections 2.5.4 and 2.7).

A message says in MSH-1 and MSH-2 which characters part its fields, components, repetitions and subcomponents. Where a
value holds one of them, it is written as an escape: `\F\` `\S\` `\R\` `\T\` `\E\` `\P\`.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

from yipan.kernel.errors import InvalidInput

NULL = '""'
"""How a message says "this value is now empty"; an empty field says nothing at all."""


@dataclass(frozen=True, slots=True)
class Separators:
    """MSH-1 and the up to five characters of MSH-2; one that the message does not have is None."""

    field: str = "|"
    component: str | None = "^"
    repetition: str | None = "~"
    escape: str | None = "\\"
    subcomponent: str | None = "&"
    truncation: str | None = None

    @classmethod
    def of(cls, field: str, encoding: str) -> Separators:
        """From MSH-1 and MSH-2.

        Raises InvalidInput `hl7_separators` when MSH-2 is empty, too long, repeats a character or has a letter.
        """
        every = field + encoding
        usable = all(c.isascii() and not c.isalnum() and c not in "\r\n" for c in every)
        if not 1 <= len(encoding) <= 5 or not usable or len(set(every)) != len(every):
            raise InvalidInput("hl7_separators", where="MSH-2", segment=1, value=every)
        return cls(field, *(*encoding, None, None, None, None, None)[:5])

    @property
    def encoding(self) -> str:
        """MSH-2."""
        every = (self.component, self.repetition, self.escape, self.subcomponent, self.truncation)
        return "".join(c for c in every if c is not None)

    @property
    def _letters(self) -> dict[str, str]:
        named = {
            "F": self.field,
            "S": self.component,
            "R": self.repetition,
            "E": self.escape,
            "T": self.subcomponent,
            "P": self.truncation,
        }
        return {letter: char for letter, char in named.items() if char is not None}

    def unescape(self, text: str, codec: str = "utf-8") -> str:
        r"""The value behind its escapes. `\.br\` becomes a line break; an unknown escape stays as it was written."""
        if self.escape is None or self.escape not in text:
            return text
        letters = self._letters
        mark = re.escape(self.escape)

        def plain(match: re.Match[str]) -> str:
            body = match[1]
            if body[0] == "X":
                return _from_hex(body[1:], codec) or match[0]
            return letters.get(body, match[0]) if body != ".br" else "\n"

        return re.sub(rf"{mark}([FSRETP]|\.br|X[0-9A-Fa-f]+){mark}", plain, text)

    def write(self, value: str) -> str:
        r"""One value as it is written in a message; the inverse of `unescape`. Line breaks become `\.br\`.

        Raises InvalidInput `hl7_no_escape` when the value needs an escape and the message has no escape character.
        """
        if value.isalnum():  # nothing in it parts or escapes, whatever the separators
            return value
        if value == NULL:
            return self._marked("X2222", value)
        marks = {char: letter for letter, char in self._letters.items()}
        lines = value.replace("\r\n", "\n")
        special = {**marks, "\n": ".br", "\r": "X0D"}
        return "".join(self._marked(special[c], value) if c in special else c for c in lines)

    def _marked(self, body: str, value: str) -> str:
        if self.escape is None:
            raise InvalidInput("hl7_no_escape", value=value)
        return f"{self.escape}{body}{self.escape}"


def _from_hex(digits: str, codec: str) -> str | None:
    try:
        return binascii.unhexlify(digits).decode(codec)
    except ValueError:
        return None
