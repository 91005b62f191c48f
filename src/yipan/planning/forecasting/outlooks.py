"""The newest forecast by hour, as the board and the desk count with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db import connection

from yipan.lines.beds.queries import outlook
from yipan.planning.models import Forecast, Step

A_DAY = 24
NEWEST = """
SELECT id, made_at, first, steps FROM planning_outlook
WHERE step = %s AND NOT rehearsed AND made_at <= %s ORDER BY made_at DESC LIMIT 1
"""


def announce() -> None:
    """Tell placement from here on what is expected; called once when Django is ready."""
    outlook.tell_by(newest)


def newest(at: datetime) -> outlook.Outlook | None:
    """What the newest forecast by hour says of the 24 hours from `at` on."""
    with connection.cursor() as cursor:  # asked for with every proposal: the mapper takes longer than the database
        cursor.execute(NEWEST, [Step.HOURS.value, at])
        found = cursor.fetchone()
    if found is None:
        return None
    outlook_id, made_at, first, steps = found
    passed = max((at - first) // timedelta(hours=1), 0)
    return _of(outlook_id, made_at, min(passed, steps - 1 - A_DAY))


@lru_cache(maxsize=4)
def _of(outlook_id: UUID, made_at: datetime, begin: int) -> outlook.Outlook:
    """An outlook never changes, so what was read of it stays right."""
    told = outlook.Outlook(made_at)
    rows = Forecast.objects.filter(outlook_id=outlook_id, ward__isnull=False)
    rows = rows.filter(arriving__isnull=False, leaving__isnull=False)
    for ward, arriving, leaving in rows.values_list("ward_id", "arriving", "leaving"):
        assert arriving is not None, "asked for"
        assert leaving is not None, "asked for"
        told.arriving[ward] = arriving[begin + A_DAY] - arriving[begin]
        told.leaving[ward] = leaving[begin + A_DAY] - leaving[begin]
    return told
