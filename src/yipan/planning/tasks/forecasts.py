"""The jobs that make forecasts on time."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from yipan.base.jobs import enqueue, task
from yipan.kernel import clock
from yipan.planning.forecasting import making
from yipan.planning.forecasting.panels import today
from yipan.planning.models import Outlook, Step
from yipan.spine.models import Capacity

HOURS_EVERY = timedelta(minutes=30)
LOCK = "planning.forecasts"
"""One forecast is made at a time: a second that was asked for meanwhile finds the first."""
REHEARSALS = (84, 70, 56, 42, 28, 14)
"""Days ago for which forecasts are made when there are none yet, so that their quality can be seen at once."""


@app.periodic(cron="*/5 * * * *")
@app.task(name="planning.foresee", queue="default", queueing_lock="planning.foresee")
def foresee(timestamp: int) -> None:
    """Every five minutes, ask for the forecasts that are due.

    By day after midnight of the network's calendar, by hour twice an hour.
    """
    now = clock.now()
    if not Capacity.objects.filter(bed__isnull=False).exists():
        return
    made = Outlook.objects.filter(rehearsed=False).order_by("-made_at")
    by_day, by_hour = (made.filter(step=step).first() for step in (Step.DAYS, Step.HOURS))
    if by_day is None or today(by_day.made_at) < today(now):
        enqueue(make_days, key="planning.days")
    if by_hour is None or now - by_hour.made_at >= HOURS_EVERY:
        enqueue(make_hours, key="planning.hours")


@task("planning.days", attempts=2, lock=LOCK)
def make_days() -> None:
    """The forecast by day, once a day however often it is asked for. The first is followed by rehearsals."""
    now = clock.now()
    newest = Outlook.objects.filter(step=Step.DAYS, rehearsed=False).order_by("-made_at").first()
    if newest is not None and today(newest.made_at) >= today(now):
        return
    if making.days(now) is not None and newest is None:
        enqueue(rehearse, key="planning.rehearse")


@task("planning.rehearse", attempts=2, lock=LOCK)
def rehearse() -> None:
    """Forecasts as they would have been made every two weeks of the last twelve; once."""
    if not Outlook.objects.filter(rehearsed=True).exists():
        making.rehearse(clock.now(), REHEARSALS)


@task("planning.hours", attempts=2, lock=LOCK)
def make_hours() -> None:
    """The forecast by hour, with its alerts; asked for twice at once it is made once."""
    now = clock.now()
    if not Outlook.objects.filter(step=Step.HOURS, made_at__gt=now - HOURS_EVERY).exists():
        making.hours(now)
