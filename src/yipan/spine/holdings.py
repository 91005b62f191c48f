"""What is kept where and for whom, as one unit of work knows it: read for many places and patients at once.

Without a unit (`base.unit`) each question reads for itself. A booking is one object, however it was found, so that what
a verb does to it is known to whoever asks next.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from yipan.base import unit
from yipan.base.patients.identities import identities
from yipan.base.unit import Shelf
from yipan.spine.models import Booking, Request
from yipan.spine.states import LIVE, TAKES_TIME, State

LIVE_STATES = [str(state) for state in LIVE]
COUNTING = [str(state) for state in TAKES_TIME]


class Holdings:
    """Bookings by place and by patient."""

    def __init__(self) -> None:
        self._bookings: dict[UUID, Booking] = {}
        self.requests: Shelf[UUID, Request | None] = Shelf(self._read_requests, lambda: None)
        self._live: Shelf[UUID, list[Booking]] = Shelf(self._read_live, list)
        self._last: Shelf[UUID, Booking | None] = Shelf(self._read_last, lambda: None)
        self._of: Shelf[UUID, list[Booking]] = Shelf(self._read_of, list)

    def foresee(self, *, capacity_ids: Iterable[UUID] = (), patient_ids: Iterable[UUID] = ()) -> None:
        """Read at once what will be asked of these."""
        places = list(capacity_ids)
        self._of.warm(patient_ids)
        self._live.warm(places)
        self._last.warm(places)

    def get(self, booking_ids: Iterable[UUID]) -> dict[UUID, Booking]:
        """These bookings, as far as they exist."""
        wanted = list(booking_ids)
        if missing := [i for i in wanted if i not in self._bookings]:
            self._kept(Booking.objects.filter(id__in=missing))
        return {i: self._bookings[i] for i in wanted if i in self._bookings}

    def live(self, capacity_id: UUID) -> list[Booking]:
        """Held, confirmed and active bookings of a place."""
        return [b for b in self._live[capacity_id] if b.state in LIVE]

    def last_done(self, capacity_id: UUID) -> Booking | None:
        """What was over in a place last: the one that ended latest."""
        ended = [b for b in self._live[capacity_id] if b.state == State.DONE and b.end > b.start]
        if (known := self._last[capacity_id]) is not None:
            ended.append(known)
        return max(ended, key=lambda b: b.end, default=None)

    def of(self, patient_id: UUID) -> list[Booking]:
        """Every booking of a patient that is live or took place."""
        return [b for b in self._of[patient_id] if b.state in TAKES_TIME]

    def present(self, patient_id: UUID) -> Booking | None:
        """Where the patient's body is now, or None."""
        return next((b for b in self.of(patient_id) if b.state == State.ACTIVE and b.body), None)

    def kept_for(self, request: Request) -> list[Booking]:
        """Bookings that keep something for a request, the patient's present place first."""
        kept = [b for b in self.of(request.patient_id) if b.request_id == request.pk and b.state in LIVE]
        return sorted(kept, key=lambda b: (b.state != State.ACTIVE, b.start))

    def note(self, booking: Booking) -> None:
        """A booking that is made or changed now. One that is known here by another object makes all known doubtful."""
        if self._bookings.setdefault(booking.pk, booking) is not booking:
            unit.forget()
            return
        for shelf, key in ((self._live, booking.capacity_id), (self._of, booking.patient_id)):
            if key is not None and key in shelf and booking not in shelf[key]:
                shelf[key].append(booking)

    def knows_any_on(self, capacity_ids: Iterable[UUID]) -> bool:
        """Whether a booking of these places was read."""
        places = set(capacity_ids)
        return any(place in self._live for place in places) or any(
            b.capacity_id in places for b in self._bookings.values()
        )

    def _kept(self, rows: QuerySet[Booking]) -> list[Booking]:
        """The one object for each of these, with its request."""
        alone = unit.current() is None  # for one question a join is dearer for the database and cheaper for us
        found = list(rows.select_related("request") if alone else rows)
        if not alone:
            self.requests.warm(row.request_id for row in found if row.request_id is not None)
            for row in found:
                row.request = self.requests[row.request_id] if row.request_id is not None else None
        return [self._bookings.setdefault(row.pk, row) for row in found]

    def _read_live(self, capacity_ids: list[UUID]) -> dict[UUID, list[Booking]]:
        rows = Booking.objects.filter(capacity_id__in=capacity_ids, state__in=LIVE_STATES)
        return _grouped((b.capacity_id, b) for b in self._kept(rows))

    def _read_last(self, capacity_ids: list[UUID]) -> dict[UUID, Booking | None]:
        done = Booking.objects.filter(capacity_id__in=capacity_ids, state=State.DONE, period__isempty=False)
        rows = done.order_by("capacity_id", "-period__endswith").distinct("capacity_id")
        return {b.capacity_id: b for b in self._kept(rows)}

    def _read_of(self, patient_ids: list[UUID]) -> dict[UUID, list[Booking]]:
        if not (older := identities().older(patient_ids)):
            return {}
        rows = Booking.objects.filter(patient_id__in=older, state__in=COUNTING)
        return _grouped((b.patient_id, b) for b in self._kept(rows.order_by("created_at")))

    @staticmethod
    def _read_requests(ids: list[UUID]) -> dict[UUID, Request | None]:
        return dict(Request.objects.in_bulk(ids))


def holdings() -> Holdings:
    """Those of the unit, or new ones for one question."""
    return unit.facts(Holdings)


def kept_places(patient_ids: Iterable[UUID]) -> set[UUID]:
    """The places that are kept for patients now, read without a lock: for whoever is about to lock them."""
    rows = Booking.objects.filter(patient_id__in=list(patient_ids), state__in=LIVE_STATES)
    return set(rows.values_list("capacity_id", flat=True))


def _grouped(pairs: Iterable[tuple[UUID | None, Booking]]) -> dict[UUID, list[Booking]]:
    groups: dict[UUID, list[Booking]] = {}
    for key, booking in pairs:
        if key is not None:
            groups.setdefault(key, []).append(booking)
    return groups
