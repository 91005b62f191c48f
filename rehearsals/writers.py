"""People who book beds through Yipan's own one writer, and remember what was acknowledged to them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

PAUSE_SECONDS = 0.2  # before somebody tries again


@dataclass
class Tally:
    """`acknowledged`: booking and the moment it was told; `unclear`: attempts whose answer never came."""

    acknowledged: list[tuple[UUID, float]] = field(default_factory=list)
    unclear: int = 0
    retries: int = 0
    guard: threading.Lock = field(default_factory=threading.Lock)

    def longest_silence(self, since: float) -> float:
        """Seconds of the longest time around or after `since` in which nobody was told of a booking."""
        times = sorted(at for _, at in self.acknowledged)
        before = max((at for at in times if at <= since), default=since)
        later = [before, *(at for at in times if at > since)]
        return max((b - a for a, b in pairwise(later)), default=float("inf"))


class Writers:
    """`count` threads; each books its own bed for its own patient, hour after hour."""

    def __init__(self, count: int) -> None:
        from yipan.spine.testing import patient, small_network

        network = small_network(wards={"ward": count})
        self._network, self._beds = network, network.beds["ward"]
        self._patients = [patient() for _ in range(count)]
        self._stop = threading.Event()
        self.tally = Tally()
        self._threads = [threading.Thread(target=self._write, args=(n,), daemon=True) for n in range(count)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def booked(self) -> int:
        return len(self.tally.acknowledged)

    def _write(self, number: int) -> None:
        from django.db import DatabaseError, connections
        from psycopg_pool import PoolTimeout

        hour = 0
        while not self._stop.is_set():
            try:
                booking = self._book(number, hour)
            except (DatabaseError, PoolTimeout):
                with self.tally.guard:
                    self.tally.retries += 1
                    self.tally.unclear += 1
                hour += 1  # whether that hour is booked is not known: as a person would, look at another
                self._stop.wait(PAUSE_SECONDS)
            else:
                with self.tally.guard:
                    self.tally.acknowledged.append((booking, time.monotonic()))
                hour += 1
            finally:
                connections.close_all()

    def _book(self, number: int, hour: int) -> Any:
        from django.db import transaction

        from yipan.base.access import SYSTEM
        from yipan.spine import booking
        from yipan.spine.booking import Claim
        from yipan.spine.testing import NOON, hours, request_for

        start = NOON + hours(hour)
        with transaction.atomic():
            request = request_for(self._network, "ward", self._patients[number])
            claim = Claim(self._beds[number].pk, request, start, start + hours(1))
            return booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(days=36500), at=NOON)[0].pk
