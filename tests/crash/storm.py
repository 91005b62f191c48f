"""One round: messages and bookings come in, parts are killed on the way, and what is left must be whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.crash import invariants
from tests.crash.clients import Desk, Ledger, messages_of, tell
from tests.crash.hospital import DESK_WARDS
from tests.crash.installation import Installation, until

DESKS = 4
SENDERS = 4


@dataclass(frozen=True, slots=True)
class Kill:
    """Kill `what` once so much of the round's work (0 to 1) has been acknowledged."""

    after: float
    what: str


def round_of(
    installation: Installation, ledger: Ledger, *, messages: int, bookings: int, kills: Sequence[Kill]
) -> list[str]:
    """Run it to its end, wait until nothing is left to do, and return the violations."""
    told = installation.furnish(messages, bookings, SENDERS)
    begun, stop = ledger.progress, threading.Event()
    work: list[Callable[[], None]] = [
        *(lambda f=feed: tell(installation.hl7_port, list(messages_of(f)), ledger, stop) for feed in told["feeds"]),
        *(lambda n=number: _sit_at_a_desk(installation, told, n, ledger, stop) for number in range(DESKS)),
    ]
    with ThreadPoolExecutor(len(work)) as pool:
        try:
            running = [pool.submit(job) for job in work]
            for kill in sorted(kills, key=lambda k: k.after):
                wanted = begun + kill.after * (messages + bookings)
                until(lambda w=wanted: ledger.progress >= w, lambda: f"stuck before {kill}", installation)
                installation.kill(kill.what)
            until(lambda: all(job.done() for job in running), lambda: f"stuck at {ledger.progress}", installation)
            for job in running:
                job.result()
        finally:
            stop.set()
    installation.wait_until_ready()
    url = installation.url()
    until(lambda: invariants.left_to_do(url) == 0, lambda: f"{invariants.left_to_do(url)} left to do", installation)
    return invariants.violations(url, ledger)


def _sit_at_a_desk(
    installation: Installation, told: dict[str, Any], number: int, ledger: Ledger, stop: threading.Event
) -> None:
    """Two people share each list of beds and begin at the same end, so that they get in each other's way."""
    desk = Desk(installation.port, told["session"], ledger, stop)
    for index in range(number, len(told["requests"]), DESKS):
        beds = told["beds"][index % DESK_WARDS]
        begin = index // DESK_WARDS // 2 * 2
        desk.place(told["requests"][index], [*beds[begin:], *beds[:begin]])
