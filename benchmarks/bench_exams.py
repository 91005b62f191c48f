"""`python -m benchmarks.bench_exams`: one search for an examination over 200 devices and 14 days, on PostgreSQL.

Every device does the item; half of all open time of the two weeks is booked, device and technician alike.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from benchmarks.trust.processes import database

DEVICES, SITES, DAYS, ROUNDS = 200, 25, 14, 30
GOAL_MS = 100.0


def main() -> None:
    """Build, measure, print a table."""
    with tempfile.TemporaryDirectory(prefix="yipan-bench-") as directory:
        Path(directory).chmod(0o755)
        with database(Path(directory)):
            _measure()


def _measure() -> None:
    from django.db import connection

    from yipan.base.access import SYSTEM
    from yipan.kernel import clock
    from yipan.lines.exams.policy.slots import Goal, search
    from yipan.lines.exams.queries.slots import Wish, ask, offers
    from yipan.spine import booking
    from yipan.spine.models import Booking
    from yipan.spine.testing import patient

    home, item = _build()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    wish = Wish(item, patient().pk, home, clock.now())
    facts = ask(wish).facts
    rows = [
        ("search with the database, soonest", lambda: offers(actor=SYSTEM, wish=wish), GOAL_MS),
        ("the same, nearest", lambda: offers(actor=SYSTEM, wish=_nearest(wish)), GOAL_MS),
        ("reading what is taken", lambda: ask(wish), None),
        ("the search itself", lambda: search(facts, goal=Goal.SOONEST), None),
    ]
    print("median of wall time; processor time of this process beside it")
    print(f"{DEVICES} devices at {SITES} sites, {DAYS} days, {Booking.objects.count():,} bookings")
    for name, call, goal in rows:
        _tell(name, call, goal)
    devices = [row.id for row in ask(wish).devices]
    booking.close(capacity_ids=devices, until=clock.now() + timedelta(days=2), reason="fully booked", by=SYSTEM)
    _tell("soonest, when nothing is free for two days", lambda: offers(actor=SYSTEM, wish=wish), GOAL_MS)


def _tell(name: str, call: Callable[[], object], goal: float | None) -> None:
    wall, busy = _times(call)
    beside = f"  goal {goal:.0f} ms" if goal else ""
    print(f"{name:42} {wall:7.1f} ms, {busy:7.1f} ms{beside}")


def _nearest(wish):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    from yipan.lines.exams.policy.slots import Goal

    return replace(wish, goal=Goal.NEAREST)


def _times(call: Callable[[], object]) -> tuple[float, float]:
    call()
    wall, busy = [], []
    for _ in range(ROUNDS):
        begin, worked = time.perf_counter(), time.process_time()
        call()
        wall.append((time.perf_counter() - begin) * 1000)
        busy.append((time.process_time() - worked) * 1000)
    return statistics.median(wall), statistics.median(busy)


def _build():  # type: ignore[no-untyped-def]
    """Sites with devices and technicians, and half of their time booked in pieces of a quarter of an hour."""
    from yipan.base.access import SYSTEM
    from yipan.kernel import clock
    from yipan.lines.exams.models import ExamItem
    from yipan.lines.exams.policy.hours import instant_of, minute_of
    from yipan.lines.exams.tests.radiology import add_device, add_technician
    from yipan.spine import booking
    from yipan.spine.booking import Stay
    from yipan.spine.models import Request
    from yipan.spine.testing import patient, small_network

    chance = random.Random(5)
    item = ExamItem.objects.create(code="CT", name="CT", category="imaging", modality="CT", minutes=15)
    sites = [small_network(wards={"neurology": 0}) for _ in range(SITES)]
    who = [patient() for _ in range(50)]
    first = minute_of(clock.now()) // 1440 * 1440 + 1440
    stays = []
    for number in range(DEVICES):
        network = sites[number % SITES]
        home = network.departments["neurology"]
        device, technician = add_device(network, item), add_technician(network, item)
        now = clock.now()
        request = Request(
            line="exams", patient=chance.choice(who), site=network.site, home_department=home,
            wanted_from=now, created_at=now, created_by="bench",
        )  # fmt: skip
        request.save()
        for day in range(DAYS):
            for quarter in range(38):  # from 08:00 to 17:30 in China
                if chance.random() < 0.5:
                    start = instant_of(first + day * 1440 + 15 * quarter)
                    times = {"arrived": start, "expected_end": start + timedelta(minutes=15)}
                    places = (device.pk, technician.pk)
                    stays += [Stay(place, request, **times, planned=True, body=False) for place in places]
    booking.take_over(stays=stays, by=SYSTEM)
    return sites[0].site.pk, item


if __name__ == "__main__":
    main()
