"""What every answer must be, whatever was sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client

from tests.fuzz.odd import TAG
from tests.fuzz.pages import Page
from tests.fuzz.undoing import undone

DECLARED = frozenset({200, 204, 302, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 503})
"""Status codes that Yipan answers with; 401 is for programs and fragments of pages, people are sent to the login."""

MAY_GROW = ("audit_", "access_loginfailure", "access_attempts", "django_session")
"""Tables that a refused step may write to: the journal, the count of failed logins, the sentence for the next page."""

CHINESE = re.compile(r"[\u4e00-\u9fff]{4}")
ENGLISH = re.compile(r"[A-Z][a-z’']+( [\w’',;:/“”()–-]+)+[.!]")
TRACES = ("Traceback (most recent call last)", "psycopg.", "django.db.utils", "jinja2.exceptions", 'File "/')


@dataclass(frozen=True)
class Asked:
    """A request. `body` is sent as it is; `path` may hold a query."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = "application/x-www-form-urlencoded"
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        sent = self.body if len(self.body) < 400 else self.body[:400] + b"..."
        return f"{self.method} {self.path[:400]} {self.content_type} {sent!r} {self.headers}"


def ask(client: Client, asked: Asked, heard: Callable[[int], None] = lambda status: None) -> list[str]:
    """Send it, undo what it did, and tell what is wrong with the answer; an empty list when nothing is.

    `heard` is told the status.
    """
    cookies = deepcopy(client.cookies)
    before = rows() if asked.method == "POST" else {}
    raised: list[BaseException] = []
    client.raise_request_exception = False
    with undone():
        response = client.generic(asked.method, asked.path, asked.body, asked.content_type, headers=asked.headers)
        raised += [response.exc_info[1]] if getattr(response, "exc_info", None) else []
        wrong = [f"{type(e).__name__}: {e}"[:300] for e in raised if response.status_code == 500]
        if response.status_code != 500:
            flash = _said(client)
            wrong += _form_of(response, flash, with_text=asked.method != "HEAD")
            if asked.method == "POST" and (response.status_code >= 400 or any(s["tone"] == "error" for s in flash)):
                wrong += _changed(before, rows())
    client.cookies = cookies
    heard(response.status_code)
    if response.status_code not in DECLARED:
        wrong.append(f"answered {response.status_code}")
    return [f"{asked}\n    → {what}" for what in wrong]


def rows() -> dict[str, Any]:
    """A sum over the rows of every table, so that any change shows."""
    with connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if not t.startswith(MAY_GROW)]
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{t}', sum(hashtextextended(t::text, 0)), count(*) FROM {connection.ops.quote_name(t)} t"
                for t in tables
            )
        )
        return {name: (total, n) for name, total, n in cursor.fetchall()}


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [f"refused, but {table} changed" for table in before if before[table] != after.get(table)]


def _said(client: Client) -> list[dict[str, str]]:
    """The sentences that wait in the session for the next page."""
    session = client.session if client.cookies else {}
    return list(session.get("flash", []))


def _form_of(response: Any, flash: list[dict[str, str]], *, with_text: bool) -> list[str]:
    """What is wrong with the text of an answer."""
    wrong = [f"header {name} split" for name in ("X-Odd",) if name in response.headers]
    if response.streaming or not with_text:
        return wrong
    text = response.content.decode("utf-8", "replace")
    html = response.headers.get("Content-Type", "").startswith("text/html")
    if html and TAG in text:
        wrong.append("what was sent came back as a tag")
    wrong += [f"shows {trace}" for trace in TRACES if trace in text]
    if 400 <= response.status_code < 500 and response.status_code != 401:
        language = response.headers.get("Content-Language", "")
        said = _sentences(response, text)
        if not (CHINESE if language.startswith("zh") else ENGLISH).search(said):
            wrong.append(f"no sentence in {language or 'any language'} with {response.status_code}: {said[:200]!r}")
    elif any(s["tone"] == "error" and len(s["text"]) < 4 for s in flash):
        wrong.append("refused without a sentence")
    return wrong


def _sentences(response: Any, text: str) -> str:
    """What an answer tells a person: its words, its toast, or its JSON."""
    told = json.loads(response.headers.get("HX-Trigger", "{}")).get("yipan:toast", {}).get("text", "")
    if response.headers.get("Content-Type", "").startswith("application/json"):
        return str(json.loads(text).get("message", ""))
    return told + " ".join(Page("/", text).words)
