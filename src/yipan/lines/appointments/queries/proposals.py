"""Which seats can be had: of a specialty, or of one clinic, best first, each with its reasons as codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from yipan.base.access import wall
from yipan.base.network.models import Site
from yipan.base.network.queries import drive
from yipan.kernel import clock
from yipan.lines.appointments import policy
from yipan.lines.appointments.models import Clinic
from yipan.lines.appointments.policy import Candidate, Seat
from yipan.lines.appointments.queries import facts
from yipan.spine.models import Booking
from yipan.spine.states import State


@dataclass(frozen=True, slots=True)
class Proposal:
    """A free seat, and what speaks for it. `minutes` by road from the patient's place; None when nobody knows."""

    clinic: Clinic
    seat: Seat
    minutes: float | None
    known: bool
    first: bool
    free: int


def proposals(
    *,
    specialty: str = "",
    clinic_id: UUID | None = None,
    patient_id: UUID | None = None,
    near: Site | None = None,
    wanted_from: datetime | None = None,
    until: datetime | None = None,
    by: str = "earliest",
    is_referral: bool = False,
    limit: int = 6,
) -> list[Proposal]:
    """Seats from `wanted_from` (default now) to `until` (default a fortnight later), at most a few of one clinic."""
    now = clock.now()
    begin = max(wanted_from or now, now)
    end = until or begin + policy.LOOK_AHEAD
    found = facts.clinics().filter(in_use=True)
    found = found.filter(pk=clinic_id) if clinic_id else found.filter(department__specialty=specialty)
    every = list(found)
    known = seen_before(patient_id) if patient_id else set()
    free = _free(every, begin, end, now, is_referral, limit if clinic_id else policy.PER_CLINIC)
    away = {c.pk: _minutes(near, c.capacity.site) for c in every}
    candidates = [
        Candidate((one, seat, left), seat.start, away[one.pk], one.practitioner_id in known) for one, seat, left in free
    ]
    soonest = min((c.start for c in candidates), default=None)
    made = []
    for candidate in policy.ranked(candidates, by)[:limit]:
        where, at, rest = free[candidates.index(candidate)]
        made.append(Proposal(where, at, candidate.minutes, candidate.known, at.start == soonest, rest))
    return made


def _free(
    every: Sequence[Clinic], begin: datetime, end: datetime, now: datetime, is_referral: bool, most: int
) -> list[tuple[Clinic, Seat, int]]:
    """The first seats of each clinic in the time, with how many are free in their session."""
    first, last = (begin - timedelta(days=1)).date(), (end + timedelta(days=1)).date()
    found: dict[UUID, list[tuple[Clinic, Seat, int]]] = {}
    for session in facts.sessions(every, first, last):
        mine = found.setdefault(session.clinic.pk, [])
        for seat in session.open_seats(is_referral=is_referral, now=now):
            if begin <= seat.start <= end and len(mine) < most:
                mine.append((session.clinic, seat, len(session.free)))
    return [row for rows in found.values() for row in rows]


@wall.passage("appointments.seats")
def seen_before(patient_id: UUID) -> set[UUID]:
    """The doctors whose clinics have seen a patient."""
    rows = Booking.objects.filter(patient_id=patient_id, state=State.DONE, capacity__clinic__isnull=False)
    return set(rows.values_list("capacity__clinic__practitioner_id", flat=True))


def _minutes(near: Site | None, there: Site) -> float | None:
    return None if near is None else drive(near, there).minutes
