"""`/readyz`: yes when requests may come, no while stopping or while the database is in the way."""

from __future__ import annotations

import threading

import pytest
from django.test import Client

from yipan.server import health, readiness

pytestmark = pytest.mark.django_db


def test_ready(client: Client) -> None:
    """Database and tables are there."""
    assert client.get("/readyz").json() == {"ready": True, "why": None}


def test_a_process_that_will_stop_says_so_and_goes_on(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """While draining others should be asked; health stays as it is."""
    monkeypatch.setattr(readiness, "_draining", threading.Event())
    readiness.drain()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["why"]) == (503, "draining")
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("part", ["database", "migrations"])
def test_not_ready_without_its_database(client: Client, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """The reason is named."""
    monkeypatch.setattr(health, part, lambda: {"ok": False})
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["why"]) == (503, part)
