"""Turn a database URL into Django's settings."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

PATIENCE_SECONDS = 10
"""How long a thread waits for a connection of its process before the request fails: long enough for a database that
was killed to come back, short enough that a person hears of it, and a sender before it gives up."""


def connections() -> int:
    """Connections of one process: YIPAN_DATABASE_CONNECTIONS, else 12 (ten threads for pages, and two to spare)."""
    text = os.environ.get("YIPAN_DATABASE_CONNECTIONS", "")
    return max(int(text), 2) if text.isdecimal() else 12


def pool() -> dict[str, int]:
    """The pool of one process. Its pauses between attempts double: with the same patience they stay short."""
    return {
        "min_size": 1,
        "max_size": connections(),
        "timeout": PATIENCE_SECONDS,
        "reconnect_timeout": PATIENCE_SECONDS,
    }


def from_url(url: str) -> dict[str, Any]:
    """Django's DATABASES entry of `postgresql://user:password@host:port/name?option=value`.

    A socket directory is given percent-encoded as the host or as `?host=/path`. An empty URL means the embedded
    server, whose URL the supervisor sets before anything connects; a name is filled in so that settings load.
    """
    parts = urlsplit(url or "postgresql:///yipan")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "yipan",
        "USER": unquote(parts.username or "") or query.pop("user", ""),
        "PASSWORD": unquote(parts.password or "") or query.pop("password", ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "") or ""),
        "CONN_MAX_AGE": 0,
        # An empty question before each use: after the database was away, a pool still holds its dead connections.
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # a pooler in transaction mode gives each transaction another session
        "OPTIONS": {"pool": pool(), **query},
    }
