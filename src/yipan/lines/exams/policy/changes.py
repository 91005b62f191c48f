"""What differs between two versions of a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

PIECES = re.compile(r"[A-Za-z0-9.%]+|\s+|.", re.DOTALL)
"""Words and numbers whole, Chinese by character."""


class Kind(StrEnum):
    """What became of a piece."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and what became of it."""

    kind: Kind
    text: str


def changes(before: str, after: str) -> list[Piece]:
    """The two texts as one: kept and added pieces joined are `after`, kept and removed ones `before`."""
    old, new = PIECES.findall(before), PIECES.findall(after)
    found: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece(Kind.KEPT, "".join(old[i:j])))
            continue
        if i < j:
            found.append(Piece(Kind.REMOVED, "".join(old[i:j])))
        if k < m:
            found.append(Piece(Kind.ADDED, "".join(new[k:m])))
    return found
