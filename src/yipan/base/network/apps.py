"""The network as an app of Django."""

from __future__ import annotations

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """Organisations, sites, wards, beds and what lies between them."""

    name = "yipan.base.network"
    label = "network"

    def ready(self) -> None:
        from yipan.base.audit import labels
        from yipan.base.network import words

        labels.declare(words.ACTIONS)
