"""Turn a database URL into Django's settings."""

from __future__ import annotations

import os
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from yipan.kernel.errors import Unavailable

PATIENCE_SECONDS = 10
"""How long a thread waits for a connection of its process before the request fails: long enough for a database that
was killed to come back, short enough that a person hears of it, and a sender before it gives up."""


def connections() -> int:
    """Connections of one process: YIPAN_DATABASE_CONNECTIONS, else 12 (ten threads for pages, and two to spare)."""
    return int(os.environ.get("YIPAN_DATABASE_CONNECTIONS") or 12)


def pool() -> dict[str, int]:
    """The pool of one process. Its pauses between attempts double: with the same patience they stay short."""
    return {
        "min_size": 1,
        "max_size": connections(),
        "timeout": PATIENCE_SECONDS,
        "reconnect_timeout": PATIENCE_SECONDS,
    }


def parts_of(url: str, variable: str = "YIPAN_DATABASE_URL") -> dict[str, str]:
    """A database URL in parts, as libpq reads it. Raises Unavailable("database_url_invalid") with the variable."""
    try:
        return {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError as error:
        raise Unavailable("database_url_invalid", variable=variable, why=str(error).strip()) from None


def from_url(url: str) -> dict[str, Any]:
    """Django's DATABASES entry of `postgresql://user:password@host:port/name?option=value`, as libpq reads it.

    Several servers are `host1:port1,host2:port2`, with `target_session_attrs=read-write` for the one that accepts
    writes. A socket directory is given percent-encoded as the host or as `?host=/path`. An empty URL means the embedded
    server, whose URL the supervisor sets before anything connects; a name is filled in so that settings load.
    Raises as `parts_of`.
    """
    parts = parts_of(url or "postgresql:///yipan")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "yipan"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 0,
        # An empty question before each use: after the database was away, a pool still holds its dead connections.
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # a pooler in transaction mode gives each transaction another session
        "OPTIONS": {"pool": pool(), **parts},
    }
