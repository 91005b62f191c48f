"""One round: messages and bookings come in, parts are killed on the way, and what is left must be whole."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.crash import invariants
from tests.crash.clients import Desk, Ledger, messages_of, tell
from tests.crash.hospital import DESK_WARDS, SPARE_BEDS
from tests.crash.installation import LONG_TICK, Installation, until

SENDERS = 4
DESKS = 2
AT_DESKS = 5
"""One booking in so many is made by somebody at the pages, whose placement rules take their time."""


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
    places = list(_places(told))
    work: list[Callable[[], None]] = [
        *(lambda f=feed: tell(installation.hl7_port, list(messages_of(f)), ledger, stop) for feed in told["feeds"]),
        *(lambda n=number: _at_a_desk(installation, told, places, n, ledger, stop) for number in range(DESKS)),
    ]
    with ThreadPoolExecutor(len(work) + 1) as pool, installation.program("tests.crash.booker") as booker:
        try:
            running = [pool.submit(job) for job in [*work, lambda: _book(booker, told, places, ledger)]]
            for kill in sorted(kills, key=lambda k: k.after):
                wanted = begun + kill.after * (messages + bookings)
                _until(lambda w=wanted: ledger.progress >= w, f"before {kill}", installation, ledger)
                installation.kill(kill.what)
            _until(lambda: all(job.done() for job in running), "at the end", installation, ledger)
            for job in running:
                job.result()
        finally:
            stop.set()
            booker.kill()
    installation.wait_until_ready()
    finish(installation)
    return invariants.violations(installation.url(), ledger)


def finish(installation: Installation) -> None:
    """Wait until the processes have nothing left to do."""
    url, left = installation.url(), [-1]

    def nothing_left() -> bool:
        left[0] = invariants.left_to_do(url)
        return left[0] == 0

    until(nothing_left, lambda: f"{left[0]} left to do", installation, lambda: left[0], LONG_TICK)


def _until(condition: Callable[[], bool], what: str, installation: Installation, ledger: Ledger) -> None:
    until(condition, lambda: f"stuck {what} with {ledger.progress} done", installation, lambda: ledger.progress)


def _places(told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each request with a bed of its own ward."""
    for index, request_id in enumerate(told["requests"]):
        yield request_id, told["beds"][index % DESK_WARDS][index // DESK_WARDS]


def _at_a_desk(
    installation: Installation,
    told: dict[str, Any],
    places: Sequence[tuple[str, str]],
    number: int,
    ledger: Ledger,
    stop: threading.Event,
) -> None:
    """Begins each time with a bed that the other program is about to book, or has just booked."""
    desk = Desk(installation.port, told["session"], ledger, stop)
    for index in range(number * AT_DESKS, len(places), AT_DESKS * DESKS):
        request_id, own = places[index]
        beds = told["beds"][index % DESK_WARDS]
        taken = places[(index + DESK_WARDS) % len(places)][1]
        desk.place(request_id, [taken, own, *beds[-SPARE_BEDS:]])


def _book(
    booker: subprocess.Popen[str], told: dict[str, Any], places: Sequence[tuple[str, str]], ledger: Ledger
) -> None:
    """Everything that nobody at a desk does, and what the other program says is booked, is."""
    assert booker.stdin is not None
    assert booker.stdout is not None
    for index, (request_id, bed_id) in enumerate(places):
        if index % AT_DESKS:
            spare = told["beds"][index % DESK_WARDS][-SPARE_BEDS:]
            booker.stdin.write(" ".join((request_id, bed_id, *spare)) + "\n")
            booker.stdin.flush()
            ledger.book(booker.stdout.readline().strip())
