"""Ambulances of the demo: at the hospitals and hubs, a few of them on the road."""

from __future__ import annotations

import random
from datetime import timedelta

from yipan.base.access import SYSTEM
from yipan.base.network.models import Department, Site
from yipan.base.patients.models import Identifier
from yipan.kernel import clock
from yipan.lines.dispatch import actions
from yipan.lines.dispatch.actions.requests import TransportFacts
from yipan.lines.dispatch.models import Vehicle
from yipan.lines.dispatch.queries.proposals import proposals
from yipan.server.demo.filling import invent
from yipan.spine.models import Request

FLEET = (
    ("YJ1-A", "云江 01", "advanced"), ("YJ1-A", "云江 02", "basic"), ("QS1", "青石 01", "advanced"),
    ("QS1", "青石 02", "advanced"), ("QS1", "青石 03", "basic"), ("QS2", "青石 04", "basic"),
    ("QSH01", "青石 11", "basic"), ("QSH04", "青石 12", "basic"),
)  # fmt: skip
"""Base, call sign, level."""
RIDES = (
    ("QST11", "QS1", "QS1-CAR", "advanced", "胸痛 2 小时,ST 段抬高", 60, 4),
    ("QST15", "QS1", "QS1-NEU", "advanced", "左侧肢体无力 1 小时", 25, 2),
    ("QSH02", "QS1", "QS1-ORT", "basic", "股骨颈骨折", 6, 1),
    ("QS1", "YJ1-A", "YJ1-CVS", "advanced", "主动脉夹层", -90, 0),
)
"""From, to, department, level, condition, minutes since it was asked, steps that are done."""
STEPS = ("alerted", "on_the_way", "with_patient", "under_way")


def park(*, seed: int = 5) -> int:
    """Make the fleet and a few transports; return how many vehicles."""
    chance = random.Random(seed)
    for code, call_sign, level in FLEET:
        base = Site.objects.filter(code=code).first()
        if base is not None:
            actions.save_vehicle(actor=SYSTEM, site_id=base.pk, call_sign=call_sign, level=level)
    for ride in RIDES:
        _ride(chance, *ride)
    _ask(chance, "QSH03", "QS1", "QS1-OBS", "basic", "孕 38 周，规律宫缩")
    return Vehicle.objects.count()


def _ask(chance: random.Random, start: str, end: str, code: str, level: str, condition: str) -> Request | None:
    sites = {s.code: s for s in Site.objects.filter(code__in=[start, end])}
    home = Department.objects.filter(code=code).first()
    if home is None or len(sites) < 2:
        return None
    sex = "female" if code.endswith("OBS") else chance.choice(("male", "female"))
    patient, identifiers = invent(chance, sex, (24, 38) if code.endswith("OBS") else (50, 84), start)
    patient.save()
    Identifier.objects.bulk_create(identifiers, ignore_conflicts=True)
    asked = TransportFacts(sites[start].pk, sites[end].pk, level, condition, oxygen=level == "advanced", escort=True)
    urgency = "emergency" if level == "advanced" else "urgent"
    return actions.request_transport(
        actor=SYSTEM, patient_id=patient.pk, home_department_id=home.pk, asked=asked, priority=urgency
    )


def _ride(
    chance: random.Random, start: str, end: str, code: str, level: str, condition: str, minutes: int, steps: int
) -> None:
    """A transport asked for some minutes ago (negative: wanted in so many minutes), with its first steps done."""
    now = clock.now()
    with clock.using(clock.FrozenClock(min(now - timedelta(minutes=minutes), now))):
        request = _ask(chance, start, end, code, level, condition)
        if request is None:
            return
        carried = request.transport
        found = proposals(
            start=carried.from_site,
            end=carried.to_site,
            level=level,
            wanted_from=max(now - timedelta(minutes=minutes), clock.now()),
            limit=1,
        )
        if not found:
            return
        row = actions.assign_vehicle(
            actor=SYSTEM, request_id=request.pk, vehicle_id=found[0].vehicle.pk, leave=found[0].trip.leave
        )
        actions.confirm_trip(actor=SYSTEM, booking_id=row.pk)
    trip = found[0].trip
    instants = (row.created_at, trip.leave, trip.at_patient, trip.depart)
    for name, at in list(zip(STEPS, instants, strict=True))[:steps]:
        if at <= now:
            with clock.using(clock.FrozenClock(at)):
                actions.report_step(actor=SYSTEM, booking_id=row.pk, step=name)
