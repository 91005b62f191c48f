"""One ward: who comes, who is there, who leaves, what is being cleaned, and what the ward was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from yipan.base.access import Actor, scope
from yipan.base.network.models import Ward
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.beds.models import WardNotice
from yipan.lines.beds.policy import BedStatus, PathClock, path_clock
from yipan.lines.beds.queries.beds import BedRow, bed_rows
from yipan.spine.models import Booking, Request
from yipan.spine.queries import latest
from yipan.spine.states import Purpose, State

STEPS = ("booking.held", "booking.confirmed", "bed.ready", "booking.arrived")


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody for whom a bed of the ward is kept."""

    row: BedRow
    request: Request
    clock: PathClock
    ready: bool

    @property
    def can_arrive(self) -> bool:
        """Nobody else is in the bed, and it is not being cleaned."""
        return self.row.booking_id is None


@dataclass(frozen=True, slots=True)
class There:
    """Somebody in a bed of the ward."""

    row: BedRow
    request: Request | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class WardSheet:
    """Everything that the page of a ward shows, as of `at`."""

    ward: Ward
    at: datetime
    rows: list[BedRow]
    coming: list[Coming]
    there: list[There]
    left: list[Booking]
    notices: list[WardNotice]

    def of_status(self, status: BedStatus) -> list[BedRow]:
        return [r for r in self.rows if r.status(self.at) is status]

    @property
    def leaving(self) -> list[There]:
        """Those whose departure is announced, soonest first."""
        found = [t for t in self.there if t.row.leaving is not None]
        return sorted(found, key=lambda t: t.row.leaving or self.at)


def wards(actor: Actor) -> QuerySet[Ward]:
    """Wards that the actor may see."""
    seen = scope(actor, "beds.view", "site__organisation__path")
    return Ward.objects.filter(seen).select_related("site", "department").order_by("site__code", "code")


def own_wards(actor: Actor) -> list[UUID]:
    """Wards that a grant names: where a ward nurse goes first."""
    return [ward for _, _, ward in actor.grants if ward is not None]


def ward_sheet(*, actor: Actor, ward_id: UUID) -> WardSheet:
    """Raises NotFound("ward_unknown") for a ward that the actor may not see."""
    ward, at, rows = ward_rows(actor=actor, ward_id=ward_id)
    requests = _requests(i for r in rows for i in (r.request_id, r.next_request_id) if i is not None)
    notices = WardNotice.objects.select_related("booking__patient", "booking__capacity__bed").filter(ward=ward)
    return WardSheet(
        ward=ward,
        at=at,
        rows=rows,
        coming=_coming(rows, requests),
        there=[
            There(r, requests.get(r.request_id) if r.request_id else None, r.until is not None and r.until <= at)
            for r in rows
            if r.purpose == Purpose.CARE
        ],
        left=_left(rows),
        notices=list(notices.filter(seen_at=None).order_by("-created_at")[:20]),
    )


def ward_rows(*, actor: Actor, ward_id: UUID) -> tuple[Ward, datetime, list[BedRow]]:
    """A ward and its beds as of an instant. Raises NotFound("ward_unknown") for a ward that the actor may not see."""
    ward = wards(actor).select_related("site__organisation", "department").filter(pk=ward_id).first()
    if ward is None:
        raise NotFound("ward_unknown", id=str(ward_id))
    at = clock.now()
    return ward, at, bed_rows(actor=actor, at=at, ward_ids=[ward_id])


def _requests(ids: Iterable[UUID]) -> dict[UUID, Request]:
    rows = Request.objects.select_related("admission", "attending", "home_department__site", "patient")
    return rows.in_bulk(list(ids))


def _coming(rows: list[BedRow], requests: dict[UUID, Request]) -> list[Coming]:
    kept = [r for r in rows if r.next_purpose == Purpose.CARE and r.next_request_id in requests]
    steps = latest(STEPS, request_ids=[r.next_request_id for r in kept if r.next_request_id])
    found = []
    for row in kept:
        request = requests[row.next_request_id]  # type: ignore[index]
        happened = {kind: at for (key, kind), at in steps.items() if key == request.pk}
        ready = happened.get("bed.ready")
        held = happened.get("booking.held")
        clocked = path_clock(request.admission.certificate_at, happened)
        found.append(Coming(row, request, clocked, ready is not None and (held is None or ready >= held)))
    return sorted(found, key=lambda c: c.row.next_from or c.clock.started)


def _left(rows: list[BedRow]) -> list[Booking]:
    """The last departures of beds that are still being cleaned: those can be taken back."""
    cleaning = [r.id for r in rows if r.purpose == Purpose.TURNOVER]
    done = Booking.objects.select_related("patient", "capacity__bed").filter(
        capacity_id__in=cleaning, purpose=Purpose.CARE, state=State.DONE
    )
    last: dict[UUID, Booking] = {}
    for booking in done.order_by("period__endswith"):
        last[booking.capacity_id] = booking
    return list(last.values())
