"""What a proposal assumed, and which of it is no longer so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from yipan.engine.placement.codes import Refusal
from yipan.lines.beds.queries import proposals
from yipan.spine.models import Booking, Request
from yipan.spine.queries import RequestState, with_state
from yipan.spine.states import State

ASKED = (
    "severity",
    "nursing_level",
    "isolation",
    "pathogen",
    "oxygen",
    "monitor",
    "ventilator",
    "level_of_care",
    "sex",
    "age_years",
    "expected_days",
)
"""Facts of a request that placement asks about."""

SLACK = timedelta(minutes=1)


class Assumed(Protocol):
    """A stored proposal, as far as it is looked at here."""

    request_id: Any
    stay_id: Any
    bed_id: Any
    start: datetime
    end: datetime
    asked: dict[str, Any]
    relies: list[dict[str, Any]]
    after_id: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One assumption that no longer holds. `final`: nothing can come of the proposal any more."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    final: bool = False


def asked_of(request: Request) -> dict[str, Any]:
    """What a request asks for, as plain values to compare with later."""
    facts = {name: getattr(request.admission, name) for name in ASKED}
    facts["expected_days"] = float(facts["expected_days"])
    return facts | {
        "priority": request.priority,
        "wanted_from": request.wanted_from.isoformat(),
        "department": str(request.home_department_id),
    }


def relied_on(bookings: Sequence[Booking], stay: Booking | None, start: datetime) -> list[dict[str, Any]]:
    """The departures that a proposal waits for: of whoever has the bed before, and the stay of somebody who moves."""
    before = [b for b in bookings if b.start < start and (stay is None or b.id != stay.id)]
    rows = [*before, *([stay] if stay is not None else [])]
    return [
        {
            "booking": str(b.id),
            "purpose": str(b.purpose),
            "end": b.end.isoformat() if b.end else None,
            "announced": b.end_announced,
            "own": stay is not None and b.id == stay.id,
        }
        for b in rows
    ]


class Now:
    """What is known at an instant, to compare proposals with: read once for all of them.

    `requests` come with their admission and home department; `stays` are the bookings that proposals move.
    """

    def __init__(self, at: datetime, requests: Mapping[UUID, Request], assumed: Iterable[Assumed]) -> None:
        self.at, self.requests, self.hours = at, requests, proposals.Hours(at)
        rows = with_state(Request.objects.filter(id__in=list(requests)), at=at)
        self.states = dict(rows.values_list("id", "state"))  # type: ignore[misc]
        relied = {UUID(r["booking"]) for one in assumed for r in one.relies}
        self.bookings = Booking.objects.in_bulk([*relied, *(one.stay_id for one in assumed if one.stay_id)])
        moves = Booking.objects.filter(request__in=list(requests), previous__isnull=False)
        self.moving = set(moves.filter(state__in=[State.HELD, State.CONFIRMED]).values_list("request_id", flat=True))

    def changes(self, assumed: Assumed) -> list[Change]:
        """What has changed since the plan about one proposal, the most final first; empty when all is as it was.

        The last word is placement's: the bed is judged again, in the network as it will be at that hour by what is
        known now. A bed that somebody else has to move out of is judged once that move is held.
        """
        if assumed.start <= self.at:
            return [Change("plan_day_passed", final=True)]
        found = self._about_request(assumed)
        if any(change.final for change in found):
            return found
        found += self._about_departures(assumed)
        if assumed.after_id is not None and assumed.after_id not in self.moving:
            return found
        stay = self.bookings.get(assumed.stay_id) if assumed.stay_id else None
        request = self.requests[assumed.request_id]
        asked = self.hours.ask(request, assumed.start, assumed.end, stay.capacity_id if stay else None)
        refusal = proposals.refusal_of(asked, assumed.bed_id)
        if refusal is not Refusal.NONE:
            return [Change("plan_bed_refused", {"rule": refusal.rule_code}, final=True), *found]
        return found

    def _about_request(self, assumed: Assumed) -> list[Change]:
        request, state = self.requests[assumed.request_id], RequestState(self.states[assumed.request_id])
        stay = self.bookings.get(assumed.stay_id) if assumed.stay_id else None
        if state is RequestState.CANCELLED:
            return [Change("plan_request_cancelled", final=True)]
        if assumed.stay_id and (stay is None or stay.state != State.ACTIVE):
            return [Change("plan_patient_left", final=True)]
        if assumed.stay_id and assumed.request_id in self.moving:
            return [Change("plan_already_moving", final=True)]
        if not assumed.stay_id and state is not RequestState.WAITING:
            return [Change("plan_already_placed", final=True)]
        now = asked_of(request)
        differs = [name for name, value in assumed.asked.items() if now.get(name) != value]
        return [Change("plan_facts_changed", {"fields": differs})] if differs else []

    def _about_departures(self, assumed: Assumed) -> list[Change]:
        """Departures later than assumed; an earlier one, or somebody who has gone already, does no harm."""
        found = []
        for told in assumed.relies:
            booking, was = self.bookings.get(UUID(told["booking"])), _instant(told["end"])
            live = booking is not None and booking.state in (State.ACTIVE, State.CONFIRMED, State.HELD)
            if booking is None or not live or was is None:
                continue
            later = booking.end is None or booking.end > was + SLACK
            if later or (told["own"] and booking.end is not None and booking.end < was - SLACK):
                now = booking.end.isoformat() if booking.end else None
                found.append(Change("plan_departure_moved", {"was": told["end"], "now": now}))
        return found


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
