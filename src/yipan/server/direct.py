"""Connections of one's own, past every pooler: for LISTEN, for the queue of jobs, and for migrations.

The ordinary connections may go through a pooler in transaction mode (PgBouncer), where each transaction may run in
another session. What lives in a session — LISTEN, a lock held over several transactions, a setting — needs the server
itself: YIPAN_DATABASE_DIRECT_URL, or the ordinary address when it is not set.
"""

from __future__ import annotations

import os
from typing import Any

import psycopg
from django.db import connections
from psycopg.conninfo import conninfo_to_dict

VARIABLE = "YIPAN_DATABASE_DIRECT_URL"


def parameters() -> dict[str, Any]:
    """What psycopg needs to connect directly."""
    if url := os.environ.get(VARIABLE):
        return dict(conninfo_to_dict(url))
    told = connections["default"].get_connection_params()
    for name in ("cursor_factory", "context"):  # Django's own
        told.pop(name, None)
    return told


def connect() -> psycopg.Connection:
    """A connection in autocommit mode that may LISTEN."""
    return psycopg.connect(**parameters(), autocommit=True)


async def connect_async() -> psycopg.AsyncConnection:
    """The same for the event loop."""
    return await psycopg.AsyncConnection.connect(**parameters(), autocommit=True)


def use_for_everything() -> None:
    """Let this process use the direct address for its ordinary connections too. Call it before Django is loaded."""
    if url := os.environ.get(VARIABLE):
        os.environ["YIPAN_DATABASE_URL"] = url
