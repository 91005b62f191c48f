"""The loop that applies messages: woken by the database as soon as one is stored, and now and then by itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import psycopg
from django.db import Error as DatabaseError
from django.db import close_old_connections

from yipan.interop.applying import CHANNEL
from yipan.interop.batches import BATCH, Turns

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0
"""Seconds between two looks for messages that are due again."""
AGAIN = 2.0
"""Seconds until it is tried again after an error."""
LINGER = 0.1
"""Seconds for the next messages to gather when several came at once: a batch costs the same work, however small."""
TICK = 1.0
"""Seconds after which a wish to stop is noticed at the latest."""


def run(stop: threading.Event, ears: Callable[[], psycopg.Connection]) -> None:
    """Apply messages until `stop` is set. A database that does not answer is waited for.

    `ears` opens a connection of its own that may LISTEN: one that no pooler shares between transactions.
    """
    while not stop.is_set():
        try:
            _listen(stop, ears)
        except (DatabaseError, psycopg.Error) as error:
            log.warning("applying messages is interrupted: %s", type(error).__name__)
            stop.wait(AGAIN)
        except Exception:  # a listener that stores and never applies would be the worst of all
            log.exception("applying messages failed; it begins anew")
            stop.wait(AGAIN)


def _listen(stop: threading.Event, open_ears: Callable[[], psycopg.Connection]) -> None:
    """LISTEN first, then look: what is stored between the two is not overlooked."""
    with open_ears() as ears:
        ears.execute(f"LISTEN {CHANNEL}")
        while not stop.is_set():
            _work(stop)
            waited = 0.0
            while waited < LOOK_EVERY and not stop.is_set():
                if any(True for _ in ears.notifies(timeout=TICK, stop_after=1)):
                    break
                waited += TICK


def _work(stop: threading.Event) -> None:
    close_old_connections()
    turns = Turns()
    try:
        while not stop.is_set() and (taken := turns.take()):
            if 1 < taken < BATCH:
                stop.wait(LINGER)
    finally:
        close_old_connections()
