"""The network as an app of Django."""

from __future__ import annotations

from django.apps import AppConfig

TABLES = (
    "alliance",
    "bed",
    "department",
    "organisation",
    "policy",
    "road",
    "room",
    "site",
    "specialty",
    "specialtysimilarity",
    "walk",
    "ward",
    "wardcompetence",
)
"""What a network consists of: whoever changes it is told in the audit trail."""


class NetworkConfig(AppConfig):
    """Organisations, sites, wards, beds and what lies between them."""

    name = "yipan.base.network"
    label = "network"

    def ready(self) -> None:
        from yipan.base.audit import labels, watching
        from yipan.base.network import words

        labels.declare(words.ACTIONS, words.THINGS)
        watching.watch(*(watching.Watched(f"network_{name}") for name in TABLES))
