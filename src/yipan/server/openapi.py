"""`GET /openapi.json`: what programs may ask Yipan, as OpenAPI 3.1. Pages for people are not part of it.

One table, written by hand; an address that this installation does not serve is left out. A test holds every answer
against it (`tests/fuzz/test_api.py`).
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe

from yipan import __version__
from yipan.server.dispatcher import LIVE_PATH

JSON = "application/json"


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {JSON: {"schema": schema}}}


def _raw(description: str, *types: str) -> dict[str, Any]:
    return {"description": description, "content": {kind: {} for kind in types}}


def _get(summary: str, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"get": {"summary": summary, "responses": answers, **more}}


PROBLEM = {"$ref": "#/components/schemas/Problem"}
HEALTH = {"$ref": "#/components/schemas/Health"}
READY = {"$ref": "#/components/schemas/Readiness"}
SESSION: list[dict[str, list[str]]] = [{"session": []}]

REFUSALS = {
    "400": _json("The request cannot be read.", PROBLEM),
    "401": {"description": "Nobody is signed in.", "content": {JSON: {"schema": {"type": "object"}}}},
    "403": _json("The role does not allow it.", PROBLEM),
    "404": _json("There is no such thing, or it may not be known.", PROBLEM),
}
KIND = {"name": "kind", "in": "path", "required": True, "schema": {"type": "string", "enum": ["zip", "json", "toml"]}}
SINCE = {"name": "since", "in": "query", "schema": {"type": "string"}, "description": "`id` of the last event seen"}

PATHS: dict[str, Any] = {
    "/healthz": _get(
        "Can this installation be used, and which part is in the way if not",
        {"200": _json("Pages can be used.", HEALTH), "503": _json("They cannot.", HEALTH)},
        security=[],
    ),
    "/readyz": _get(
        "Should new requests come to this process",
        {"200": _json("Yes.", READY), "503": _json("No; `why` names the reason.", READY)},
        security=[],
    ),
    "/metrics": _get(
        "All that is counted, for Prometheus",
        {
            "200": _raw("Text format of Prometheus.", "text/plain", "application/openmetrics-text"),
            "403": _json("Asked from elsewhere without the token.", PROBLEM),
        },
        security=[{}, {"monitoring": []}],
    ),
    "/openapi.json": _get("This description", {"200": _json("OpenAPI 3.1.", {"type": "object"})}, security=[]),
    LIVE_PATH: _get(
        "What happens, as Server-Sent Events: kinds and identifiers, never a name",
        {
            "200": _raw("A stream that stays open.", "text/event-stream"),
            "401": _json("Nobody is signed in.", {"type": "object"}),
            "503": _json("The database does not answer.", {"type": "object"}),
        },
        parameters=[SINCE],
        security=SESSION,
    ),
    "/audit/export": _get(
        "The audit trail as FHIR AuditEvents, one a line",
        {"200": _raw("Newline-delimited JSON.", "application/fhir+ndjson"), **REFUSALS},
        security=SESSION,
    ),
    "/network/export.{kind}": _get(
        "The whole network as a file that can be imported again",
        {"200": _raw("The file.", "application/zip", JSON, "application/toml"), **REFUSALS},
        parameters=[KIND],
        security=SESSION,
    ),
}

SCHEMAS: dict[str, Any] = {
    "Problem": {
        "description": "Any refusal, at every address, when JSON is asked for: a stable code, and a sentence.",
        "type": "object",
        "required": ["code", "message"],
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
    },
    "Health": {
        "type": "object",
        "required": ["status", "now", "parts"],
        "properties": {
            "status": {"enum": ["ok", "degraded", "unavailable"]},
            "now": {"type": "string", "format": "date-time"},
            "parts": {
                "type": "object",
                "required": ["database"],
                "additionalProperties": {
                    "type": "object",
                    "required": ["ok"],
                    "properties": {"ok": {"type": "boolean"}},
                },
            },
        },
    },
    "Readiness": {
        "type": "object",
        "required": ["ready"],
        "properties": {"ready": {"type": "boolean"}, "why": {"type": ["string", "null"]}},
    },
}


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """The description of what this installation serves."""
    return JsonResponse(document())


def document() -> dict[str, Any]:
    """OpenAPI 3.1 (spec.openapis.org/oas/v3.1.0)."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Yipan",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {path: told for path, told in PATHS.items() if _is_served(path)},
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
                "monitoring": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _is_served(path: str) -> bool:
    """Live updates are answered beside Django (`dispatcher`); everything else is in the resolver or not there."""
    try:
        return path == LIVE_PATH or bool(resolve(path.replace("{kind}", "zip")))
    except Resolver404:
        return False
