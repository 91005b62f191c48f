"""Service lines announce themselves here; nothing else knows which lines exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
class Joint:
    """How a line takes part in a joint booking; the shapes are those of `spine.joint`.

    `offers(actor, need, limit)` reads and proposes, best first. `prepare(actor, need, offer, parent)` runs in the
    transaction: it asks the line's rules again under their locks, writes the line's own request and says what to claim.
    `confirm(actor, request)` makes firm what is held for the request, `withdraw(actor, request, reason)` gives it back
    and ends the request. All are keyword-only. `asks()` are the words of a need as fields of a form
    (`spine.joint.Ask`).
    """

    offers: Callable[..., Sequence[Any]]
    prepare: Callable[..., Any]
    confirm: Callable[..., None]
    withdraw: Callable[..., None]
    asks: Callable[[], Sequence[Any]] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The table of contents of a service line.

    `verbs` says which roles may do what; `transitions` names the steps of its requests for documentation and for
    `LineContract`; `events` are the kinds it writes; `inbound` maps a message kind ("ADT^A01") to what applies it;
    `foresee` reads at once what these will ask, for the (event, sender) of many messages. `outbound` maps what the line
    tells receivers ("exams.result") to what builds it from the payload of its wish: a `spine.wire.Outgoing`, or None
    when there is nothing to tell any more. `shows` is the name of the page of one request, and the verb that opens it
    in the organisation of the request. `kinds` are the kinds of capacities that are the line's; `joint` is how
    other lines book them together with their own (`spine.joint`); `stays` tells who lies in them, as
    `spine.stays.Stay`.
    """

    code: str
    name: Any
    pages: tuple[Page, ...] = ()
    verbs: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    transitions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    periodic: tuple[Periodic, ...] = ()
    inbound: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    outbound: Mapping[str, Callable[[Mapping[str, Any]], Any]] = field(default_factory=dict)
    foresee: Callable[[Sequence[Any]], None] | None = None
    kinds: tuple[str, ...] = ()
    joint: Joint | None = None
    shows: tuple[str, str] | None = None
    stays: Callable[..., Iterable[Any]] | None = None


_lines: dict[str, Line] = {}


def register(line: Line) -> None:
    """Add a line; the same line again is harmless, another of the same code is a mistake."""
    if _lines.get(line.code, line) is not line:
        raise ValueError(f"there is a line {line.code!r} already")
    _lines[line.code] = line


def lines() -> tuple[Line, ...]:
    return tuple(_lines.values())


def line(code: str) -> Line:
    """The line of this code. Raises KeyError: code names lines, never input."""
    return _lines[code]


def line_of_kind(kind: str) -> str:
    """The code of the line whose capacities are of this kind; the kind itself where no line claims it."""
    return next((known.code for known in _lines.values() if kind in known.kinds), kind)


def inbound(kind: str) -> tuple[Callable[..., Any], ...]:
    """Everything that wants to apply an inbound message of this kind, in the order of registration."""
    return tuple(line.inbound[kind] for line in _lines.values() if kind in line.inbound)


def outbound(what: str) -> Callable[[Mapping[str, Any]], Any]:
    """What builds a message about this. Raises KeyError: a wish names what a line has announced, never input."""
    return {name: build for line in _lines.values() for name, build in line.outbound.items()}[what]


def foresights() -> tuple[Callable[[Sequence[Any]], None], ...]:
    """What reads ahead for many inbound messages."""
    return tuple(line.foresee for line in _lines.values() if line.foresee is not None)
