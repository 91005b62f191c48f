"""Devices on a day: their hours and what is on them, for a plot of many and for one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from yipan.base.access import Actor, scope
from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.exams.models import Device
from yipan.lines.exams.policy.hours import instant_of, minute_of, shut_spans
from yipan.lines.exams.queries.worklist import day_of
from yipan.spine.models import Booking, Event
from yipan.spine.states import Purpose, State

TAKING = [str(s) for s in (State.HELD, State.CONFIRMED, State.ACTIVE, State.DONE)]


@dataclass(frozen=True, slots=True)
class Bar:
    """Something on a device: its `kind` is shut, closed, held, confirmed, active or done."""

    kind: str
    begin: datetime
    end: datetime
    request_id: UUID | None = None


@dataclass
class Lane:
    """A device's day. `used` is the share of the open time that is booked, None where it is not open."""

    device: Device
    bars: list[Bar] = field(default_factory=list)
    closed_now: bool = False
    booked: int = 0
    used: float | None = None


def devices(actor: Actor, *, site: Site | None = None, modality: str = "") -> QuerySet[Device]:
    """Devices in use that the actor may see, by site and code. Raises Refused."""
    actor.require("exams.view")
    rows = Device.objects.filter(scope(actor, "exams.view", "capacity__site__organisation__path"), in_use=True)
    rows = rows.filter(capacity__site=site) if site is not None else rows
    rows = rows.filter(modality=modality) if modality else rows
    joined = ("capacity__site__organisation", "department")
    return rows.select_related(*joined).order_by("capacity__site__organisation__path", "capacity__site__code", "code")


def device(actor: Actor, device_id: UUID) -> Device:
    """One device that the actor may see. Raises NotFound("exam_device_unknown")."""
    found = devices(actor).filter(pk=device_id).first()
    if found is None:
        raise NotFound("exam_device_unknown", id=str(device_id))
    return found


def examining(actor: Actor, *, site: Site | None = None, modality: str = "") -> QuerySet[Device]:
    """Devices with a day of their own: not the laboratory's analysers, to which specimens come."""
    return devices(actor, site=site, modality=modality).exclude(modality="")


def modalities(actor: Actor) -> list[str]:
    """Modalities that there are, by name."""
    return sorted({m for m in devices(actor).values_list("modality", flat=True) if m})


def lanes(rows: list[Device], day: date) -> list[Lane]:
    """The day of each device, in the order given. Two queries, however many."""
    spans = {row.pk: day_of(row.capacity.site, day) for row in rows}
    begin, end = min((b for b, _ in spans.values()), default=None), max((e for _, e in spans.values()), default=None)
    found: dict[UUID, list[Booking]] = defaultdict(list)
    if begin is not None and end is not None:
        taken = Booking.objects.filter(capacity_id__in=spans, state__in=TAKING, period__overlap=(begin, end))
        for row in taken.exclude(Q(state=State.HELD) & Q(expires_at__lte=clock.now())).order_by("period"):
            found[row.capacity_id].append(row)
    return [_lane(row, found[row.pk], *spans[row.pk]) for row in rows]


def closure_reason(device_id: UUID) -> str:
    """Why a device is shut now, as it was told."""
    last = Event.objects.filter(capacity_id=device_id, kind__in=("closure.started", "closure.planned"))
    row = last.order_by("-id").first()
    return str(row.data.get("reason", "")) if row is not None else ""


def _lane(device: Device, bookings: list[Booking], begin: datetime, end: datetime) -> Lane:
    zone = device.capacity.site.time_zone
    shut = shut_spans(device.hours, zone, minute_of(begin), minute_of(end))
    lane = Lane(device, [Bar("shut", instant_of(a), instant_of(b)) for a, b in shut])
    taken = 0.0
    for row in bookings:
        first, last = max(row.start, begin), min(row.end or end, end)
        is_closure = row.purpose == Purpose.CLOSURE
        lane.closed_now = lane.closed_now or (is_closure and row.state == State.ACTIVE)
        if is_closure and row.state == State.DONE:
            continue
        lane.bars.append(Bar("closed" if is_closure else row.state, first, last, row.request_id))
        if not is_closure:
            lane.booked += 1
            taken += (last - first).total_seconds() / 60
    opened = (end - begin).total_seconds() / 60 - sum(b - a for a, b in shut)
    lane.used = taken / opened if opened > 0 else None
    return lane
