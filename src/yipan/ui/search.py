"""One search field for everything: rooms register where to look, the person sees what they may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the answer. `group` is the heading it stands under, `icon` of lucide."""

    group: Any
    label: str
    url: str
    detail: str = ""
    icon: str = "arrow-right"


Provider = Callable[[HttpRequest, str], Iterable[Hit]]

_providers: list[Provider] = []
SHORTEST = 1
PER_GROUP = 8


def register(provider: Provider) -> None:
    """Add a place to look: called with the request (for `request.actor`) and the stripped text."""
    if provider not in _providers:
        _providers.append(provider)


def find(request: HttpRequest, text: str) -> dict[str, list[Hit]]:
    """Hits by group, in the order of the providers, at most `PER_GROUP` each."""
    found: dict[str, list[Hit]] = {}
    if len(text.strip()) < SHORTEST:
        return found
    for provider in _providers:
        for hit in provider(request, text.strip()):
            hits = found.setdefault(str(hit.group), [])
            if len(hits) < PER_GROUP:
                hits.append(hit)
    return found
