"""What an edit of a policy rests on: rooms above register how to read what they keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """Where the evidence can be read. `href` is empty where it is no longer kept."""

    label: str
    href: str


Reader = Callable[[str], Link]

_readers: dict[str, Reader] = {}


def register(kind: str, reader: Reader) -> None:
    """Read evidence "kind:identifier" with `reader(identifier)` from here on."""
    _readers[kind] = reader


def link(evidence: str) -> Link | None:
    """The link of a policy's evidence; None without any, and the bare name of a kind that nobody reads."""
    if not evidence:
        return None
    kind, _colon, identifier = evidence.partition(":")
    reader = _readers.get(kind)
    return reader(identifier) if reader else Link(evidence, "")
