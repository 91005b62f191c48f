"""The ordinary connections may run through a pooler in transaction mode: nothing may live in their session."""

from __future__ import annotations

import re

from django.conf import settings
from django.db import connection

from tests.architecture.test_structure import MODULES, SOURCE

DIRECT = {"direct.py", "migrating.py", "feed.py", "worker.py", "listening.py"}
"""Modules of `server` and `interop` that speak on a direct connection, past the pooler."""
FUNCTIONS = {"watching.py"}
"""Modules that make functions of the database; what is SET there lasts for a call."""
NO_REQUESTS = (SOURCE / "server" / "embedded", SOURCE / "server" / "backup")
"""What speaks with the server itself: the embedded one, and the one that is backed up."""
SESSION = re.compile(
    r"pg_(?:try_)?advisory_lock(?:_shared)?\("  # held until the session ends
    r"|\bLISTEN [\{a-z]"
    r"|[\"'\s]SET (?!LOCAL|NULL|DEFAULT|\w+ = (?:excluded|CASE)|failures|state|seen_at)(?:SESSION |[a-z_]+ (?:=|TO) )"
    r"|set_config\([^)]*false\)"
    r"|\bPREPARE \w+ AS|\bDECLARE \w+ CURSOR WITH HOLD|CREATE TEMP"
)


def test_nothing_lives_in_a_session():
    """No session lock, LISTEN, lasting SET, prepared statement or temporary table on an ordinary connection."""
    ordinary = [
        p
        for p in MODULES
        if p.name not in DIRECT | FUNCTIONS and not set(NO_REQUESTS) & set(p.parents) and "doctor" not in p.parts
    ]
    found = {str(p.relative_to(SOURCE)): SESSION.findall(p.read_text()) for p in ordinary}
    assert {path: what for path, what in found.items() if what} == {}


def test_the_search_finds_what_it_looks_for():
    """Each kind of statement that would live in a session is recognised; their transaction-wide kin are not."""
    for bad in (
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_lock(1)",
        'execute(f"LISTEN {CHANNEL}")',
        '"SET lock_timeout = 5"',
        "\nSET SESSION timezone",
        "SELECT set_config('a', 'b', false)",
        "PREPARE p AS SELECT 1",
        "CREATE TEMP TABLE t",
    ):
        assert SESSION.search(bad), bad
    for good in ("SELECT pg_advisory_xact_lock(1)", '"SET LOCAL a = 1"', "set_config('a', 'b', true)"):
        assert not SESSION.search(good), good


def test_the_driver_keeps_nothing_in_a_session():
    """No server-side cursors, and no prepared statements."""
    assert settings.DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert connection.get_connection_params()["prepare_threshold"] is None
