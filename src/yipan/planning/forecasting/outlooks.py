"""The newest forecast by hour, as the board and the desk count with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from yipan.lines.beds.queries import outlook
from yipan.planning.models import Forecast, Outlook, Step

A_DAY = 24


def announce() -> None:
    """Tell placement from here on what is expected; called once when Django is ready."""
    outlook.tell_by(newest)


def newest(at: datetime) -> outlook.Outlook | None:
    """What the newest forecast by hour says of the 24 hours from `at` on."""
    found = Outlook.objects.filter(step=Step.HOURS, rehearsed=False, made_at__lte=at).order_by("-made_at").first()
    if found is None:
        return None
    passed = max((at - found.first) // timedelta(hours=1), 0)
    return _of(found.pk, found.made_at, min(passed, found.steps - 1 - A_DAY))


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
