"""Housekeeping of the queue itself."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

KEEP_HOURS = 72


@app.periodic(cron="* * * * *")
@app.task(name="jobs.rescue", queue="default", queueing_lock="jobs.rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> int:
    """Give jobs whose worker died back to the queue; returns how many.

    One whose key waits again by now is given up: it will be done by the one that waits.
    """
    manager, given_back = context.app.job_manager, 0
    for job in list(await manager.get_stalled_jobs()):
        try:
            await manager.retry_job(job)
            given_back += 1
        except UniqueViolation:
            await manager.finish_job(job, status=Status.ABORTED, delete_job=False)
    return given_back


@app.periodic(cron="15 3 * * *")
@app.task(name="jobs.tidy", queue="default", queueing_lock="jobs.tidy", pass_context=True)
async def tidy(context: JobContext, timestamp: int) -> None:
    """Remove jobs that ended well some days ago; failed ones stay for a person to look at."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_HOURS)
