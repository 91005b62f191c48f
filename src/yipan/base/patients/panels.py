"""Panels that other rooms add to the page of a patient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from yipan.base.access import Actor


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the patient's page.

    `context(actor, patient_id)` returns what `template` needs, or None when this person may not see it or there is
    nothing to show. The template is included with that context as `panel`, the panel's `title` and the `patient`.
    """

    key: str
    title: Any
    template: str
    context: Callable[[Actor, UUID], dict[str, Any] | None]
    order: int = 100


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    """Add a panel; another with the same key replaces it."""
    _panels[panel.key] = panel


def panels_for(actor: Actor, patient_id: UUID) -> list[tuple[Panel, dict[str, Any]]]:
    """The panels to show, in order, each with its context."""
    shown = []
    for panel in sorted(_panels.values(), key=lambda p: (p.order, p.key)):
        context = panel.context(actor, patient_id)
        if context is not None:
            shown.append((panel, context))
    return shown
