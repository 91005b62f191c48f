"""`GET /healthz`: can this installation be used, and which part is in the way if not."""

from __future__ import annotations

import socket
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yipan.base.access import wall
from yipan.kernel import clock
from yipan.server import environment, presence

HEARTBEAT_SECONDS = 45.0  # the worker gives a sign every ten
CONNECT_SECONDS = 0.5

_up_to_date = False  # tables do not go back while a process runs, so one good answer is kept


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when pages can be used: `ok` when every part works, `degraded` when worker or a listener do not; else 503.

    JSON: `status`, `now`, and `parts` with `ok` for each and what there is to say; ages in seconds.
    """
    parts = {"database": database()}
    if parts["database"]["ok"]:
        parts["migrations"] = migrations()
    if parts.get("migrations", {}).get("ok"):
        parts |= {"worker": _worker(), "events": _events()}
    parts["hl7"] = _listener("hl7", environment.hl7_address(), usable_database=parts["database"]["ok"])
    if worklist := environment.dicom_address():
        parts["dicom"] = _listener("dicom", worklist, usable_database=parts["database"]["ok"])
    usable = all(parts[name]["ok"] for name in ("database", "migrations") if name in parts)
    well = all(part["ok"] for part in parts.values())
    status = "unavailable" if not usable else "ok" if well else "degraded"
    body = {"status": status, "now": clock.now().isoformat(), "parts": parts}
    return JsonResponse(body, status=200 if usable else 503)


def database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return {"ok": True, "version": cursor.fetchone()[0]}
    except DatabaseError as error:
        return {"ok": False, "why": type(error).__name__}


def migrations() -> dict[str, Any]:
    global _up_to_date
    if not _up_to_date:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            return {"ok": False, "waiting": [str(migration) for migration, _ in waiting]}
        _up_to_date = True
    return {"ok": True}


def _worker() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM now() - max(last_heartbeat))::float FROM procrastinate_workers")
        age = cursor.fetchone()[0]
    return {"ok": age is not None and age < HEARTBEAT_SECONDS, "heartbeat_age": _rounded(age)}


def _events() -> dict[str, Any]:
    """How long ago Yipan last learned of anything; a quiet night is no fault."""
    with wall.passage("server.figures"), connection.cursor() as cursor:
        cursor.execute("SELECT recorded_at FROM spine_event ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    return {"ok": True, "last_event_age": _rounded((clock.now() - row[0]).total_seconds() if row else None)}


def _listener(part: str, address: tuple[str, int], *, usable_database: bool) -> dict[str, Any]:
    host, port = address
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    try:
        socket.create_connection((host, port), CONNECT_SECONDS).close()
    except OSError:
        return {"ok": usable_database and _listens_elsewhere(part), "port": port}
    return {"ok": True, "port": port}


def _listens_elsewhere(part: str) -> bool:
    """Whether such a listener on another machine gave a sign of life; one of this machine would have answered."""
    try:
        seen = presence.seen()
    except DatabaseError:
        return False
    return any(p.part == part and p.is_alive and p.host != socket.gethostname() for p in seen)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
