"""The queue of jobs, kept in PostgreSQL by procrastinate.

A job is written in the caller's transaction, so it exists exactly when the change that asked for it does. It runs at
least once: a job whose worker died runs again, so what it does must bear repetition.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from yipan.kernel import trace

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 5
FIRST_WAIT_SECONDS = 5
TRACE = "_trace"
"""Argument under which a job carries the name of the request that asked for it."""


def task(name: str, *, attempts: int = ATTEMPTS, lock: str | None = None) -> Callable[[Callable[P, R]], Task[P, R, P]]:
    """Declare a job. `name` is stable, because waiting jobs are stored under it ("network.reindex").

    The arguments of the function must be JSON values. A job that raises is tried again after 5, 25, 125 … seconds, up
    to `attempts` times in all. Of jobs with the same `lock` one runs at a time. Declare jobs in a module `tasks` of an
    installed app: the worker looks there.
    """
    again = RetryStrategy(max_attempts=attempts, exponential_wait=FIRST_WAIT_SECONDS)

    def declare(function: Callable[P, R]) -> Task[P, R, P]:
        return app.task(name=name, queue="default", retry=again, lock=lock)(_traced(function))

    return declare


def enqueue(
    job: Task[..., Any, ...], *, key: str | None = None, at: datetime | None = None, **arguments: Any
) -> int | None:
    """Ask for a job once the present transaction commits; its number, or None when `key` waits already.

    `at` is the earliest instant. Of jobs with the same `key` no more than one waits at a time.
    """
    deferrer = job.configure(queueing_lock=key, schedule_at=at)
    if (name := trace.current()) and hasattr(job.func, TRACE):
        arguments[TRACE] = name
    try:
        with transaction.atomic():  # so that the refusal of a second `key` does not break the caller's transaction
            return deferrer.defer(**arguments)
    except AlreadyEnqueued:
        return None


def _traced(function: Callable[P, R]) -> Callable[P, R]:
    """`function`, run under the name of the request that asked for the job."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with trace.using(str(kwargs.pop(TRACE, ""))):
            return function(*args, **kwargs)

    setattr(run, TRACE, True)
    return run
