"""Housekeeping of the queue, run by a real worker."""

from __future__ import annotations

import asyncio

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from yipan.base.jobs import enqueue
from yipan.base.jobs.tasks import rescue

pytestmark = pytest.mark.django_db(transaction=True)


def run_worker_until_idle() -> None:
    async def body() -> None:
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    with app.replace_connector(app.connector.get_worker_connector()):
        asyncio.run(body())


def test_a_job_whose_worker_died_runs_again() -> None:
    """A job that a vanished worker had begun goes back to the queue and is done."""
    lost = enqueue(rescue, timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, lost])
    enqueue(rescue, timestamp=1)
    run_worker_until_idle()
    assert set(ProcrastinateJob.objects.values_list("id", "status")) >= {(lost, "succeeded")}
