"""What a failing database means to the person in front of the page, and to the loops that work on without one."""

from __future__ import annotations

import sys

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.defaults import server_error

from yipan.kernel.errors import Unavailable
from yipan.ui import middleware

DISK_FULL = "53100"
CLASHES = frozenset({"40001", "40P01", "55P03", "57014"})
"""Serialization failure, deadlock, lock not available, query cancelled: the next try may well succeed."""
AWAY = ("08", "53", "57P", "58")
"""Connection lost, no resources, shutting down or starting up, a fault of the machine (PostgreSQL, appendix A)."""


def outage_of(error: BaseException | None) -> Unavailable | None:
    """The outage behind an error of the database: `database_full`, `database_busy` or `database_away`, else None.

    None means that the statement itself is at fault; to try again would not help.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    state = sqlstate_of(error)
    if state == DISK_FULL:
        return Unavailable("database_full")
    if state in CLASHES:
        return Unavailable("database_busy")
    # Without a state nobody answered: the connection broke, or none could be had.
    return Unavailable("database_away") if not state or state.startswith(AWAY) else None


def is_away(error: BaseException | None) -> bool:
    """Whether nothing at all can be done until the database is well again."""
    outage = outage_of(error)
    return outage is not None and outage.code != "database_busy"


def sqlstate_of(error: DatabaseError) -> str:
    """The five characters by which PostgreSQL names an error; empty when it said nothing."""
    return getattr(error.__cause__, "sqlstate", None) or ""


def page(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: an outage that struck outside a page (session, sign-in) is told like one inside it."""
    outage = outage_of(sys.exc_info()[1])
    return middleware.answer(request, outage) if outage else server_error(request)
