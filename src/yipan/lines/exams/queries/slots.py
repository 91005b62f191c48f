"""Offers for an examination: the whole network searched for one patient, with reasons in codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from yipan.base.access import Actor, wall
from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.lines.exams.models import Device, ExamItem, Technician
from yipan.lines.exams.policy.hours import instant_of, minute_of
from yipan.lines.exams.policy.slots import (
    Cause,
    Facts,
    Goal,
    Obstacle,
    Slot,
    Spans,
    cause_at,
    free_starts,
    search,
    technician_at,
)
from yipan.lines.exams.queries.resources import Row, Taken, devices_for, shut, staff_for, taken
from yipan.lines.exams.queries.roads import Roads, roads
from yipan.spine.models import Booking
from yipan.spine.queries import present
from yipan.spine.states import State

HORIZON = timedelta(days=14)
GRACE = timedelta(minutes=5)
"""What an examination that should be over is taken to last yet."""

Reason = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for, and for whom.

    `home_site_id` is where the patient comes from unless lying in a bed; `from_site_id` says it better (an ambulance
    brings them there). `at_site_id` limits the search to one site; `without` leaves the bookings of one order out, for
    it is to be moved.
    """

    item: ExamItem
    patient_id: UUID
    home_site_id: UUID
    ordered_at: datetime
    not_before: datetime | None = None
    until: datetime | None = None
    goal: Goal = Goal.SOONEST
    at_site_id: UUID | None = None
    from_site_id: UUID | None = None
    without: UUID | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A device at a time. `travel` in minutes by road; `reasons` are codes of `words` with parameters."""

    device: Device
    technician: Technician | None
    start: datetime
    end: datetime
    travel: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A device that would have been better, why it is not possible then, and from when it is."""

    device: Device
    reason: Reason
    first: datetime | None


@dataclass(frozen=True, slots=True)
class Offers:
    """Best first; `origin` is the site that travel counts from."""

    offers: tuple[Offer, ...]
    refused: tuple[Refusal, ...]
    origin: Site
    devices: int


@dataclass(frozen=True, eq=False)
class Question:
    """The facts of a search, and whose rows they are."""

    facts: Facts
    devices: list[Row]
    staff: list[Row]
    origin_id: UUID
    row: dict[UUID, int] = field(default_factory=dict)


def offers(*, actor: Actor, wish: Wish, limit: int = 6) -> Offers:
    """The best times in the network for a wish. Raises Refused."""
    actor.require("exams.view")
    with wall.passage("exams.slots"):
        asked = ask(wish)
        found = search(asked.facts, goal=wish.goal, limit=limit)
        return _told(wish, asked, found.slots, found.obstacles)


def ask(wish: Wish) -> Question:
    """Everything that a search looks at in the time to come, read now."""
    now = clock.now()
    start = max(wish.not_before or now, now)
    end = min(wish.until or start + HORIZON, start + HORIZON)
    devices = devices_for(wish.item.pk, wish.at_site_id)
    sites = list(dict.fromkeys(d.site_id for d in devices))
    staff = staff_for(wish.item.pk, sites)
    number = {site: n for n, site in enumerate(sites)}
    every = taken(
        [*(d.id for d in devices), *(s.id for s in staff)],
        start=start,
        end=end,
        soon=now + GRACE,
        now=now,
        without=wish.without,
    )
    on_devices, on_staff = _split(every, len(devices))
    origin = wish.from_site_id or _whereabouts(wish.patient_id) or wish.home_site_id
    plans, plan_sites = _plans(wish, now)
    ways = roads()
    facts = Facts(
        start=minute_of(start + timedelta(seconds=59)),
        end=minute_of(end),
        length=wish.item.minutes,
        ready=minute_of(wish.ordered_at + timedelta(minutes=wish.item.preparation_minutes, seconds=59)),
        travel=ways.between([origin], sites)[0] if sites else np.empty(0),
        device_site=np.array([number[d.site_id] for d in devices], dtype=np.int64),
        device_shut=shut(devices, start=start, end=end),
        device_closed=on_devices.closed,
        device_busy=on_devices.busy,
        staff_site=np.array([number[s.site_id] for s in staff], dtype=np.int64),
        staff_shut=shut(staff, start=start, end=end),
        staff_busy=_both(on_staff),
        plans=np.array(plans, dtype=np.int64).reshape(-1, 2),
        plan_travel=_plan_travel(ways, plan_sites, sites),
    )
    return Question(facts, devices, staff, origin, {d.id: n for n, d in enumerate(devices)})


def technician_for(asked: Question, device_id: UUID, start: datetime) -> UUID | Cause | None:
    """Who works a device at a start if it is possible then; else the cause that it is not. None: nobody is needed.

    A device that does not do the item counts as closed.
    """
    device = asked.row.get(device_id)
    if device is None:
        return Cause.CLOSED
    minute = minute_of(start)
    if minute not in free_starts(asked.facts, device):
        return cause_at(asked.facts, device, minute)
    who = technician_at(asked.facts, device, minute)
    return None if who is None else asked.staff[who].id


def first_free(asked: Question, device_id: UUID) -> tuple[datetime, UUID | None] | None:
    """The first possible start on a device with who works it; None when there is none in the time asked for."""
    device = asked.row.get(device_id)
    if device is None or not len(starts := free_starts(asked.facts, device)):
        return None
    minute = int(starts[0])
    who = technician_at(asked.facts, device, minute)
    return instant_of(minute), None if who is None else asked.staff[who].id


def _split(every: Taken, devices: int) -> tuple[Taken, Taken]:
    """What is taken of the devices, and of the staff behind them in the list."""

    def cut(spans: Spans) -> tuple[Spans, Spans]:
        mine = spans.row < devices
        return (
            Spans(spans.row[mine], spans.begin[mine], spans.end[mine]),
            Spans(spans.row[~mine] - devices, spans.begin[~mine], spans.end[~mine]),
        )

    busy, closed = cut(every.busy), cut(every.closed)
    return Taken(busy[0], closed[0]), Taken(busy[1], closed[1])


def _both(some: Taken) -> Spans:
    one, other = some.busy, some.closed
    return Spans(
        np.concatenate([one.row, other.row]),
        np.concatenate([one.begin, other.begin]),
        np.concatenate([one.end, other.end]),
    )


def _whereabouts(patient_id: UUID) -> UUID | None:
    """The site of the bed that the patient lies in."""
    here = present(patient_id=patient_id)
    return here.site_id if here is not None else None


def _plans(wish: Wish, now: datetime) -> tuple[list[tuple[int, int]], list[UUID | None]]:
    """When the patient is expected in person elsewhere, and at which sites; None where somebody brings them away."""
    rows = Booking.objects.filter(
        patient_id=wish.patient_id, attends=True, state__in=[State.HELD, State.CONFIRMED, State.ACTIVE]
    ).exclude(state=State.HELD, expires_at__lte=now)
    if wish.without is not None:
        rows = rows.exclude(request_id=wish.without)
    rows = rows.select_related("capacity")
    found = [(b.patient_period or b.period, None if b.patient_period else b.capacity.site_id) for b in rows if b.end]
    spans = [(minute_of(span.lower), minute_of(span.upper + timedelta(seconds=59))) for span, _ in found]
    return spans, [site for _, site in found]


def _plan_travel(ways: Roads, plan_sites: list[UUID | None], sites: list[UUID]) -> NDArray[np.float64]:
    """[plan, site]: minutes between them. A ride ends where it takes the patient: no way is added to it."""
    found = np.zeros((len(plan_sites), len(sites)))
    here = [n for n, site in enumerate(plan_sites) if site is not None]
    if here and sites:
        found[here] = ways.between([site for site in plan_sites if site is not None], sites)
    return found


def _told(wish: Wish, asked: Question, slots: tuple[Slot, ...], obstacles: tuple[Obstacle, ...]) -> Offers:
    numbers = [*(s.device for s in slots), *(o.device for o in obstacles)]
    wanted = {asked.devices[n].id for n in numbers}
    devices = Device.objects.select_related("capacity__site__organisation", "department").in_bulk(wanted)
    people = {asked.staff[s.technician].id for s in slots if s.technician is not None}
    staff = Technician.objects.select_related("practitioner").in_bulk(people)
    best = slots[0] if slots else None
    return Offers(
        tuple(
            Offer(
                devices[asked.devices[s.device].id],
                staff[asked.staff[s.technician].id] if s.technician is not None else None,
                instant_of(s.start),
                instant_of(s.end),
                s.travel,
                _reasons(wish, asked, s, best),
            )
            for s in slots
        ),
        tuple(
            Refusal(
                devices[asked.devices[o.device].id],
                (str(o.cause), {"wanted": instant_of(o.wanted)}),
                None if o.first is None else instant_of(o.first),
            )
            for o in obstacles
        ),
        Site.objects.get(pk=asked.origin_id),
        len(asked.devices),
    )


def _reasons(wish: Wish, asked: Question, slot: Slot, best: Slot | None) -> tuple[Reason, ...]:
    """Why this one: what the goal says of it, the way, and what it waits for."""
    told: list[Reason] = []
    if best is not None and slot is best:
        told.append((f"exam_best_{wish.goal}", {}))
    elif best is not None:
        later, way = slot.end - best.end, slot.travel - best.travel
        told += [("exam_later", {"minutes": later})] if later > 0 else []
        told += [("exam_sooner", {"minutes": -later})] if later < 0 else []
        told += [("exam_further", {"minutes": way})] if way > 0 else []
        told += [("exam_closer", {"minutes": -way})] if way < 0 else []
        told += [("exam_as_good", {})] if not later and not way else []
    told.append(("exam_no_way", {}) if slot.travel == 0 else ("exam_way", {"minutes": slot.travel}))
    if wish.item.preparation_minutes and slot.start <= asked.facts.ready + 30:
        told.append(("exam_prepared", {"minutes": wish.item.preparation_minutes}))
    return tuple(told)
