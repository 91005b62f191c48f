"""Housekeeping of the queue, run by a real worker."""

from __future__ import annotations

import asyncio

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from yipan.base.jobs import enqueue
from yipan.base.jobs.tasks import rescue, tidy

pytestmark = pytest.mark.django_db(transaction=True)


def run_worker_until_idle() -> None:
    async def body() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    with app.replace_connector(app.connector.get_worker_connector()):
        asyncio.run(body())


def lose(job: int | None) -> None:
    """The job was begun by a worker that vanished an hour ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job])


def test_a_job_whose_worker_died_is_given_up_when_its_key_waits_again() -> None:
    """The key of a lost job waits once more: that one is done, the lost one given up, and another lost one rescued."""
    lost = enqueue(tidy, key="tonight", timestamp=0)
    lose(lost)
    enqueue(rescue, timestamp=3)
    again, other = enqueue(tidy, key="tonight", timestamp=1), enqueue(tidy, key="tomorrow", timestamp=2)
    lose(other)
    run_worker_until_idle()
    told = dict(ProcrastinateJob.objects.values_list("id", "status"))
    assert (told[lost], told[again], told[other]) == ("aborted", "succeeded", "succeeded")


def test_a_job_whose_worker_died_runs_again() -> None:
    """A job that a vanished worker had begun goes back to the queue and is done."""
    # Not a rescue itself: the worker's own clock may ask for one in between, and that one would be done instead.
    lost = enqueue(tidy, key="tonight", timestamp=0)
    lose(lost)
    enqueue(rescue, timestamp=1)
    run_worker_until_idle()
    assert (lost, "succeeded") in set(ProcrastinateJob.objects.values_list("id", "status"))
