"""The demo day: admissions and discharges at an adjustable speed, sent as HL7 messages to the listener.

The feed plays the hospitals' own systems (everything about beds goes through the listener, not around it) and, when
many wait, a colleague at the admission desk, so that the day goes on while nobody is looking.
"""

from __future__ import annotations

import contextlib
import logging
import random
import signal
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, QuerySet

from yipan.base.access import Actor, Role
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Department
from yipan.interop.mllp.client import send
from yipan.kernel import clock
from yipan.kernel.errors import YipanError
from yipan.lines.beds import actions
from yipan.lines.beds.queries import proposals
from yipan.lines.beds.queries.facts import request_with_facts
from yipan.server import environment
from yipan.server.demo import exams, reading, trial, wire
from yipan.server.demo.filling import invent
from yipan.server.demo.patients import AGES, WOMEN, Cast
from yipan.server.models import DemoPace
from yipan.spine.models import Booking, Request
from yipan.spine.queries import waiting
from yipan.spine.states import Purpose, State

log = logging.getLogger(__name__)

TICK = 1.0
MEAN_STAY_HOURS = 7.5 * 24
ENOUGH_WAIT = 22
"""So many may wait for whoever tries the desk; above that the colleague places the oldest."""
EXAMINING = 15.0
"""Seconds between two looks of the demo's technicians at what is due and what is over."""
TRYING = 180.0
"""Seconds after the start when the manager tries a policy: the first forecasts are made by then."""
WALK = timedelta(minutes=14)
CLEANING = timedelta(minutes=25)
COLLEAGUE = Actor(user_id=None, name="住院管理中心（演示）", grants=((Role.COORDINATOR, "", None),), kind="person")


class Day:
    """One running demo day. Durations inside the day are real ones divided by the speed."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.leave, self.come = 0.0, 0.0
        self.examined = 0.0
        self.until_trial = TRYING
        self.departments = list(
            Department.objects.annotate(size=Count("beds")).filter(size__gte=15).select_related("site__organisation")
        )

    def tick(self, seconds: float, speed: float) -> None:
        """Let `seconds` of real time pass at `speed`."""
        present = _stays().filter(state=State.ACTIVE, purpose=Purpose.CARE).count()
        rate = present / MEAN_STAY_HOURS / 3600 * seconds * speed
        self.leave += rate
        self.come += rate
        messages = [*self._cleaned(speed), *self._arrivals(speed)]
        while self.leave >= 1:
            self.leave -= 1
            messages += self._departure()
        while self.come >= 1:
            self.come -= 1
            messages.append(self._request())
        deliver(messages)
        self._place()
        self.examined += seconds
        if self.examined >= EXAMINING:
            self.examined = 0.0
            with contextlib.suppress(YipanError):
                exams.go_on()
        reading.go_on()
        self.until_trial -= seconds
        if -seconds < self.until_trial <= 0:
            trial.ask()

    def _departure(self) -> list[bytes]:
        """One of those who are due leaves, and another is announced for later."""
        present = _stays().filter(state=State.ACTIVE, purpose=Purpose.CARE)
        due = list(present.order_by("-end_announced", "period__endswith")[:40])
        open_ended = list(present.filter(end_announced=False).order_by("?")[:1])
        messages = [wire.discharge(self.chance.choice(due))] if due else []
        later = clock.now() + timedelta(hours=self.chance.uniform(2, 20))
        return messages + [wire.expected_discharge(b, later) for b in open_ended]

    def _request(self) -> bytes:
        """Somebody needs a bed."""
        home = self.chance.choices(self.departments, [d.size for d in self.departments])[0]
        case = Cast(self.chance, clock.now()).case(home)
        sex = "female" if home.specialty_id in WOMEN else self.chance.choice(("male", "female"))
        ages = AGES.get(home.specialty_id, (20, 88))
        patient, identifiers = invent(self.chance, sex, ages, home.site.organisation.code)
        posts = list(Practitioner.objects.filter(department=home)[:8])
        request = Request(
            home_department=home, priority=case.priority, attending=self.chance.choice(posts) if posts else None
        )
        return wire.expected_admission(patient, identifiers, request, (case.diagnosis.code, case.diagnosis.name))

    def _arrivals(self, speed: float) -> list[bytes]:
        """Patients whose bed is confirmed and free, and who had time to walk there."""
        since = clock.now() - WALK / max(speed, 0.1)
        rows = _stays().filter(state=State.CONFIRMED, purpose=Purpose.CARE, period__startswith__lte=clock.now())
        mine = rows.filter(created_at__lte=since)
        return [wire.admission(b) for b in mine[:20] if not _taken(b.capacity_id)]

    def _cleaned(self, speed: float) -> list[bytes]:
        done = clock.now() - CLEANING / max(speed, 0.1)
        rows = _stays().filter(state=State.ACTIVE, purpose=Purpose.TURNOVER, period__startswith__lte=done)
        return [wire.cleaned(b.capacity.bed) for b in rows[:40] if b.capacity.bed is not None]

    def _place(self) -> None:
        """The colleague places those who have waited longest, when many wait."""
        rows = waiting(Request.objects.filter(line="beds", wanted_from__lte=clock.now())).order_by("created_at")
        ids = list(rows.values_list("id", flat=True))
        for request_id in ids[: max(0, len(ids) - ENOUGH_WAIT)][:10]:
            with contextlib.suppress(YipanError):
                place(request_id)


def place(request_id: UUID) -> None:
    """Hold and confirm the first bed that can be had now. Raises what the actions raise."""
    request = request_with_facts(request_id)
    soon = clock.now() + timedelta(hours=1)
    choices = proposals.for_request(actor=COLLEAGUE, request=request, limit=1).choices
    if choices and choices[0].available_at <= soon:
        row = actions.hold_bed(actor=COLLEAGUE, request_id=request_id, bed_id=choices[0].bed_id)
        actions.confirm_admission(actor=COLLEAGUE, booking_id=row.pk)


def deliver(messages: Sequence[bytes]) -> None:
    """Send messages to this installation's listener; what cannot be sent now is told in the log and given up."""
    if not messages:
        return
    host, port = environment.hl7_address()
    try:
        for _ in send(host, port, messages, timeout=20):
            pass
    except YipanError as error:
        log.warning("demo feed: %s", error)


def run() -> None:
    """Let the demo day pass until the process is told to stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    wire.introduce()
    day, last = Day(random.Random()), time.monotonic()
    while not stop.wait(TICK):
        pace = DemoPace.objects.first()
        now = time.monotonic()
        try:
            if pace is not None and pace.speed > 0:
                day.tick(now - last, pace.speed)
        except Exception:  # the day goes on: whatever broke one tick is in the log
            log.exception("demo feed")
        last = now


def _stays() -> QuerySet[Booking]:
    return Booking.objects.filter(capacity__kind="bed").select_related(
        "capacity__bed__room__ward__site__organisation", "request__patient", "request__attending", "patient"
    )


def _taken(capacity_id: UUID) -> bool:
    return Booking.objects.filter(capacity_id=capacity_id, state=State.ACTIVE).exists()
