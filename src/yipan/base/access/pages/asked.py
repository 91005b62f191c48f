"""What a request carries: who acts, and identifiers in its fields."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from yipan.base.access.actor import Actor
from yipan.kernel.errors import InvalidInput


def actor(request: HttpRequest) -> Actor:
    """The actor that the middleware put on the request."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def as_uuid(text: str, code: str) -> UUID:
    """The identifier in a form field; raises InvalidInput(code)."""
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(code) from None
