"""`GET /readyz`: should new requests come to this process? A balancer asks; `/healthz` is for people."""

from __future__ import annotations

import threading

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yipan.server import health

_draining = threading.Event()


def drain() -> None:
    """From here on say that others should be asked; everything that comes is still answered."""
    _draining.set()


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 with `{"ready": true}`; 503 with `why`: `draining`, `database` or `migrations`."""
    why = _obstacle()
    return JsonResponse({"ready": why is None, "why": why}, status=200 if why is None else 503)


def _obstacle() -> str | None:
    if _draining.is_set():
        return "draining"
    if not health.database()["ok"]:
        return "database"
    return None if health.migrations()["ok"] else "migrations"
