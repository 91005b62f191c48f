"""Bed, seat and ambulance booked together by many at once, with parts that fail: all of it is there, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection

from tests.concurrency.test_races import together
from yipan.base.access import SYSTEM
from yipan.base.network.models import Road, Site
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, YipanError
from yipan.lines.appointments import actions as clinics
from yipan.lines.appointments.actions.clinics import ClinicFacts
from yipan.lines.appointments.models import Appointment
from yipan.lines.beds.models import AdmissionRequest, Placement
from yipan.lines.dispatch import actions as ambulances
from yipan.lines.dispatch.models import Transport
from yipan.spine import joint
from yipan.spine.models import Booking, Event, Request
from yipan.spine.states import LIVE
from yipan.spine.testing import NOON, SmallNetwork, practitioner, request_for, small_network

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres15]

PATIENTS, BEDS, SEATS, VEHICLES = 32, 10, 8, 6
KEEP = timedelta(days=36500)
PARTS = {"beds", "appointments", "dispatch"}


class County:
    """A hospital with fewer beds than patients, a clinic with fewer seats, and still fewer ambulances."""

    def __init__(self) -> None:
        self.network: SmallNetwork = small_network(wards={"neurology": BEDS})
        home, site = self.network.departments["neurology"], self.network.site
        self.town = Site.objects.create(code="TOWN", organisation=self.network.organisation, name="镇")
        Road.objects.create(from_site=site, to_site=self.town, minutes=20)
        begin = time(17)
        facts = ClinicFacts(
            code="CLINIC",
            name="门诊",
            practitioner_id=practitioner(home).pk,
            department_id=home.pk,
            weekdays=(1,),
            starts=begin,
            ends=time(begin.hour, SEATS * 5),
            minutes=5,
            first_day=date(2026, 1, 1),
        )
        clinics.save_clinic(actor=SYSTEM, site_id=site.pk, written=facts)
        for n in range(VEHICLES):
            ambulances.save_vehicle(actor=SYSTEM, site_id=site.pk, call_sign=f"救 {n}")
        self.parents = [request_for(self.network, "neurology") for _ in range(PATIENTS)]

    def needs(self, parent: Request, refused: bool) -> list[joint.Need]:
        """What everybody wants; who is refused asks for a vehicle that nobody knows, when the other parts are ready."""
        home, end = self.network.departments["neurology"].pk, NOON + timedelta(hours=1)
        way = {"from_site": self.town.pk, "to_site": self.network.site.pk, "level": "basic"}
        who: dict[str, Any] = {"patient_id": parent.patient_id, "department_id": home, "wanted_from": NOON}
        return [
            joint.Need("beds", **who, details={"diagnosis_code": "I63.9"}),
            joint.Need("dispatch", **who, until=end, details={**way, "level": "none" if refused else "basic"}),
            joint.Need("appointments", **who, until=NOON + timedelta(hours=9), details={"clinic": "CLINIC"}),
        ]

    def book(self, number: int) -> object:
        """Ask for offers and book the first of each, again and again while others are quicker."""
        parent, refused = self.parents[number], number % 5 == 0
        with clock.using(clock.FrozenClock(NOON)):
            asked, wanted = self.needs(parent, False), self.needs(parent, refused)
            for _ in range(4):
                offers = [joint.offers(actor=SYSTEM, need=need, limit=3) for need in asked]
                if not all(offers):
                    return "nothing_left"
                parts = [(need, some[number % len(some)]) for need, some in zip(wanted, offers, strict=True)]
                try:
                    with killed_half_way() if number % 7 == 0 else nullcontext():
                        return joint.book(actor=SYSTEM, parent=parent, parts=parts, keep=KEEP)
                except Conflict as conflict:
                    last: object = conflict.code
                except (InvalidInput, DatabaseError) as error:
                    return type(error).__name__
            return last


@contextmanager
def killed_half_way() -> Iterator[None]:
    """The server ends this connection right after it was told of the bookings."""

    def kill(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        answer = execute(sql, params, many, context)
        if 'INTO "spine_booking"' in str(sql):
            with connection.wrap_database_errors:
                context["cursor"].cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return answer

    try:
        with connection.execute_wrapper(kill):
            yield
    finally:
        if connection.connection is not None and connection.connection.closed:
            connection.close()


def left_behind() -> list[str]:
    """Whatever of a joint booking is there without the rest of it."""
    wrong = []
    for parent in Request.objects.filter(line="test"):
        parts = list(Request.objects.filter(parent=parent))
        if parts and {p.line for p in parts} != PARTS:
            wrong.append(f"{parent.pk} has {sorted(p.line for p in parts)}")
        live = Booking.objects.filter(request__in=parts, state__in=[str(s) for s in LIVE])
        wrong += [
            f"{p.line} without a booking" for p in parts if p.pk not in set(live.values_list("request_id", flat=True))
        ]
    wrong += [f"booking {row.pk} of nobody" for row in Booking.objects.filter(request__parent=None)]
    return wrong


def counts() -> Counter[str]:
    made = {
        "beds": AdmissionRequest.objects.count(),
        "placements": Placement.objects.count(),
        "seats": Appointment.objects.count(),
        "rides": Transport.objects.count(),
        "events": Event.objects.filter(kind="joint.booked").count(),
    }
    return Counter(made)


def test_all_of_it_or_nothing():
    """Thirty-two patients, six ambulances, parts taken, refused, and connections killed: nobody has only some parts."""
    county = County()
    results = together([lambda n=n: county.book(n) for n in range(PATIENTS)])
    booked = [r for r in results if isinstance(r, list)]
    assert left_behind() == []
    assert 1 <= len(booked) <= VEHICLES
    assert set(counts().values()) == {len(booked)}
    assert Booking.objects.count() == len(PARTS) * len(booked)
    assert {"InvalidInput", "OperationalError"} & set(map(str, results))


def test_without_the_transaction_parts_are_left(monkeypatch):
    """The same bookings without the transaction around all parts leave some behind: it is what keeps them together."""
    county = County()
    with clock.using(clock.FrozenClock(NOON)):
        monkeypatch.setattr(joint, "unit", SimpleNamespace(atomic=nullcontext))
        needs = county.needs(county.parents[0], True)
        asked = county.needs(county.parents[0], False)
        parts = [(n, joint.offers(actor=SYSTEM, need=a)[0]) for n, a in zip(needs, asked, strict=True)]
        with pytest.raises(YipanError):
            joint.book(actor=SYSTEM, parent=county.parents[0], parts=parts, keep=KEEP)
    assert left_behind() != []


def test_a_patient_is_not_carried_while_being_seen():
    """A ride and a seat at crossing times are refused together, and neither is left."""
    county = County()
    parent = county.parents[0]
    start = datetime(2026, 3, 2, 9, 0, tzinfo=NOON.tzinfo)
    home = county.network.departments["neurology"].pk
    who: dict[str, Any] = {"patient_id": parent.patient_id, "department_id": home}
    way = {"from_site": county.town.pk, "to_site": county.network.site.pk}
    ride = joint.Need("dispatch", **who, wanted_from=start - timedelta(minutes=5), details=way)
    seat = joint.Need("appointments", **who, wanted_from=start, details={"clinic": "CLINIC"})
    with clock.using(clock.FrozenClock(NOON)):
        parts = [(need, joint.offers(actor=SYSTEM, need=need)[0]) for need in (ride, seat)]
        with pytest.raises(Conflict) as refusal:
            joint.book(actor=SYSTEM, parent=parent, parts=parts, keep=KEEP)
    assert refusal.value.code == "patient_busy"
    assert not Booking.objects.exists()
