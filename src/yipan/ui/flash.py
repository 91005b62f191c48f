"""A sentence that survives the redirect after a form, and the same as a toast for htmx.

It lies in the session, not in a cookie: a message may name a patient, and a signed cookie can still be read.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse

Tone = Literal["done", "info", "warn", "error"]
_KEY = "flash"


def say(request: HttpRequest, text: Any, tone: Tone = "done") -> None:
    """Show `text` (already a whole sentence) on the next page that this person opens."""
    waiting = request.session.get(_KEY, [])
    request.session[_KEY] = [*waiting, {"text": str(text), "tone": tone}][-5:]


def take(request: HttpRequest | None) -> list[dict[str, str]]:
    """The sentences waiting for this person, oldest first; they are gone afterwards."""
    session = getattr(request, "session", None)
    if session is None or _KEY not in session:
        return []
    waiting: list[dict[str, str]] = session.pop(_KEY)
    return waiting


def toast(response: HttpResponse, text: Any, tone: Tone = "done") -> HttpResponse:
    """Show `text` beside a fragment that htmx swaps in."""
    wishes: dict[str, Any] = json.loads(response.headers.get("HX-Trigger", "{}"))
    wishes["yipan:toast"] = {"text": str(text), "tone": tone}
    response.headers["HX-Trigger"] = json.dumps(wishes)
    return response
