"""How often something may be tried, counted in PostgreSQL, so that several server processes count together.

A try is counted before it is judged, in one statement: parallel guesses cannot slip past the limit. The table is not
logged (`UNLOGGED`): counting costs no disk write, and a crash of the database only forgets who was guessing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from django.db import connection
from django.db.models import F

from yipan.base.access.models import Attempts
from yipan.kernel import clock
from yipan.kernel.errors import TooOften

KEY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries of one key within `window`, counted from the first of them."""

    code: str
    most: int
    window: timedelta


LOGIN = Limit("login", 8, timedelta(minutes=15))
"""Failures of a user name from one address, so that a stranger cannot lock a colleague out from elsewhere."""
LOGIN_ADDRESS = Limit("login_address", 100, timedelta(minutes=15))
"""Failures from one address with whatever names: one common password tried on everybody."""
USED_CODE = Limit("used_code", 1, timedelta(minutes=2))
"""A code of an authenticator app lets in once; it is valid for a minute and a half."""
SECOND_FACTOR = Limit("second_factor", 6, timedelta(minutes=10))
PASSWORD = Limit("password", 8, timedelta(minutes=15))
EMERGENCY = Limit("emergency", 10, timedelta(hours=1))
"""Records that one person may open in an emergency."""
SEARCH = Limit("search", 120, timedelta(minutes=1))
"""Searches of one person; the field asks again while one types."""

LIMITS = (LOGIN, LOGIN_ADDRESS, USED_CODE, SECOND_FACTOR, PASSWORD, EMERGENCY, SEARCH)

COUNT = """
INSERT INTO access_attempts (action, key, tries, until) VALUES (%(action)s, %(key)s, 1, %(until)s)
ON CONFLICT (action, key) DO UPDATE SET
  tries = CASE WHEN access_attempts.until <= %(now)s THEN 1 ELSE access_attempts.tries + 1 END,
  until = CASE WHEN access_attempts.until <= %(now)s THEN %(until)s ELSE access_attempts.until END
RETURNING tries, until
"""


def spend(limit: Limit, key: object) -> None:
    """Count one try; raises TooOften("too_often") when the limit is used up. Call it outside a transaction that may
    be rolled back, or the try is forgotten with it."""
    now = clock.now()
    values: dict[str, Any] = {"action": limit.code, "key": _key(key), "now": now, "until": now + limit.window}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        tries, until = cursor.fetchone()
    if tries == 1:
        Attempts.objects.filter(until__lte=now).delete()  # whoever begins a window sweeps the old ones out
    if tries > limit.most:
        seconds = ceil((until - now).total_seconds())
        raise TooOften("too_often", minutes=ceil(seconds / 60), seconds=seconds)


def forget(limit: Limit, key: object) -> None:
    """Begin anew: who succeeded starts with a clean count."""
    Attempts.objects.filter(action=limit.code, key=_key(key)).delete()


def refund(limit: Limit, key: object) -> None:
    """Take one try back: where failures of many people are counted together, a success is not one of them."""
    Attempts.objects.filter(action=limit.code, key=_key(key), tries__gt=0).update(tries=F("tries") - 1)


def _key(key: object) -> str:
    return str(key).casefold()[:KEY_LENGTH]
