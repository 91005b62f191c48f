"""The sealer waits for every transaction of the database server. Tests run beside others on one server, so here it
waits for those of its own database only."""

from __future__ import annotations

OWN = """
SELECT (SELECT system_identifier FROM pg_control_system()),
       coalesce((SELECT min(backend_xid::text::bigint) FROM pg_stat_activity WHERE datname = current_database()), xmax),
       xmax
  FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xmax) AS s
"""
