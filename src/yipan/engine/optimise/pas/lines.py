"""The lines of a benchmark file, read one after another; whatever is not as it should be is named with its line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from yipan.kernel.errors import InvalidInput

LARGEST = 1_000_000


class Line:
    """One line that is not empty: its number from 1, and its parts between the bars, each split into words."""

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        self.text = text
        self.parts = [part.split() for part in text.split("|")]

    def refuse(self, code: str, value: object = None, **params: object) -> NoReturn:
        """Raise InvalidInput for this line; without a value it is the whole line that is wrong."""
        raise InvalidInput(code, line=self.number, value=self.text if value is None else value, **params)

    def split(self, parts: int) -> list[list[str]]:
        """The words of each part; there must be so many parts."""
        if len(self.parts) != parts:
            self.refuse("pas_parts", wanted=parts, found=len(self.parts))
        return self.parts

    def words(self, words: Sequence[str], count: int) -> Sequence[str]:
        """The words themselves; there must be so many."""
        if len(words) != count:
            self.refuse("pas_words", " ".join(words), wanted=count, found=len(words))
        return words

    def number_of(self, word: str, *, low: int = 0, high: int = LARGEST) -> int:
        """A whole number within the limits."""
        if not (word.isascii() and word.isdigit() and len(word) <= len(str(LARGEST)) and low <= int(word) <= high):
            self.refuse("pas_number", word, low=low, high=high)
        return int(word)

    def flags(self, words: Sequence[str], count: int) -> tuple[bool, ...]:
        """So many words 0 or 1."""
        return tuple(bool(self.number_of(word, high=1)) for word in self.words(words, count))


class Lines:
    """The lines of a file that hold something, in order."""

    def __init__(self, content: bytes) -> None:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidInput("pas_not_text", line=content[: error.start].count(b"\n") + 1) from None
        rows = text.splitlines()
        self._end = max(len(rows), 1)
        found = enumerate(rows, start=1)
        self._lines = iter([Line(number, line.strip()) for number, line in found if line.strip()])

    def next(self, wanted: str) -> Line:
        """The next line, where `wanted` should stand."""
        line = next(self._lines, None)
        if line is None:
            raise InvalidInput("pas_ends_early", line=self._end, wanted=wanted)
        return line

    def heading(self, wanted: str) -> None:
        """Pass the line that is exactly this heading."""
        line = self.next(wanted)
        if line.text != wanted:
            line.refuse("pas_heading", wanted=wanted)

    def count(self, wanted: str, *, low: int = 0) -> int:
        """The number after `wanted` in the next line."""
        line = self.next(wanted)
        if not line.text.startswith(wanted):
            line.refuse("pas_heading", wanted=wanted)
        return line.number_of(line.text.removeprefix(wanted).strip(), low=low)
