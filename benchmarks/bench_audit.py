"""What watching rows and sealing journals cost a booking, and how quickly a journal is sealed and verified.

    python benchmarks/bench_audit.py [rounds] [entries]

Starts a database of its own. A booking is a hold and its release, each a durable transaction. Rounds alternate between
plain tables and watched ones with a sealer beside it, so that both meet the same machine; the ratio is that of the
medians. Then `entries` rows are sealed and verified.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

BOOKINGS = 40
TABLES = ("spine_booking", "spine_request", "spine_capacity")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    entries = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    from yipan.server.embedded import Server

    with tempfile.TemporaryDirectory() as place, Server(Path(place)) as server:
        os.environ |= {"YIPAN_DATABASE_URL": server.url, "YIPAN_STATE": place, "YIPAN_DEMO": "0"}
        from yipan.server import speech

        speech.set_up()
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0)
        bookings(rounds)
        journal(entries)


def bookings(rounds: int) -> None:
    """Median milliseconds of a booking, plain and watched."""
    from yipan.base.access import SYSTEM
    from yipan.kernel import clock
    from yipan.spine import booking
    from yipan.spine.booking import Claim
    from yipan.spine.testing import request_for, small_network

    network = small_network(wards={"neurology": BOOKINGS})
    now = clock.now()
    claims = [
        Claim(bed.id, request_for(network, "neurology"), now, now + timedelta(hours=48))
        for bed in network.beds["neurology"]
    ]
    times: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(2 * rounds + 2):
        watched = bool(turn % 2)
        watch(on=watched)
        with sealer(on=watched):
            for claim in claims:
                start = time.perf_counter()
                (row,) = booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(minutes=15))
                booking.release(booking_id=row.id, by=SYSTEM)
                if turn > 1:  # the first of each kind warms up
                    times[watched].append((time.perf_counter() - start) * 1000)
    plain, watched_ms = (statistics.median(times[kind]) for kind in (False, True))
    print(f"booking, plain                      p50 {plain:7.2f} ms")
    print(f"booking, watched and sealed         p50 {watched_ms:7.2f} ms  ratio {watched_ms / plain:.2f}")


def watch(*, on: bool) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER audit_watch")


@contextmanager
def sealer(*, on: bool) -> Iterator[None]:
    """A thread that seals four times a second, twenty times as often as the worker."""
    from django.db import connections

    from yipan.base.audit import sealing

    stop = threading.Event()

    def run() -> None:
        while not stop.wait(0.25):
            sealing.seal()
            connections.close_all()

    thread = threading.Thread(target=run)
    if on:
        thread.start()
    yield
    stop.set()
    if on:
        thread.join()


def journal(entries: int) -> None:
    """Entries sealed and verified in a second."""
    from django.db import connection

    from yipan.base.audit import sealing, verifying

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry"
            " (at, actor_kind, actor_name, action, object_type, object_id, organisation_path, data)"
            " SELECT clock_timestamp(), 'person', 'x', 'patient.read', 'patient', n::text, '0001.', '{\"a\": 1}'"
            " FROM generate_series(1, %s) AS n",
            [entries],
        )
    start = time.perf_counter()
    sealed = sealing.seal()
    between = time.perf_counter()
    findings = list(verifying.verify())
    done = time.perf_counter()
    print(f"seal, {sealed:,} entries              {sealed / (between - start):10,.0f} entries/s")
    print(
        f"verify, {sealed:,} entries            {sealed / (done - between):10,.0f} entries/s, {len(findings)} findings"
    )


if __name__ == "__main__":
    main()
