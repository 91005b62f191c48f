"""The process that does what nobody waits for: queued jobs, effects after commit, and what is due."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable

from django.db import connections
from procrastinate.contrib.django import app
from procrastinate.psycopg_connector import PsycopgConnector

from yipan.base.audit import sealing
from yipan.base.vault import resealing, retention
from yipan.interop.outbound import sending
from yipan.server import direct, environment, presence
from yipan.server.logs import is_lost_database
from yipan.spine import outbox, registry

log = logging.getLogger(__name__)

CONCURRENCY = 4
LOOK_SECONDS = 2.0  # the outbox is looked at this often even without being told
GRACE_SECONDS = 10.0
FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0
CHANNEL = "yipan_outbox"
BASE = (
    registry.Periodic("audit.seal", 5, sealing.seal_and_keep),
    registry.Periodic("vault.reseal", 15, resealing.advance),
    registry.Periodic("vault.tidy", 6 * 3600, retention.tidy),
)
"""What the base rooms, which know no line, want done on time."""
SENDING = (registry.Periodic("interop.send", 2, sending.send_due),)
"""What waits for receivers."""


def work() -> None:
    """Work until SIGTERM or Ctrl-C; what has begun is finished, for at most ten seconds.

    Raises InvalidInput for a country whose holidays are not known.
    """
    environment.country()
    stop = threading.Event()
    threads = [threading.Thread(target=relay, args=(stop,), name="outbox", daemon=True)]
    for periodic in (*BASE, *SENDING, *(periodic for line in registry.lines() for periodic in line.periodic)):
        arguments = (periodic.name, periodic.every_seconds, periodic.run, stop)
        threads.append(threading.Thread(target=repeat, args=arguments, name=periodic.name, daemon=True))
    for thread in threads:
        thread.start()
    try:
        with presence.shown("worker"):
            asyncio.run(_run_jobs_for_ever())
    finally:
        stop.set()
        for thread in threads:
            thread.join(GRACE_SECONDS)


async def _run_jobs_for_ever() -> None:
    """Run jobs until told to stop; procrastinate's worker ends when the database was away, and is begun anew."""
    told, wait = asyncio.Event(), FIRST_WAIT
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    while not told.is_set():
        begun = time.monotonic()
        try:
            await _run_jobs(told)
        except Exception as error:
            if not is_lost_database(error):
                raise
        if told.is_set():
            return
        wait = FIRST_WAIT if time.monotonic() - begun > LONGEST_WAIT else min(wait * 2, LONGEST_WAIT)
        log.warning("jobs wait for the database; they go on in %.0f s", wait)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), wait)


async def _run_jobs(told: asyncio.Event) -> None:
    """Run procrastinate's worker on connections of its own; cancelling it lets the running jobs finish."""
    with app.replace_connector(PsycopgConnector(kwargs=direct.parameters())):
        async with app.open_async():
            jobs = asyncio.create_task(
                app.run_worker_async(
                    concurrency=CONCURRENCY,
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    install_signal_handlers=False,
                )
            )
            stopping = asyncio.create_task(told.wait())
            await asyncio.wait([jobs, stopping], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not jobs.done():
                jobs.cancel()
            await asyncio.wait([jobs])
            if not jobs.cancelled() and (error := jobs.exception()) is not None:
                raise error


def repeat(name: str, every_seconds: float, run: Callable[[], int], stop: threading.Event) -> None:
    """Call `run` every so many seconds until `stop`; an error is logged and does not end it."""
    while not stop.wait(every_seconds):
        try:
            run()
        except Exception:
            log.exception("%s failed; it is tried again in %s s", name, every_seconds)
        finally:
            connections.close_all()


def relay(stop: threading.Event) -> None:
    """Carry out the outbox: at once when told by `NOTIFY yipan_outbox`, else every two seconds, until `stop`."""
    wait = FIRST_WAIT
    while not stop.is_set():
        try:
            with direct.connect() as listener:
                listener.execute(f"LISTEN {CHANNEL}")
                while not stop.is_set():
                    _empty_outbox(stop)
                    wait = FIRST_WAIT
                    for _ in listener.notifies(timeout=LOOK_SECONDS, stop_after=1):
                        pass
        except Exception as error:  # a lost database, most often; the wishes wait in it
            log.warning("the outbox waits: %s", str(error).strip().split("\n")[0])
            stop.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT)


def _empty_outbox(stop: threading.Event) -> None:
    try:
        while not stop.is_set() and outbox.relay_once():
            continue
    finally:
        connections.close_all()
