"""Patients of the demo who wait for a bed, or for whom one is kept already; they enter by the desk's own actions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count

from yipan.base.access import SYSTEM
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Department
from yipan.base.patients.models import Identifier
from yipan.kernel import clock
from yipan.kernel.errors import YipanError
from yipan.lines.beds import actions
from yipan.lines.beds.policy import AdmissionFacts
from yipan.lines.beds.queries import proposals
from yipan.lines.beds.queries.facts import request_with_facts
from yipan.server.demo.filling import invent
from yipan.server.demo.patients import AGES, WOMEN, Case, Cast
from yipan.spine import booking
from yipan.spine.models import Booking, Capacity, Request
from yipan.spine.states import State

WAITING = 26
KEPT = 9
PLANNED = 160
PLANNED_DAYS = 12
"""Elective patients with a day in the next so many days, for whom the evening's plan is to find beds."""
CLEANED = 34
CLOSED = 11
FIRST = "YJ1-NEU"
"""The department whose patient a newcomer places first: its wards are full, and the patient cannot wait for tonight."""
JUST_COME = timedelta(minutes=4)


def invite(*, seed: int = 7) -> int:
    """Make the waiting list and a few reservations; return how many patients were invited."""
    chance = random.Random(seed)
    cast = Cast(chance, clock.now())
    homes = list(_homes(chance))
    first = replace(cast.case(homes[0], shared=True), priority="emergency")
    requests = [_ask(first, chance, waited=JUST_COME)]
    requests += [_ask(cast.case(home), chance) for home in homes[1:]]
    for request in requests[WAITING:]:
        _keep(request, confirm=chance.random() < 0.6)
    _clean_and_close(chance)
    planned = [_ask_for_a_day(cast, home, chance) for home in _large(chance, PLANNED)]
    return len(requests) + len(planned)


def _ask_for_a_day(cast: Cast, home: Department, chance: random.Random) -> Request:
    """An elective admission for the morning of one of the next days, rather a near one (China's clock: UTC+8)."""
    case = replace(cast.case(home), priority="elective", severity="general", isolation="none")
    ahead = 1 + int(PLANNED_DAYS * chance.random() ** 1.7)
    morning = (clock.now() + timedelta(hours=8, days=ahead)).replace(hour=1, minute=0, second=0, microsecond=0)
    return _ask(case, chance, waited=timedelta(days=chance.uniform(0.5, 12)), wanted_from=morning)


def _clean_and_close(chance: random.Random) -> None:
    """Some free beds are being cleaned, a few are shut for repair."""
    busy = Booking.objects.filter(state__in=[State.ACTIVE, State.HELD, State.CONFIRMED]).values("capacity_id")
    free = list(
        Capacity.objects.filter(kind="bed").exclude(id__in=busy).order_by("bed__code").values_list("id", flat=True)
    )
    chosen = chance.sample(free, min(CLEANED + CLOSED, len(free) // 4))
    for capacity_id in chosen[CLOSED:]:
        began = clock.now() - timedelta(minutes=chance.randint(2, 24))
        booking.begin_turnover(capacity_id=capacity_id, length=timedelta(minutes=30), by=SYSTEM, at=began)
    booking.close(capacity_ids=chosen[:CLOSED], until=None, reason="维修", by=SYSTEM)


def _homes(chance: random.Random) -> Iterator[Department]:
    yield from Department.objects.filter(code=FIRST).select_related("site__organisation")
    yield from _large(chance, WAITING + KEPT - 1)


def _large(chance: random.Random, count: int) -> list[Department]:
    """Departments by chance, the larger the more often."""
    departments = (
        Department.objects.annotate(size=Count("beds")).filter(size__gte=15).select_related("site__organisation")
    )
    large = list(departments.order_by("code"))
    return chance.choices(large, [d.size for d in large], k=count)


def _ask(
    case: Case, chance: random.Random, *, waited: timedelta | None = None, wanted_from: datetime | None = None
) -> Request:
    """A request of an invented patient, who has waited that long or as long as chance will have it."""
    assigner = case.home.site.organisation.code
    sex = "female" if case.home.specialty_id in WOMEN else chance.choice(("male", "female"))
    patient, identifiers = invent(chance, sex, AGES.get(case.home.specialty_id, (20, 88)), assigner)
    patient.save()
    Identifier.objects.bulk_create(identifiers, ignore_conflicts=True)
    waited = waited or timedelta(minutes=min(chance.expovariate(1 / 35), 600))
    return actions.request_admission(
        actor=SYSTEM,
        patient_id=patient.pk,
        home_department_id=case.home.pk,
        attending_id=_attending(case.home.pk, chance),
        priority=case.priority,
        wanted_from=wanted_from,
        certificate_no=f"ZY{clock.now():%y%m%d}{chance.randrange(10**4):04d}",
        certificate_at=clock.now() - waited,
        facts=AdmissionFacts(
            diagnosis_code=case.diagnosis.code,
            diagnosis=case.diagnosis.name,
            severity=case.severity,
            nursing_level=case.nursing,
            isolation=case.isolation,
            oxygen=case.severity != "general",
            origin="emergency" if case.priority == "emergency" else "clinic",
            home_minutes=chance.choice((20, 45, 90, 150)),
            expected_days=round(case.days, 1),
        ),
    )


def _attending(department_id: UUID, chance: random.Random) -> UUID | None:
    posts = Practitioner.objects.filter(department_id=department_id).order_by("code").values_list("id", flat=True)
    return chance.choice(list(posts)) if posts else None


def _keep(request: Request, *, confirm: bool) -> None:
    """Hold the first proposal for a patient; who has none keeps waiting."""
    choices = proposals.for_request(actor=SYSTEM, request=request_with_facts(request.pk), limit=1).choices
    if not choices:
        return
    try:
        row = actions.hold_bed(actor=SYSTEM, request_id=request.pk, bed_id=choices[0].bed_id)
        if confirm:
            actions.confirm_admission(actor=SYSTEM, booking_id=row.pk)
    except YipanError:
        return  # a bed for later, or none: the patient simply waits
