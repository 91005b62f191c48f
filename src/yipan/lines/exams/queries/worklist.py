"""What a site or a device examines on a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet

from yipan.base.access import Actor, scope
from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.lines.exams.models import Device, Study, Technician
from yipan.lines.exams.models.resources import TECHNICIAN
from yipan.lines.exams.policy.performing import may_undo
from yipan.lines.exams.queries.specimens import STEPS
from yipan.spine.models import Booking, Event, Request
from yipan.spine.states import Purpose, State
from yipan.ui.filters import localtime, zone_of

SHOWN = [str(s) for s in (State.HELD, State.CONFIRMED, State.ACTIVE, State.DONE, State.NO_SHOW)]
JOINED = ("request__exam_order__item", "request__site__organisation", "request__home_department", "patient")


@dataclass
class Row:
    """One examination of the day; `late`: planned before now and not begun. `undoable`: its begin can be taken back."""

    booking: Booking
    device: Device
    technician: Technician | None = None
    late: bool = False
    undoable: bool = False


@dataclass
class Worklist:
    """A day by what is to be done next. `staff` are the technicians of the site, `specimens` on their way to it."""

    site: Site
    day: date
    at: datetime
    expected: list[Row] = field(default_factory=list)
    running: list[Row] = field(default_factory=list)
    done: list[Row] = field(default_factory=list)
    missed: list[Row] = field(default_factory=list)
    staff: list[Technician] = field(default_factory=list)
    specimens: list[Request] = field(default_factory=list)

    @cached_property
    def able(self) -> dict[UUID, list[Technician]]:
        """Who of the staff can do which item."""
        found: dict[UUID, list[Technician]] = {}
        for technician in self.staff:
            for item in technician.items.all():
                found.setdefault(item.pk, []).append(technician)
        return found


def sites(actor: Actor, verb: str = "exams.view") -> QuerySet[Site]:
    """Sites with devices that the actor may see, by code."""
    rows = Site.objects.filter(scope(actor, verb, "organisation__path"))
    used = Device.objects.filter(in_use=True).values("capacity__site_id")
    return rows.filter(pk__in=used).select_related("organisation").order_by("organisation__path", "code")


def worklist(actor: Actor, site: Site, day: date, *, device_id: UUID | None = None) -> Worklist:
    """The examinations of a site on a local day, by state and time. Raises Refused."""
    actor.require("exams.view", site.organisation.path)
    begin, end = day_of(site, day)
    rows = Booking.objects.filter(
        capacity__device__isnull=False, capacity__site=site, purpose=Purpose.CARE, state__in=SHOWN,
        period__overlap=(begin, end),
    )  # fmt: skip
    if device_id is not None:
        rows = rows.filter(capacity_id=device_id)
    now = clock.now()
    rows = rows.exclude(Q(state=State.HELD) & Q(expires_at__lte=now))
    found = Worklist(site, day, now, staff=_staff(site), specimens=_specimens(site) if device_id is None else [])
    devices = Device.objects.filter(capacity__site=site).select_related("department").in_bulk()
    bookings = list(rows.select_related(*JOINED).order_by("period"))
    who = _technicians([b.request_id for b in bookings if b.request_id])
    running = [b.request_id for b in bookings if b.state == State.ACTIVE]
    imaged = set(Study.objects.filter(order__in=running).values_list("order_id", flat=True)) if running else set()
    for row in bookings:
        late = row.state in (State.HELD, State.CONFIRMED) and row.start < now
        undoable = row.state == State.ACTIVE and row.request_id not in imaged and may_undo(row.start, now)
        shown = Row(row, devices[row.capacity_id], who.get((row.request_id, row.state)), late, undoable)
        _part(found, row.state).append(shown)
    found.done.reverse()
    return found


def day_of(site: Site, day: date) -> tuple[datetime, datetime]:
    """The local day of a site, [begin, end)."""
    begin = datetime.combine(day, time(), zone_of(site))
    return begin, datetime.combine(day + timedelta(days=1), time(), zone_of(site))


def today(site: Site) -> date:
    """The site's local day."""
    return (localtime(clock.now(), site) or clock.now()).date()


def own_technician(actor: Actor) -> Technician | None:
    """The technician that the person signed in as."""
    if actor.user_id is None:
        return None
    rows = Technician.objects.select_related("capacity__site__organisation", "practitioner")
    return rows.filter(practitioner__user_id=actor.user_id, in_use=True).first()


def _part(found: Worklist, state: str) -> list[Row]:
    parts = {State.ACTIVE: found.running, State.DONE: found.done, State.NO_SHOW: found.missed}
    return parts.get(State(state), found.expected)


def _staff(site: Site) -> list[Technician]:
    rows = Technician.objects.filter(capacity__site=site, in_use=True)
    return list(rows.select_related("practitioner").prefetch_related("items").order_by("practitioner__code"))


def _technicians(request_ids: list[UUID]) -> dict[tuple[UUID | None, str], Technician]:
    """Who works an order, by the order and the state of the booking."""
    rows = Booking.objects.filter(request_id__in=request_ids, capacity__kind=TECHNICIAN, state__in=SHOWN)
    known = Technician.objects.select_related("practitioner").in_bulk({row.capacity_id for row in rows})
    return {(row.request_id, row.state): known[row.capacity_id] for row in rows}


def _specimens(site: Site) -> list[Request]:
    """Specimens that were taken in the site's organisation and have not come to the laboratory."""
    taken = Event.objects.filter(kind=STEPS[0], line="exams", at__gte=clock.now() - timedelta(days=2))
    came = Event.objects.filter(kind=STEPS[1], line="exams", at__gte=clock.now() - timedelta(days=2))
    rows = Request.objects.filter(line="exams", cancelled_at=None, site=site, pk__in=taken.values("request_id"))
    rows = rows.exclude(pk__in=came.values("request_id"))
    return list(rows.select_related("exam_order__item", "patient", "home_department").order_by("created_at"))
