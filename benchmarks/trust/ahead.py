"""Proposing a bed under the policy that looks ahead, with all that is asked of the database for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from uuid import UUID

import numpy as np
from django.db import connection

from benchmarks.trust.report import Report, Row
from yipan.base.access import SYSTEM
from yipan.base.network.edits import set_policy
from yipan.base.network.models import Organisation, Ward
from yipan.engine.placement import rank
from yipan.engine.placement.beds import copy_of
from yipan.kernel import clock
from yipan.lines.beds.queries import arrays, outlook, proposals
from yipan.lines.beds.queries.mirror import mirror
from yipan.planning.models import Forecast, Measure, Outlook, Step
from yipan.spine import booking
from yipan.spine.models import Capacity, Request
from yipan.spine.queries import present

HOURS = 72


def measure(report: Report, rounds: int) -> None:
    """The whole call, and its parts, each for another patient who waits. Policy and forecast are taken back."""
    group = Organisation.objects.get(code="BENCH")
    set_policy(actor=SYSTEM, organisation=group, body={"strategy": "lookahead"})
    _foresee()
    waiting = Request.objects.filter(bookings=None).select_related(
        "admission", "patient", "home_department__site__organisation"
    )
    everybody = list(waiting.order_by("id"))
    asked, others = everybody[: rounds + 2], _Others(everybody[rounds + 2 :])
    whole, here, there = _timed(asked, others, lambda r: proposals.for_request(actor=SYSTEM, request=r))
    said = f"{len(everybody)} wait; {_spread(whole)}; {_busy(here, there)}"
    report.at_most("a proposal that looks ahead, p50", float(np.median(whole)), "ms", 20, said)
    for name, part in _parts().items():
        times, here, there = _timed(asked, others, part)
        said = f"{_spread(times)}; {_busy(here, there)}"
        report.add(Row(f"… {name}", f"{np.median(times):,.1f} ms", baseline=said))
    set_policy(actor=SYSTEM, organisation=group, body={})
    Outlook.objects.all().delete()


def _spread(times: np.ndarray) -> str:
    return f"p95 {np.percentile(times, 95):,.1f} ms"


def _busy(here: float, there: float) -> str:
    return f"processor {here + there:,.1f} ms ({here:,.1f} here, {there:,.1f} in the database)"


class _Others:
    """Who is given a bed between two questions, and gives it back: what was kept is never all there is to know."""

    def __init__(self, requests: list[Request]) -> None:
        beds = Capacity.objects.exclude(bookings__state="active").order_by("id")
        self._free = cycle(zip(requests, beds.values_list("pk", flat=True)[: len(requests)], strict=True))
        self._held: UUID | None = None

    def act(self) -> None:
        """One hold is released, and another made: two bookings change, and two requests wait or wait no more."""
        if self._held is not None:
            booking.release(booking_id=self._held, by=SYSTEM)
        request, bed = next(self._free)
        at = clock.now()
        claim = booking.Claim(bed, request, at, at + timedelta(days=6))
        self._held = booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(minutes=30))[0].pk


def _timed(
    asked: list[Request], others: _Others, action: Callable[[Request], object]
) -> tuple[np.ndarray, float, float]:
    """Milliseconds of the action on one request after the other, on the wall; and on average on the processor, here and
    in the database's process: together what the wall would show on a machine that does nothing else."""
    for request in asked[:2]:
        action(request)
    server = _server()
    times, here, there = [], [], []
    for request in asked[2:]:
        others.act()
        thread, process, start = time.thread_time(), server(), time.perf_counter()
        action(request)
        times.append(time.perf_counter() - start)
        there.append(server() - process)
        here.append(time.thread_time() - thread)
    return np.array(times) * 1000, float(np.mean(here)) * 1000, float(np.mean(there)) * 1000


def _server() -> Callable[[], float]:
    """Seconds that the database process of this connection has had a processor."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    told = Path(f"/proc/{pid}/schedstat")
    return lambda: int(told.read_text().split()[0]) / 1e9


def _parts() -> dict[str, Callable[[Request], object]]:
    at = clock.now()
    network, beds = arrays.live(at)
    return {
        "the stored forecast": lambda r: outlook.usable(at),
        "who waits, written into wards": lambda r: outlook.write_into(network, at, r.pk),
        "the beds' state, from bookings": lambda r: mirror(network.version, network.bed).put_on(
            copy_of(network.empty.beds), clock.now(), (), stated=False
        ),
        "the arrays in all": lambda r: arrays.live(clock.now(), asking=r.pk),
        "where the patient is": lambda r: present(patient_id=r.patient_id),
        "ranking": lambda r: _rank(r, network, beds, at),
    }


def _rank(request: Request, network: arrays.Network, beds: arrays.Beds, at: datetime) -> object:
    need = proposals.need_of(request, network, at=at, start=None, current_bed=-1)
    return rank(beds, need, proposals.placement_policy(request.home_department.site.organisation.path)[0])


def _foresee() -> None:
    """A forecast by hour for every ward: five come a day and five leave."""
    at = clock.now().replace(minute=0, second=0, microsecond=0)
    told = Outlook.objects.create(
        step=Step.HOURS, made_at=at, known_until=at, first=at - timedelta(hours=1), steps=HOURS, levels=[0.5]
    )
    until = [5 / 24 * (hour + 1) for hour in range(HOURS)]
    Forecast.objects.bulk_create(
        Forecast(
            outlook=told,
            site_id=ward.site_id,
            ward=ward,
            measure=Measure.OCCUPIED,
            values=[40.0] * HOURS,
            beds=45,
            arriving=until,
            leaving=until,
        )
        for ward in Ward.objects.all()
    )
