"""What the admission desk reads: one request with everything kept for it, and its proposals in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from yipan.base.access import Actor, scope, wall
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Bed, Department, Ward
from yipan.base.network.queries import placement_policy
from yipan.engine.placement import Policy
from yipan.kernel import clock
from yipan.lines.beds import policy, words
from yipan.lines.beds.policy import PathClock
from yipan.lines.beds.queries import proposals
from yipan.lines.beds.queries.facts import request_with_facts
from yipan.lines.beds.queries.proposals import Choice
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import RequestState, history, state_of, with_state
from yipan.spine.states import Purpose, State

SYMBOLS = {
    "place_where_home": "house",
    "place_where_walk": "footprints",
    "place_where_road": "car",
    "place_where_site": "map-pin",
    "place_where_unknown": "map-pin",
    "place_care_home": "heart-pulse",
    "place_care_qualified": "heart-pulse",
    "place_care_consult": "message-circle-warning",
    "place_care_intensive": "activity",
    "place_care_unknown": "circle-question-mark",
    "place_cost_spare": "calendar-check",
    "place_cost_tight": "calendar-clock",
    "place_cost_reserve": "siren",
    "place_note_wait": "hourglass",
    "place_note_leaving": "log-out",
    "place_note_monitor": "monitor",
    "place_note_isolation_room": "shield",
    "place_note_single": "bed-single",
    "place_note_opens_room": "door-open",
    "place_note_blocks": "ban",
    "place_note_cohort": "users",
    "plan_day_wished": "calendar-check",
    "plan_day_later": "calendar-clock",
    "plan_day_move": "calendar-check",
}
"""The sign beside each reason; the sentence says the same."""

LOUD = frozenset({"place_care_consult", "place_cost_tight", "place_cost_reserve", "place_note_blocks"})
"""Reasons against a bed, which the page does not whisper."""


@dataclass(frozen=True, slots=True)
class Said:
    """A reason in words, with its sign; `loud` speaks against the bed."""

    text: str
    symbol: str
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposed bed as the page shows it. `ready` is None when the bed can be had at once."""

    choice: Choice
    bed: Bed
    reasons: tuple[Said, ...]
    notes: tuple[Said, ...]
    ready: datetime | None
    abroad: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a ward of a better tier was not possible."""

    tier: str
    ward: Ward
    total: int
    occupied: int
    free: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offers:
    """Proposals in words. `possible` of `looked_at` beds can be had; a hold lasts `hold_minutes`."""

    at: datetime
    offers: tuple[Offer, ...]
    possible: int
    looked_at: int
    refusals: tuple[Refusal, ...]
    hold_minutes: int

    @property
    def topics(self) -> str:
        """What the list listens to: the beds shown, and the wards where a better bed may come free."""
        beds = (f"capacity:{offer.bed.pk}" for offer in self.offers)
        wards = (f"ward:{refusal.ward.pk}" for refusal in self.refusals)
        return " ".join(dict.fromkeys((*beds, *wards)))


@dataclass(frozen=True)
class Desk:
    """One request on the desk.

    `here` is the bed the patient lies in, `kept` what is held or confirmed (for a patient in a bed: the planned
    transfer), `first` the booking that the 20-minute path is about, `bookings` all of its bookings, oldest first.
    """

    request: Request
    at: datetime
    state: RequestState
    bookings: Sequence[Booking]
    events: Sequence[Event]

    @cached_property
    def here(self) -> Booking | None:
        return next((b for b in self.bookings if b.state == State.ACTIVE), None)

    @cached_property
    def kept(self) -> Booking | None:
        held = (b for b in self.bookings if b.state == State.HELD and b.expires_at and b.expires_at > self.at)
        confirmed = (b for b in self.bookings if b.state == State.CONFIRMED)
        return next(confirmed, None) or next(held, None)

    @cached_property
    def first(self) -> Booking | None:
        stays = [b for b in self.bookings if b.state in (State.ACTIVE, State.DONE)]
        return min(stays, key=lambda b: b.start) if stays else self.kept

    @cached_property
    def lost(self) -> Booking | None:
        """The reservation that somebody else's longer stay has taken away, while nothing new is kept."""
        last = self.bookings[-1] if self.bookings else None
        lost = last is not None and last.state == State.DISPLACED and self.state is RequestState.WAITING
        return last if lost else None

    @cached_property
    def started(self) -> datetime:
        """When the clock starts: with the certificate, or at the wished time of a planned admission."""
        asked = self.request.admission.certificate_at
        planned = self.request.wanted_from > self.request.created_at
        return max(asked, self.request.wanted_from) if planned else asked

    @cached_property
    def clock(self) -> PathClock:
        """The 20-minute path of the booking that counts; steps of reservations given back are not counted."""
        first = self.first
        told = {e.kind: e.at for e in self.events if first is not None and e.booking_id == first.id}
        if first is not None and first.state in (State.ACTIVE, State.DONE):
            told.setdefault("booking.arrived", first.start)  # moved in, or told by the hospital's own system
        done = policy.path_clock(self.request.admission.certificate_at, told).times
        return PathClock(self.started, done)

    @property
    def planned(self) -> bool:
        """The bed is wanted for later: the clock does not run yet."""
        return self.started > self.at

    @cached_property
    def rules(self) -> Policy:
        """The placement policy in force at the home department."""
        return placement_policy(self.request.home_department.site.organisation.path)[0]

    @cached_property
    def beds(self) -> dict[UUID, Bed]:
        """The beds of its bookings."""
        return beds_by_id({b.capacity_id for b in self.bookings})

    def ready_at(self, booking: Booking) -> datetime | None:
        """When the ward said that the bed is ready for this booking."""
        return next((e.at for e in self.events if e.kind == "bed.ready" and e.booking_id == booking.id), None)

    def told_at(self, booking: Booking) -> datetime | None:
        """When the admission was confirmed, and with it the ward told."""
        return next((e.at for e in self.events if e.kind == "booking.confirmed" and e.booking_id == booking.id), None)


def desk(*, actor: Actor, request_id: UUID) -> Desk:
    """A request with its bookings and events. Raises NotFound("request_unknown"), Refused."""
    request = request_with_facts(request_id)
    actor.require("beds.request", request.site.organisation.path)
    at = clock.now()
    bookings = Booking.objects.filter(request=request, purpose=Purpose.CARE).select_related("placement")
    return Desk(
        request=request,
        at=at,
        state=state_of(request_id, at=at),
        bookings=list(bookings.order_by("created_at", "id")),
        events=list(history(request_id)),
    )


def offers(*, actor: Actor, request: Request, limit: int = 8) -> Offers:
    """The best beds for a request in words, and why better tiers were not possible."""
    found = proposals.for_request(actor=actor, request=request, limit=limit)
    beds = beds_by_id({choice.bed_id for choice in found.choices})
    wards = Ward.objects.select_related("site").in_bulk({r.ward_id for r in found.refused})
    home = request.home_department_id
    return Offers(
        at=found.at,
        offers=tuple(
            Offer(
                choice=choice,
                bed=beds[choice.bed_id],
                reasons=tuple(said(r.as_data()) for r in choice.reasons),
                notes=tuple(said(r.as_data()) for r in choice.notes),
                ready=choice.available_at if choice.available_at > found.at + timedelta(minutes=1) else None,
                abroad=choice.department_id != home,
            )
            for choice in found.choices
        ),
        possible=found.possible,
        looked_at=found.looked_at,
        refusals=tuple(
            Refusal(
                tier=r.tier,
                ward=wards[r.ward_id],
                total=r.total,
                occupied=r.occupied,
                free=r.free,
                reasons=_against(told.as_data() for told in r.reasons),
            )
            for r in found.refused
        ),
        hold_minutes=found.policy.times.hold_minutes,
    )


class Reasoned(Protocol):
    """Whatever keeps the reasons of a choice: a placement, or a proposal of a plan."""

    pk: Any
    reasons: list[dict[str, Any]]
    why_not: list[dict[str, Any]]


def recorded(placement: Reasoned) -> tuple[list[Said], list[Refusal]]:
    """The reasons of a decision as they were when it was made: for the bed, and against the better tiers."""
    return recorded_reasons([placement])[placement.pk]


def recorded_reasons(rows: Sequence[Reasoned]) -> dict[Any, tuple[list[Said], list[Refusal]]]:
    """`recorded` for many at once, by primary key."""
    wards = Ward.objects.select_related("site").in_bulk({UUID(r["ward"]) for row in rows for r in row.why_not})
    return {row.pk: ([said(told) for told in row.reasons], _refusals(row, wards)) for row in rows}


def _refusals(placement: Reasoned, wards: Mapping[UUID, Ward]) -> list[Refusal]:
    return [
        Refusal(
            tier=r["tier"],
            ward=wards[UUID(r["ward"])],
            total=r["total"],
            occupied=r["occupied"],
            free=r["free"],
            reasons=_against(r["reasons"]),
        )
        for r in placement.why_not
        if UUID(r["ward"]) in wards
    ]


def _against(reasons: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """Reasons in words, without how many beds are occupied: that stands beside the ward's name."""
    return tuple(words.reason(told) for told in reasons if told["code"] != "place_refused_occupied")


def said(told: dict[str, Any]) -> Said:
    """A recorded reason in the reader's language."""
    code = str(told["code"])
    return Said(words.reason(told), SYMBOLS.get(code, "dot"), code in LOUD)


def beds_by_id(bed_ids: Iterable[UUID]) -> dict[UUID, Bed]:
    """Beds with room, ward, department and site, by identifier (which is that of the capacity)."""
    rows = Bed.objects.select_related("department", "room__ward__site__organisation", "room__ward__department")
    return rows.in_bulk(list(bed_ids))


def bed_name(bed: Bed) -> str:
    """Ward and number, as people at a desk say it."""
    return _("%(ward)s, bed %(bed)s") % {"ward": bed.room.ward.label, "bed": bed.label}


@dataclass(frozen=True, slots=True)
class Admission:
    """One request of a patient with what became of it. `bed` is the present, kept or last one."""

    request: Request
    state: RequestState
    bed: Bed | None
    start: datetime | None
    end: datetime | None


def admissions_of(*, actor: Actor, patient_id: UUID) -> list[Admission]:
    """Every request for a bed of a patient that the actor may see (`beds.view`), the newest first."""
    rows = Request.objects.filter(
        scope(actor, "beds.view", "site__organisation__path"),
        line="beds",
        patient_id=patient_id,
        admission__isnull=False,
    )
    states = dict(with_state(rows).values_list("id", "state"))  # type: ignore[misc]
    found = list(rows.select_related("home_department", "site__organisation", "admission").order_by("-created_at"))
    taken = Booking.objects.filter(
        request__in=found, purpose=Purpose.CARE, state__in=[State.HELD, State.CONFIRMED, State.ACTIVE, State.DONE]
    )
    last: dict[UUID | None, Booking] = {b.request_id: b for b in taken.order_by("period")}
    beds = beds_by_id({b.capacity_id for b in last.values()})
    made = []
    for request in found:
        state, booking = RequestState(states[request.id]), last.get(request.id)
        shown = booking if state not in (RequestState.WAITING, RequestState.CANCELLED) else None
        bed = beds.get(shown.capacity_id) if shown is not None else None
        made.append(Admission(request, state, bed, shown.start if shown else None, shown.end if shown else None))
    return made


def home_departments(actor: Actor) -> QuerySet[Department]:
    """Departments for which the actor may ask for a bed: those of sites with wards."""
    rows = Department.objects.filter(scope(actor, "beds.request", "site__organisation__path"))
    rows = rows.filter(Exists(Ward.objects.filter(site=OuterRef("site"))))
    return rows.select_related("site").order_by("site__organisation__path", "site__code", "code")


def attendings(department_id: UUID) -> QuerySet[Practitioner]:
    """The doctors of a department."""
    return Practitioner.objects.filter(department_id=department_id).order_by("name", "code")


@wall.passage("spine.body")
def open_requests(patient_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, RequestState]]:
    """Patient → the open request of the bed pool, with its state; patients without one are left out."""
    rows = Request.objects.filter(patient_id__in=list(patient_ids), line="beds", cancelled_at=None)
    found = with_state(rows).order_by("created_at").values_list("patient_id", "id", "state")  # type: ignore[misc]
    return {who: (request, RequestState(state)) for who, request, state in found if state != RequestState.DONE}
