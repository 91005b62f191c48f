"""The demo's reading centre: readers, examinations of two weeks, and what waits now."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Q
from psycopg.types.range import TimestamptzRange

from yipan.base.access import SYSTEM
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Department, Site
from yipan.base.patients.models import Identifier, Patient
from yipan.kernel import clock
from yipan.kernel.ids import new_id
from yipan.lines.exams import actions
from yipan.lines.exams.models import (
    Coverage,
    DepartmentHead,
    Device,
    ExamItem,
    ExamOrder,
    Reader,
    Reading,
    ReadingCentre,
    ReportTemplate,
)
from yipan.lines.exams.policy import reading as policy
from yipan.server.demo import reading_reports as written
from yipan.server.demo.filling import invent
from yipan.server.demo.reading_reports import reading_plan
from yipan.spine import booking
from yipan.spine.booking import Stay
from yipan.spine.events import record
from yipan.spine.models import Booking, Request
from yipan.spine.states import Purpose, State

DAYS, A_DAY, NOW = 14, 34, 26
"""Days of history, examinations of a day, and how many were performed in the last hours and wait."""
URGENCIES = (("emergency", 2), ("urgent", 3), ("elective", 9))


def fill(*, seed: int = 20260303) -> int:
    """Write it; return how many examinations were given to readers. Nothing without a catalogue and devices."""
    if not Device.objects.filter(items__category__in=policy.READ).exists():
        return 0
    chance, now = random.Random(seed), clock.now()
    centre = _centre()
    readers = _readers(centre, now)
    _catalogues()
    _heads()
    _performed(chance, [*_of_days(chance, now), *_of_today(chance, now)])
    rows = list(_give(centre))
    written.read(now, rows, readers)
    written.criticals(chance, now, readers)
    return len(rows)


def go_on(limit: int = 40) -> int:
    """The other readers work on: what they would have signed by now is signed; return how many."""
    told = reading_plan()["centre"]["code"]
    centre = ReadingCentre.objects.filter(code=told).first()
    if centre is None:
        return 0
    rows = Reading.objects.filter(centre=centre, done_at=None, claim=None, order__reports=None)
    found = list(rows.select_related("order__item", "order__request").order_by("performed_at")[: limit * 10])
    others = list(Reader.objects.filter(centre=centre, practitioner__user=None).select_related("practitioner"))
    return written.read(clock.now(), found, others, limit=limit)


def _centre() -> ReadingCentre:
    """The centre, which reads everything for every site of the network."""
    told = reading_plan()["centre"]
    site = Site.objects.get(code=told["site"])
    centre = ReadingCentre.objects.create(
        code=told["code"], name=told["name"], name_en=told["name_en"], site=site, policy=told["policy"]
    )
    sites = Site.objects.exclude(organisation__kind="partner")
    Coverage.objects.bulk_create([Coverage(centre=centre, site=s, category=c) for s in sites for c in policy.READ])
    return centre


def _readers(centre: ReadingCentre, now: datetime) -> list[Reader]:
    """Readers with their posts; those who may sign are on duty, and one of them is the account of a reader."""
    from django.contrib.auth.models import User

    made = []
    for number, told in enumerate(reading_plan()["readers"], start=1):
        post = Practitioner.objects.create(code=f"READ-{number:02}", name=told["name"], name_en=told["name_en"])
        if login := told.get("login"):
            post.user = User.objects.filter(username=login).first()
            post.save(update_fields=["user"])
        made.append(
            Reader(
                centre=centre,
                practitioner=post,
                grade=told["grade"],
                specialties=told["specialties"],
                head=told.get("head", False),
                duty_until=now + timedelta(hours=10),
            )
        )
    return Reader.objects.bulk_create(made)


def _catalogues() -> None:
    told = reading_plan()
    for one in told["findings"]:
        actions.set_finding(actor=SYSTEM, **_without(one, "items"))
    for one in told["limits"]:
        actions.set_limit(actor=SYSTEM, **{"low": None, "high": None} | one)
    items = {item.code: item for item in ExamItem.objects.filter(code__in=[t["item"] for t in told["templates"]])}
    ReportTemplate.objects.bulk_create(
        [ReportTemplate(item=items[t["item"]], **_without(t, "item")) for t in told["templates"] if t["item"] in items]
    )


def _heads() -> None:
    """The first doctor of a department is its head."""
    firsts = (
        Practitioner.objects.exclude(department=None)
        .order_by("department_id", "code")
        .distinct("department_id")
        .select_related("department")
    )
    DepartmentHead.objects.bulk_create([DepartmentHead(department=p.department, practitioner=p) for p in firsts])


@dataclass(frozen=True, slots=True)
class Done:
    """An invented examination that is over."""

    device: Device
    item: ExamItem
    start: datetime
    end: datetime


def _performed(chance: random.Random, wanted: list[Done]) -> None:
    """Write examinations that are over, each of somebody new."""
    patients: list[Patient] = []
    numbers: list[Identifier] = []
    requests: list[Request] = []
    orders: list[ExamOrder] = []
    stays: list[Stay] = []
    for number, one in enumerate(wanted):
        department = chance.choice(_departments(one.device.capacity.site_id))
        patient, identifiers = invent(
            chance, chance.choice(("male", "female")), (18, 88), department.site.organisation.code
        )
        priority = chance.choices([u for u, _ in URGENCIES], [w for _, w in URGENCIES])[0]
        asked = one.start - timedelta(minutes=chance.randint(20, 240))
        request = Request(
            id=new_id(),
            line="exams",
            patient=patient,
            site=department.site,
            home_department=department,
            attending=Practitioner.objects.filter(department=department).order_by("code").first(),
            priority=priority,
            wanted_from=asked,
            created_at=asked,
            created_by="system",
            source="his",
        )
        patients.append(patient)
        numbers += identifiers
        requests.append(request)
        reason = chance.choice(written.words_of(one.item.code)["reasons"])
        accession, inpatient = f"D{one.end:%y%m%d%H%M}{number:03d}", chance.random() < 0.4
        orders.append(
            ExamOrder(request=request, item=one.item, accession=accession, reason=reason, inpatient=inpatient)
        )
        stays.append(Stay(one.device.pk, request, one.start, one.end))
    Patient.objects.bulk_create(patients)
    Identifier.objects.bulk_create(numbers, ignore_conflicts=True)
    Request.objects.bulk_create(requests)
    ExamOrder.objects.bulk_create(orders)
    booking.take_over(stays=stays, by=SYSTEM)


def _of_days(chance: random.Random, now: datetime) -> Iterator[Done]:
    first, last = now - timedelta(days=DAYS), now - timedelta(hours=26)
    devices = _free_devices(first, last)
    for day in range(DAYS - 1):
        free = {d.pk: first + timedelta(days=day, minutes=chance.randint(0, 30)) for d in devices}
        for _ in range(A_DAY if devices else 0):
            yield _next(chance, devices, free, chance.randint(0, 25))


def _of_today(chance: random.Random, now: datetime) -> Iterator[Done]:
    """One on each of some devices, a short time ago."""
    devices = _free_devices(now - timedelta(hours=3), now)
    for device in chance.sample(devices, k=min(NOW, len(devices))):
        end = now - timedelta(minutes=chance.uniform(1, 80))
        item = _item(chance, device)
        yield Done(device, item, end - timedelta(minutes=item.minutes), end)


def _next(chance: random.Random, devices: list[Device], free: dict[Any, datetime], gap: int) -> Done:
    device = chance.choice(devices)
    item = _item(chance, device)
    start = free[device.pk] + timedelta(minutes=gap)
    end = start + timedelta(minutes=item.minutes)
    free[device.pk] = end
    return Done(device, item, start, end)


def _item(chance: random.Random, device: Device) -> ExamItem:
    return chance.choice([i for i in device.items.all() if i.category in policy.READ])


def _free_devices(first: datetime, last: datetime) -> list[Device]:
    """Devices that somebody reads for and on which nothing is booked in a time."""
    taken = Booking.objects.filter(period__overlap=TimestamptzRange(first, last)).values("capacity_id")
    rows = Device.objects.filter(items__category__in=policy.READ, in_use=True).exclude(pk__in=taken).distinct()
    return list(rows.select_related("capacity__site").prefetch_related("items").order_by("code"))


@cache
def _departments(site_id: Any) -> list[Department]:
    return list(
        Department.objects.filter(Q(site_id=site_id), practitioners__isnull=False)
        .select_related("site__organisation")
        .distinct()
        .order_by("code")
    ) or list(Department.objects.filter(site_id=site_id).select_related("site__organisation").order_by("code"))


def _give(centre: ReadingCentre) -> Iterator[Reading]:
    """Every performed examination is given to the centre, with the deadline of its class."""
    rules = policy.read(centre.policy)
    done = Booking.objects.filter(
        purpose=Purpose.CARE,
        state=State.DONE,
        capacity__device__isnull=False,
        request__exam_order__item__category__in=policy.READ,
        request__exam_order__reading=None,
    ).select_related("request__exam_order__item", "request__site")
    made, told = [], []
    for row in done.order_by("period"):
        assert row.request is not None, "the query asked for bookings of orders"
        order: ExamOrder = row.request.exam_order
        urgency = policy.urgency_of(row.request.priority, inpatient=order.inpatient)
        due_at = policy.due(rules, order.item.category, urgency, row.end)
        made.append(Reading(order=order, centre=centre, urgency=urgency, performed_at=row.end, due_at=due_at))
        told.append(written.happening("reading.asked", order, row.end, centre=centre.code))
    Reading.objects.bulk_create(made)
    record(SYSTEM, told)
    yield from made


def _without(told: dict[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in told.items() if k != key}
