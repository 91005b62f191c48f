"""Proposing a bed under the policy that looks ahead, with all that is asked of the database for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from django.db import connection

from benchmarks.trust.report import Report, Row, milliseconds
from yipan.base.access import SYSTEM
from yipan.base.network.edits import set_policy
from yipan.base.network.models import Organisation, Ward
from yipan.engine.placement import rank
from yipan.engine.placement.beds import copy_of
from yipan.kernel import clock
from yipan.lines.beds.queries import arrays, outlook, proposals
from yipan.lines.beds.queries.mirror import mirror
from yipan.planning.models import Forecast, Measure, Outlook, Step
from yipan.spine.models import Request
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
    asked = list(waiting.order_by("id")[: rounds + 2])
    whole, busy = _timed(asked, lambda r: proposals.for_request(actor=SYSTEM, request=r))
    said = f"{len(waiting)} wait; p95 {np.percentile(whole, 95):,.1f} ms; processor {busy:,.1f} ms"
    report.at_most("a proposal that looks ahead, p50", float(np.median(whole)), "ms", 20, said)
    for name, part in _parts().items():
        times, busy = _timed(asked, part)
        said = f"p95 {np.percentile(times, 95):,.1f} ms; processor {busy:,.1f} ms"
        report.add(Row(f"… {name}", f"{np.median(times):,.1f} ms", baseline=said))
    set_policy(actor=SYSTEM, organisation=group, body={})
    Outlook.objects.all().delete()


def _timed(asked: list[Request], action: Callable[[Request], object]) -> tuple[np.ndarray, float]:
    """Milliseconds of the action on one request after the other, on the wall; and on average on the processor, here and
    in the database's process together: what the wall would show on a machine that does nothing else."""
    left = iter(asked)
    action(asked[0])
    before = _processor()
    times = milliseconds(lambda: action(next(left)), len(asked) - 2)
    return times, (_processor() - before) / len(asked) * 1000


def _processor() -> float:
    """Seconds that this thread and its database process have had a processor."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return time.thread_time() + int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


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
