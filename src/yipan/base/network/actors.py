"""The actor of a request, as pages of this room see one."""

from __future__ import annotations

from typing import Protocol

from django.http import HttpRequest

from yipan.base.audit.journal import SomeActor


class Actor(SomeActor, Protocol):
    """Who reads and edits; `access.Actor` is one."""

    def may(self, verb: str, path: str | None = None) -> bool: ...

    def require(self, verb: str, path: str | None = None) -> None: ...

    def paths(self, verb: str) -> tuple[str, ...]: ...


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the middleware put on the request."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found
