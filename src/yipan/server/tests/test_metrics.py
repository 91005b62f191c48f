"""`/metrics`: who may read it, what stands there, and that several processes add up without naming anything twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from yipan.base import audit
from yipan.base.access import SYSTEM
from yipan.base.audit import checkpoints
from yipan.interop.models import InboundMessage, Source
from yipan.kernel import clock
from yipan.kernel.ids import new_id
from yipan.server.backup import folder
from yipan.server.metrics import sharing

pytestmark = pytest.mark.django_db


def read(client: Client, **headers: str) -> dict[str, Any]:
    """All samples by family; fails when a family is told twice."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    found: dict[str, Any] = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        assert family.name not in found
        found[family.name] = family.samples
    return found


def test_this_machine_or_a_token(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token only a program on this machine; with one only who shows it, from anywhere."""
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 403
    assert client.get("/metrics", headers={"x-forwarded-for": "10.0.0.9"}).status_code == 403
    monkeypatch.setenv("YIPAN_METRICS_TOKEN", "secret")
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}).status_code == 403
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9", headers={"authorization": "Bearer secret"}).status_code == 200


def test_requests_are_counted_by_route(client: Client) -> None:
    """An address with an identifier counts under the name of its route."""
    client.get(f"/patients/{new_id()}?q=李建国")
    text = client.get("/metrics").content.decode()
    assert "李建国" not in text
    assert "/patients/" not in text
    routes = {s.labels["route"] for s in read(client)["yipan_requests"]}
    assert "metrics" in routes


def test_queues_and_signs_of_life(client: Client) -> None:
    """What waits is told with the age of the oldest; a worker's own counters come with its sign of life."""
    source = Source.objects.create(application="HIS")
    InboundMessage.objects.create(source=source, peer="p", digest="d", raw=b"x", received_at=clock.now())
    counted = [["yipan_outbox_effects", "help", "counter", [["yipan_outbox_effects_total", {"topic": "t"}, 7.0]]]]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM server_process")
        cursor.execute(
            "INSERT INTO server_process (id, part, host, pid, version, started_at, seen_at, clock_ahead, samples)"
            " VALUES (%s, 'worker', 'one', 9, '1', now(), now(), 0, %s)",
            [new_id(), json.dumps(counted)],
        )
    found = read(client)
    waiting = {s.labels["state"]: s.value for s in found["yipan_messages_waiting"]}
    assert waiting == {"received": 1.0, "waiting": 0.0}
    assert [s.value for s in found["yipan_outbox_effects"] if s.labels["part"] == "worker"] == [7.0]
    assert [s.labels["part"] for s in found["yipan_process_seen_seconds"]] == ["worker"]
    assert found["yipan_database_up"][0].value == 1.0
    for name in ("yipan_outbox_lag_seconds", "yipan_jobs_due", "yipan_holds_overdue", "yipan_database_connections"):
        assert found[name], name


def test_the_last_backup_and_checkpoint_have_an_age(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Absent while there is none; else as old as its name and its text say, and what is not sealed is counted."""
    monkeypatch.setenv("YIPAN_STATE", str(tmp_path))
    settings.YIPAN_AUDIT_DIRECTORY = str(tmp_path / "audit")
    audit.record(SYSTEM, "tea.make", "cup", "1")
    found = read(client)
    assert "yipan_backup_seconds" not in found
    assert "yipan_audit_checkpoint_seconds" not in found
    assert found["yipan_audit_unsealed"][0].value >= 1
    (tmp_path / "backups").mkdir()
    for hours in (30, 3):
        at = clock.now() - timedelta(hours=hours)
        (tmp_path / "backups" / folder.name(at)).touch()
        (tmp_path / "audit").mkdir(exist_ok=True)
        kept = {"format": checkpoints.FORMAT, "at": at.isoformat(), "seal": 1, "journals": {}}
        with (tmp_path / "audit" / checkpoints.NAME).open("a") as lines:
            lines.write(json.dumps(kept | {"digest": "", "signature": "", "key": ""}) + "\n")
    found = read(client)
    assert found["yipan_backup_seconds"][0].value == pytest.approx(3 * 3600, abs=60)
    assert found["yipan_audit_checkpoint_seconds"][0].value == pytest.approx(3 * 3600, abs=60)


COUNTING = """
import django; django.setup()
from yipan.server.metrics import meters
meters.REQUESTS.labels("r", "GET", "200").inc(3)
meters.STREAMS.inc(5)
"""
READING = """
import django; django.setup()
from yipan.server.metrics import meters
sums = {f.name: sum(s.value for s in f.samples) for f in meters.families()}
print(sums["yipan_requests"], sums.get("yipan_live_streams", 0.0))
"""


def test_processes_add_up(tmp_path: Path) -> None:
    """What two workers counted is one sum; streams that were open in a worker that died are open no more."""
    with pytest.MonkeyPatch.context() as patch, sharing.shared(tmp_path / "metrics"):
        patch.setenv("DJANGO_SETTINGS_MODULE", "yipan.server.settings")
        variables = dict(os.environ)
        for _ in range(2):
            subprocess.run([sys.executable, "-c", COUNTING], env=variables, check=True)
        told = subprocess.run(
            [sys.executable, "-c", READING], env=variables, check=True, capture_output=True, text=True
        )
    assert sharing.VARIABLE not in os.environ
    assert told.stdout.split() == ["6.0", "0.0"]
    assert not (tmp_path / "metrics").exists()
