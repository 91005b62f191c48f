"""Slows down guessing of passwords: after LIMIT failures of a user name from one address, a pause.

Counted by name *and* address, so that a stranger cannot lock a colleague out from elsewhere.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from yipan.base.access.models import LoginFailure
from yipan.kernel import clock

LIMIT = 8
WINDOW = timedelta(minutes=15)

# One statement, so that parallel guesses are all counted; a window that has passed starts anew.
COUNT = """
INSERT INTO access_loginfailure (username, address, failures, since) VALUES (%(username)s, %(address)s, 1, %(now)s)
ON CONFLICT (username, address) DO UPDATE SET
  failures = CASE WHEN access_loginfailure.since <= %(old)s THEN 1 ELSE access_loginfailure.failures + 1 END,
  since = CASE WHEN access_loginfailure.since <= %(old)s THEN %(now)s ELSE access_loginfailure.since END
"""


def pause(username: str, address: str) -> timedelta | None:
    """How long this name must wait at this address; None when it may try now."""
    now = clock.now()
    row = LoginFailure.objects.filter(
        username=_key(username), address=address, failures__gte=LIMIT, since__gt=now - WINDOW
    ).first()
    return None if row is None else row.since + WINDOW - now


def failed(username: str, address: str) -> None:
    """Count a failure, and forget windows that have passed."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"username": _key(username), "address": address, "now": now, "old": now - WINDOW})
    LoginFailure.objects.filter(since__lte=now - WINDOW).delete()


def succeeded(username: str, address: str) -> None:
    """Forget the failures of this name at this address."""
    LoginFailure.objects.filter(username=_key(username), address=address).delete()


def _key(username: str) -> str:
    return username.casefold()[:150]
