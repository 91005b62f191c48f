"""`/readyz`: yes when requests may come, no while stopping or while the database is in the way."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test import Client

from yipan.kernel.ids import new_id
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


@pytest.mark.parametrize("part", ["hl7", "dicom"])
def test_a_listener_on_another_machine_counts(client: Client, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """Health of a machine that runs no listener is good when another one does, and only while it lives."""
    monkeypatch.setenv(f"YIPAN_{part.upper()}_PORT", "1")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM server_process")
        assert client.get("/healthz").json()["parts"][part]["ok"] is False
        cursor.execute(
            "INSERT INTO server_process (id, part, host, pid, version, started_at, seen_at, clock_ahead, samples)"
            " VALUES (%s, %s, 'another machine', 9, '1', now(), now(), 0, '[]')",
            [new_id(), part],
        )
        assert client.get("/healthz").json()["parts"][part]["ok"] is True
        cursor.execute("UPDATE server_process SET seen_at = now() - interval '1 minute'")
        assert client.get("/healthz").json()["parts"][part]["ok"] is False


def test_the_worklist_is_named_only_where_it_is_set(client: Client) -> None:
    """Without a port for DICOM nobody misses its listener."""
    assert "dicom" not in client.get("/healthz").json()["parts"]
