"""The queue of jobs, kept in PostgreSQL by procrastinate.

A job is written in the caller's transaction, so it exists exactly when the change that asked for it does. It runs at
least once: a job whose worker died runs again, so what it does must bear repetition.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 5
FIRST_WAIT_SECONDS = 5


def task(name: str, *, attempts: int = ATTEMPTS) -> Callable[[Callable[P, R]], Task[P, R, P]]:
    """Declare a job. `name` is stable, because waiting jobs are stored under it ("network.reindex").

    The arguments of the function must be JSON values. A job that raises is tried again after 5, 25, 125 … seconds, up
    to `attempts` times in all. Declare jobs in a module `tasks` of an installed app: the worker looks there.
    """
    again = RetryStrategy(max_attempts=attempts, exponential_wait=FIRST_WAIT_SECONDS)
    return app.task(name=name, queue="default", retry=again)


def enqueue(
    job: Task[..., Any, ...], *, key: str | None = None, at: datetime | None = None, **arguments: Any
) -> int | None:
    """Ask for a job once the present transaction commits; its number, or None when `key` waits already.

    `at` is the earliest instant. Of jobs with the same `key` no more than one waits at a time.
    """
    deferrer = job.configure(queueing_lock=key, schedule_at=at)
    try:
        with transaction.atomic():  # so that the refusal of a second `key` does not break the caller's transaction
            return deferrer.defer(**arguments)
    except AlreadyEnqueued:
        return None
