"""Clinics of the demo: residents of the hospitals, specialists who visit the townships, and a day that is under way."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from yipan.base.access import SYSTEM
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Department, Site
from yipan.base.patients.models import Identifier, Patient
from yipan.kernel import clock
from yipan.lines.appointments import actions
from yipan.lines.appointments.actions.clinics import ClinicFacts
from yipan.lines.appointments.models import Clinic
from yipan.lines.appointments.queries import facts
from yipan.server.demo.filling import invent
from yipan.spine.models import Booking

RESIDENT = ("YJ1-NEU", "YJ1-CAR", "QS1-NEU", "QS1-CAR", "QS1-ORT")
VISITING = (
    ("QS1", "YJ1-NSU", 4), ("QSH01", "YJ1-NEU", 2), ("QSH02", "YJ1-CAR", 3), ("QSH03", "QS1-ORT", 1),
    ("QST11", "QS1-NEU", 2), ("QST12", "QS1-CAR", 5), ("QST15", "YJ1-END", 4), ("QST16", "QS1-GYN", 3),
)  # fmt: skip
"""Site, department of the visiting doctor, weekday."""
HOLIDAYS = (((1, 1), "元旦", "New Year's Day"), ((5, 1), "劳动节", "Labour Day"), ((10, 1), "国庆节", "National Day"))
BOOKED = 26
TODAY = 14


def open_doors(*, seed: int = 11) -> int:
    """Make clinics and appointments in every state; return how many appointments."""
    chance = random.Random(seed)
    here = clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    _holidays(here.year)
    clinics = [c for c in (*_residents(here.date()), *_visitors(here.date())) if c is not None]
    under_way = _under_way(here)
    made = sum(_book(clinic, chance, kept=n % 5 != 0) for n, clinic in enumerate(chance.choices(clinics, k=BOOKED)))
    if clinics:
        _close_one(clinics[-1])
    return made + (_day(under_way, chance) if under_way else 0)


def _holidays(year: int) -> None:
    for n in (year, year + 1):
        for (month, day), name, name_en in HOLIDAYS:
            row = actions.set_holiday(actor=SYSTEM, day=date(n, month, day), name=name)
            row.name_en = name_en
            row.save(update_fields=["name_en"])


def _residents(today: date) -> Iterator[Clinic | None]:
    for n, code in enumerate(RESIDENT):
        home = Department.objects.select_related("site").filter(code=code).first()
        if home is not None:
            yield _clinic(home.site, home, today, (1, 2, 3, 4, 5), time(8), time(12), 2, f"门诊楼 {3 + n % 3}0{n + 1}")


def _visitors(today: date) -> Iterator[Clinic | None]:
    for site_code, code, weekday in VISITING:
        site = Site.objects.filter(code=site_code).first()
        home = Department.objects.filter(code=code).first()
        if site is not None and home is not None:
            yield _clinic(site, home, today, (weekday,), time(8, 30), time(11, 30), 4, "专家诊室")


def _under_way(here: datetime) -> Clinic | None:
    """A clinic whose session is going on whenever the demo begins."""
    home = Department.objects.select_related("site").filter(code="YJ1-NEU").first()
    if home is None:
        return None
    begin = max(here - timedelta(minutes=100), here.replace(hour=0, minute=0, second=0, microsecond=0))
    starts = time(begin.hour, begin.minute // 10 * 10)
    ends = time(min(begin.hour + 4, 23), 50)
    return _clinic(home.site, home, here.date(), tuple(range(1, 8)), starts, ends, 0, "门诊楼 108", post=0)


def _clinic(
    site: Site,
    home: Department,
    today: date,
    weekdays: tuple[int, ...],
    starts: time,
    ends: time,
    kept: int,
    room: str,
    post: int = 1,
) -> Clinic | None:
    doctors = list(Practitioner.objects.filter(department=home).order_by("code"))
    if not doctors:
        return None
    visiting = home.site_id != site.pk
    written = ClinicFacts(
        code=f"{site.code}-{home.code}-{'V' if visiting else post}",
        name=f"{home.name}{'专家门诊' if visiting else '门诊'}",
        name_en=f"{home.name_en} {'visiting clinic' if visiting else 'clinic'}",
        practitioner_id=doctors[post % len(doctors)].pk,
        department_id=home.pk,
        room=room,
        weekdays=weekdays,
        starts=starts,
        ends=ends,
        first_day=today - timedelta(days=90),
        minutes=10,
        kept_for_referrals=kept,
    )
    return actions.save_clinic(actor=SYSTEM, site_id=site.pk, written=written)


def _somebody(chance: random.Random, assigner: str) -> Patient:
    patient, identifiers = invent(chance, chance.choice(("male", "female")), (30, 82), assigner)
    patient.save()
    Identifier.objects.bulk_create(identifiers, ignore_conflicts=True)
    return patient


def _book(clinic: Clinic, chance: random.Random, *, kept: bool) -> bool:
    """One of the coming seats, confirmed or only held."""
    today = clock.now().date()
    sessions = facts.sessions([clinic], today, today + timedelta(days=13))
    free = [s for one in sessions for s in one.open_seats(is_referral=False, now=clock.now())][:60]
    if not free:
        return False
    row = _hold(clinic, chance, chance.choice(free).start)
    if kept:
        actions.confirm_seat(actor=SYSTEM, booking_id=row.pk)
    return True


def _hold(clinic: Clinic, chance: random.Random, start: datetime, reason: str = "复诊") -> Booking:
    who = _somebody(chance, clinic.capacity.site.organisation.code)
    asked = actions.request_appointment(actor=SYSTEM, patient_id=who.pk, clinic_id=clinic.pk, reason=reason)
    return actions.hold_seat(actor=SYSTEM, request_id=asked.pk, clinic_id=clinic.pk, start=start)


def _close_one(clinic: Clinic) -> None:
    """The doctor of one of the coming sessions is away."""
    tomorrow = clock.now().date() + timedelta(days=1)
    session = next(iter(facts.sessions([clinic], tomorrow, tomorrow + timedelta(days=10))), None)
    if session is not None:
        actions.close_session(actor=SYSTEM, clinic_id=clinic.pk, day=session.day, reason="外出会诊")


def _day(clinic: Clinic, chance: random.Random) -> int:
    """A session under way: some seen, one with the doctor, some in the waiting room, one who did not come."""
    now = clock.now()
    morning = now.astimezone(ZoneInfo(clinic.capacity.site.time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    day = morning.date()
    session = next(iter(facts.sessions([clinic], day, day)), None)
    if session is None:
        return 0
    before = session.begins - timedelta(days=1)
    with clock.using(clock.FrozenClock(before)):
        rows = [_hold(clinic, chance, seat.start, "头晕待查") for seat in session.seats[:TODAY]]
        for row in rows:
            actions.confirm_seat(actor=SYSTEM, booking_id=row.pk)
    past = [row for row in rows if row.start <= now]
    for n, row in enumerate(past):
        if n == 2:
            continue
        with clock.using(clock.FrozenClock(max(row.start - timedelta(minutes=chance.randint(1, 20)), morning))):
            actions.check_in(actor=SYSTEM, booking_id=row.pk)
    seen = max(len(past) - 3, 0)
    for n in range(seen):
        at = min(past[n].start + timedelta(minutes=chance.choice((1, 2, 2, 4))), now)
        with clock.using(clock.FrozenClock(at)):
            called = actions.call_next(actor=SYSTEM, clinic_id=clinic.pk)
            actions.come_in(actor=SYSTEM, booking_id=called.pk)
    if len(past) > 2:
        actions.mark_no_show(actor=SYSTEM, booking_id=past[2].pk)
    return len(rows)
