"""Every address of Yipan: the base rooms, the lines that registered themselves, the interfaces, and health."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from yipan.server import environment
from yipan.server.health import healthz
from yipan.server.metrics.page import metrics
from yipan.server.openapi import openapi
from yipan.server.readiness import readyz
from yipan.spine import registry

ROOMS = (
    "yipan.base.access.urls",
    "yipan.base.audit.urls",
    "yipan.base.network.urls",
    "yipan.base.patients.urls",
    "yipan.ui.urls",
    "yipan.interop.urls",
    "yipan.planning.urls",
    *(("yipan.server.demo.pages",) if environment.wants_demo() else ()),
)

handler400 = "yipan.ui.reading.bad_request"
handler500 = "yipan.ui.outages.page"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("openapi.json", openapi, name="openapi"),
    *(path("", include(room)) for room in ROOMS if find_spec(room) is not None),
    *(path(page.path, page.view, name=page.name) for line in registry.lines() for page in line.pages),
]
