"""What an action must know before it asks the policy: the clinic, the request, the booking, and where they belong."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from yipan.base.access import wall
from yipan.base.network.models import Department
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.appointments import policy
from yipan.lines.appointments.models import Appointment, Clinic, ClosedSession, Holiday
from yipan.lines.appointments.policy import Pattern, Seat
from yipan.spine.models import Booking, Request
from yipan.spine.states import TAKES_TIME, State

LINE = "appointments"


@dataclass(frozen=True, slots=True)
class Session:
    """A clinic on one day: its seats, the numbers of those that are taken, and why it is closed, if it is."""

    clinic: Clinic
    day: date
    seats: tuple[Seat, ...]
    taken: frozenset[int]
    closed: str = ""

    @property
    def free(self) -> list[Seat]:
        return [] if self.closed else [s for s in self.seats if s.number not in self.taken]

    @property
    def begins(self) -> datetime:
        return self.seats[0].start

    @property
    def ends(self) -> datetime:
        return self.seats[-1].end

    def number_at(self, start: datetime) -> int | None:
        """The number of the seat that begins at an instant."""
        return next((s.number for s in self.seats if s.start == start), None)

    def open_seats(self, *, is_referral: bool, now: datetime) -> list[Seat]:
        """Free seats to come that may be given away now."""
        free = [s for s in self.free if s.start > now]
        kept = self.clinic.kept_for_referrals
        allowed = policy.open_to(free=len(self.free), kept=kept, is_referral=is_referral, begins=self.begins, now=now)
        return free if allowed else []


def clinics() -> QuerySet[Clinic]:
    """Every clinic with what belongs to it."""
    return Clinic.objects.select_related(
        "capacity__site__organisation", "department__site__organisation", "department__specialty", "practitioner"
    )


def clinic(clinic_id: UUID) -> Clinic:
    """Raises NotFound("clinic_unknown")."""
    found = clinics().filter(pk=clinic_id).first()
    if found is None:
        raise NotFound("clinic_unknown", id=str(clinic_id))
    return found


def path_of(found: Clinic) -> str:
    """The path of the organisation where the clinic takes place."""
    return found.capacity.site.organisation.path


def department(department_id: UUID) -> Department:
    """Raises NotFound("department_unknown")."""
    found = Department.objects.select_related("specialty", "site__organisation").filter(pk=department_id).first()
    if found is None:
        raise NotFound("department_unknown", id=str(department_id))
    return found


def pattern(found: Clinic) -> Pattern:
    """When a clinic takes place, for the policy."""
    return Pattern(
        weekdays=tuple(found.weekdays),
        starts=found.starts,
        ends=found.ends,
        first_day=found.first_day,
        last_day=found.last_day,
        minutes=found.minutes,
        every_weeks=found.every_weeks,
        on_holidays=found.on_holidays,
    )


def appointment(request_id: UUID) -> Request:
    """A request with its appointment and patient. Raises NotFound("request_unknown")."""
    rows = Request.objects.filter(line=LINE).select_related(
        "appointment__specialty", "appointment__wish", "patient", "site__organisation", "home_department__site"
    )
    found = rows.filter(pk=request_id).first()
    if found is None:
        raise NotFound("request_unknown", request=str(request_id))
    return found


def seat_booking(booking_id: UUID) -> tuple[Booking, Clinic]:
    """A booking of a seat and its clinic. Raises NotFound("booking_unknown")."""
    row = Booking.objects.select_related("request__appointment", "patient").filter(pk=booking_id).first()
    found = clinics().filter(pk=row.capacity_id).first() if row is not None else None
    if row is None or found is None:
        raise NotFound("booking_unknown", booking=str(booking_id))
    return row, found


def sessions(found: Iterable[Clinic], first: date, last: date) -> list[Session]:
    """Every session of clinics from one local day to another, both included, by clinic and day."""
    every = list(found)
    holidays = set(Holiday.objects.filter(day__range=(first, last)).values_list("day", flat=True))
    closed = ClosedSession.objects.filter(clinic__in=every, day__range=(first, last))
    reasons = {(row.clinic_id, row.day): row.reason for row in closed}
    taken = _taken([c.pk for c in every], first, last)
    made = []
    for one in every:
        zone = one.capacity.site.time_zone
        for day in policy.days_of(pattern(one), first, last, holidays):
            seats = tuple(policy.seats_of(pattern(one), day, zone))
            if seats:
                numbers = _numbers_taken(seats, taken.get(one.pk, []))
                made.append(Session(one, day, seats, numbers, reasons.get((one.pk, day), "")))
    return made


def session_at(found: Clinic, start: datetime) -> Session | None:
    """The session to which a seat at this instant belongs; None when there is none."""
    day = policy.day_of(start, found.capacity.site.time_zone)
    made = sessions([found], day, day)
    return made[0] if made and made[0].number_at(start) is not None else None


def is_closed(clinic_id: UUID, day: date) -> bool:
    """Whether the session of a day does not take place."""
    return ClosedSession.objects.filter(clinic_id=clinic_id, day=day).exists()


@wall.passage("appointments.seats")
def registration_for(patient_id: UUID, found: Clinic, day: date, *, but: UUID | None = None) -> Appointment | None:
    """The appointment whose registration covers a visit of this clinic's department on a day, the latest first."""
    states = [str(s) for s in TAKES_TIME]
    rows = (
        Booking.objects.filter(
            patient_id=patient_id,
            state__in=states,
            request__appointment__registration=None,
            capacity__clinic__department=found.department_id,
            period__startswith__gte=clock_start(day) - timedelta(days=policy.VALID_DAYS + 1),
            period__startswith__lt=clock_start(day) + timedelta(days=2),
        )
        .select_related("request__appointment", "capacity__site")
        .order_by("-period")
    )
    for row in rows:
        if (
            row.request is not None
            and row.request_id != but
            and policy.covers(policy.day_of(row.start, row.capacity.site.time_zone), day)
        ):
            return row.request.appointment
    return None


@wall.passage("appointments.seats")
def live_of(patient_id: UUID, specialty: str) -> list[Booking]:
    """Seats to come that a patient has in a specialty: to warn of a second one."""
    return list(
        Booking.objects.filter(
            patient_id=patient_id,
            state__in=[State.HELD, State.CONFIRMED],
            request__appointment__specialty=specialty,
            period__endswith__gt=clock.now(),
        )
        .select_related("capacity__clinic__practitioner", "capacity__site")
        .order_by("period")
    )


def clock_start(day: date) -> datetime:
    """A day's start by the clock of the prime meridian: near enough for a condition that is checked again by day."""
    return datetime.combine(day, datetime.min.time(), tzinfo=clock.now().tzinfo)


@wall.passage("appointments.seats")
def _taken(clinic_ids: list[UUID], first: date, last: date) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """Times that are taken in clinics; by whom is nobody's business here. A hold that ran out takes none."""
    rows = Booking.objects.filter(
        capacity_id__in=clinic_ids,
        state__in=[str(s) for s in TAKES_TIME],
        period__endswith__gt=clock_start(first) - timedelta(days=1),
        period__startswith__lt=clock_start(last) + timedelta(days=2),
    ).exclude(state=State.HELD, expires_at__lte=clock.now())
    found: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for capacity_id, period in rows.order_by("period").values_list("capacity_id", "period"):
        found.setdefault(capacity_id, []).append((period.lower, period.upper))
    return found


def _numbers_taken(seats: tuple[Seat, ...], taken: list[tuple[datetime, datetime]]) -> frozenset[int]:
    """Numbers of the seats that something taken overlaps. `taken` is in order, and without overlaps in itself."""
    first = bisect_right(taken, seats[0].start, key=lambda pair: pair[1])
    last = bisect_left(taken, seats[-1].end, key=lambda pair: pair[0])
    return frozenset(s.number for s in seats for start, end in taken[first:last] if start < s.end and end > s.start)
