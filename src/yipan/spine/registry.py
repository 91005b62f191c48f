"""Service lines announce themselves here; nothing else knows which lines exist."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http.response import HttpResponseBase

from yipan.base.access import Role


@dataclass(frozen=True, slots=True)
class Page:
    """A page or fragment: `path` as Django's `path()` has it, `name` for reversing."""

    path: str
    view: Callable[..., HttpResponseBase]
    name: str


@dataclass(frozen=True, slots=True)
class Periodic:
    """Something the worker does on time; `run` returns how many things it did."""

    name: str
    every_seconds: float
    run: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Line:
    """The table of contents of a service line.

    `verbs` says which roles may do what; `transitions` names the steps of its requests for documentation and for
    `LineContract`; `events` are the kinds it writes; `inbound` maps a message kind ("ADT^A01") to what applies it;
    `foresee` reads at once what these will ask, for the (event, sender) of many messages.
    """

    code: str
    name: Any
    pages: tuple[Page, ...] = ()
    verbs: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    transitions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    periodic: tuple[Periodic, ...] = ()
    inbound: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    foresee: Callable[[Sequence[Any]], None] | None = None


_lines: dict[str, Line] = {}


def register(line: Line) -> None:
    """Add a line; the same line again is harmless, another of the same code is a mistake."""
    if _lines.get(line.code, line) is not line:
        raise ValueError(f"there is a line {line.code!r} already")
    _lines[line.code] = line


def lines() -> tuple[Line, ...]:
    return tuple(_lines.values())


def inbound(kind: str) -> tuple[Callable[..., Any], ...]:
    """Everything that wants to apply an inbound message of this kind, in the order of registration."""
    return tuple(line.inbound[kind] for line in _lines.values() if kind in line.inbound)


def foresights() -> tuple[Callable[[Sequence[Any]], None], ...]:
    """What reads ahead for many inbound messages."""
    return tuple(line.foresee for line in _lines.values() if line.foresee is not None)
