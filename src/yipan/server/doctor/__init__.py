"""`yipan doctor`: looks at everything an installation stands on, and says in plain words what to do."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from yipan.server.doctor import database, machine, parts, queues, security, tables
from yipan.server.doctor.finding import Check, Finding, Level, fault

__all__ = ["CHECKS", "Finding", "Level", "examine", "worst"]

log = logging.getLogger(__name__)

CHECKS: dict[str, Sequence[Check]] = {
    "machine": machine.CHECKS,
    "security": security.CHECKS,
    "reachable": (database.reachable,),
    "database": database.CHECKS,
    "migrated": (tables.up_to_date,),
    "tables": tables.CHECKS,
    "parts": parts.CHECKS,
    "queues": queues.CHECKS,
}
GATES = {
    "reachable": ("database", "migrated", "tables", "parts", "queues"),
    "migrated": ("tables", "parts", "queues"),
}
"""After a fault in a group, which others have nothing to say that would not follow from it."""


def examine() -> Iterator[Finding]:
    """Run every check; what cannot be checked because something else is in the way is left out."""
    behind: set[str] = set()
    for name, checks in CHECKS.items():
        if name in behind:
            continue
        for check in checks:
            for finding in _run(check):
                if finding.level is Level.FAULT:
                    behind.update(GATES.get(name, ()))
                yield finding


def worst(findings: Sequence[Finding]) -> Level:
    """The exit code."""
    return max((finding.level for finding in findings), default=Level.FINE)


def _run(check: Check) -> Iterator[Finding]:
    try:
        yield from check()
    except Exception as error:
        log.debug("check %s failed", check.__name__, exc_info=True)
        yield fault("doctor_check_failed", check=check.__name__, error=type(error).__name__)
