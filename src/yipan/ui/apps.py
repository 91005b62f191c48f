"""The Django app of the pages' common parts."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Loads the sentences, so that two rooms giving one code different words fail at start, not at a patient's desk;
    and announces the base rooms."""

    name = "yipan.ui"
    label = "ui"

    def ready(self) -> None:
        from yipan.ui import messages, rooms

        messages.load()
        rooms.announce()
