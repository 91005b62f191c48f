"""Durable bookings a second: sixteen clients hold beds through the one writer, against bare inserts of such rows."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

from benchmarks.trust.report import Report

PROCESSES, THREADS = 4, 4
BARE = """
INSERT INTO spine_booking (id, purpose, state, period, body, end_announced, created_at, expires_at, patient_id,
                           capacity_id, request_id)
VALUES (%s, 'care', 'held', tstzrange(%s, %s), true, false, %s, %s, %s, %s, %s)
"""


def measure(report: Report, seconds: float) -> None:
    """Run both for so many seconds on the same database."""
    bare, _ = _together("bare", seconds)
    made, failed = _together("hold", seconds)
    report.at_least("durable bookings, 16 clients", made, "/s", 300, f"bare inserts {bare:,.0f} /s")
    report.at_most("… errors", failed, "", 0)


def _together(kind: str, seconds: float) -> tuple[float, int]:
    """Bookings a second of all clients together, and errors."""
    context = multiprocessing.get_context("spawn")
    gate, results = context.Barrier(PROCESSES), context.Queue()
    clients = [context.Process(target=client, args=(kind, n, seconds, gate, results)) for n in range(PROCESSES)]
    for process in clients:
        process.start()
    told = [results.get(timeout=seconds + 120) for _ in clients]
    for process in clients:
        process.join()
    return sum(made for made, _ in told) / seconds, sum(failed for _, failed in told)


def client(kind: str, number: int, seconds: float, gate: threading.Barrier, results: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    """One process of clients; its beds and patients are its own, as those of different desks mostly are."""
    os.environ["YIPAN_DATABASE_CONNECTIONS"] = str(THREADS + 1)
    import django

    django.setup()
    from django.db import connections

    from yipan.spine.models import Capacity, Request

    beds = list(Capacity.objects.exclude(bookings__state="active").order_by("id").values_list("pk", flat=True))
    requests = list(Request.objects.exclude(bookings__state="active").select_related("patient").order_by("id"))
    lanes = [number * THREADS + t for t in range(THREADS)]
    every = PROCESSES * THREADS
    shares = [(beds[lane::every], requests[lane::every]) for lane in lanes]
    connections.close_all()
    counts: list[tuple[int, int]] = []
    act = _hold if kind == "hold" else _bare
    gate.wait(timeout=120)
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=_lane, args=(act, *share, end, counts)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((sum(made for made, _ in counts), sum(failed for _, failed in counts)))


def _lane(act: Callable[..., None], beds: list[UUID], requests: list, end: float, counts: list) -> None:  # type: ignore[type-arg]
    """Take bed after bed, week after week from next year on, until time is over."""
    from yipan.kernel import clock

    made = failed = turn = 0
    start = clock.now() + timedelta(days=400 if act is _hold else 40_000)
    while time.monotonic() < end:
        request, week = requests[turn % len(requests)], turn // min(len(requests), len(beds))
        try:
            act(beds[turn % len(beds)], request, start + timedelta(days=7 * week))
            made += 1
        except Exception:  # counted: the goal is none
            failed += 1
        turn += 1
    counts.append((made, failed))


def _hold(bed: UUID, request, start) -> None:  # type: ignore[no-untyped-def]
    from yipan.base.access import SYSTEM
    from yipan.spine import booking

    claim = booking.Claim(bed, request, start, start + timedelta(days=6))
    booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(days=30))


def _bare(bed: UUID, request, start) -> None:  # type: ignore[no-untyped-def]
    from django.db import connection

    with connection.cursor() as cursor:
        end = start + timedelta(days=6)
        cursor.execute(BARE, [uuid4(), start, end, start, end, request.patient_id, bed, request.pk])
