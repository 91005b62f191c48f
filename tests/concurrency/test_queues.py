"""Races of clinics and ambulances, shown both ways: under the lock there is none, without it there is."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connections

from tests.concurrency.test_races import CONNECTIONS, overlaps, together
from yipan.base.access import SYSTEM
from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.appointments import actions
from yipan.lines.appointments.actions import queue, seats
from yipan.lines.appointments.actions.clinics import ClinicFacts
from yipan.lines.appointments.models import Clinic
from yipan.lines.dispatch import actions as ambulances
from yipan.lines.dispatch.actions.requests import TransportFacts
from yipan.spine import booking
from yipan.spine.models import Booking, Event
from yipan.spine.testing import NOON, SmallNetwork, patient, practitioner, small_network

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres15]

TEN = timedelta(minutes=10)
PATIENCE = 0.7
"""Seconds that the first of two waits for the second: with the lock the second cannot come, and the first goes on."""

locked = pytest.mark.parametrize("locked", [True, False], ids=["with the lock", "without it"])


@pytest.fixture
def network() -> SmallNetwork:
    return small_network()


@pytest.fixture
def clinic(network: SmallNetwork) -> Clinic:
    """Every day from 14:00, three seats, two of them kept for referrals."""
    home = network.departments["neurology"]
    facts = ClinicFacts(
        code="CLINIC",
        name="门诊",
        practitioner_id=practitioner(home).pk,
        department_id=home.pk,
        weekdays=tuple(range(1, 8)),
        starts=time(14),
        ends=time(14, 30),
        first_day=date(2026, 1, 1),
        kept_for_referrals=2,
    )
    return actions.save_clinic(actor=SYSTEM, site_id=network.site.pk, written=facts)


def crossing(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *calls: Callable[[], object]) -> list[object]:
    """Two calls of which each has looked before the other one acts: `name` is what they call in between."""
    both, plain = threading.Barrier(len(calls)), getattr(module, name)

    def after_looking(*given: Any, **more: Any) -> Any:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(timeout=PATIENCE)
        return plain(*given, **more)

    def lane(call: Callable[[], object]) -> object:
        try:
            with clock.using(clock.FrozenClock(NOON)):
                return call()
        except Conflict as conflict:
            return conflict.code
        finally:
            connections.close_all()

    monkeypatch.setattr(module, name, after_looking)
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(lane, calls))


def unlock(monkeypatch: pytest.MonkeyPatch, locked: bool) -> None:
    if not locked:
        monkeypatch.setattr(booking, "lock_places", lambda ids: {})


def asked(clinic: Clinic) -> Any:
    with clock.using(clock.FrozenClock(NOON)):
        return actions.request_appointment(actor=SYSTEM, patient_id=patient().pk, clinic_id=clinic.pk)


def hold(clinic: Clinic, request: Any, start: Any) -> object:
    return actions.hold_seat(actor=SYSTEM, request_id=request.pk, clinic_id=clinic.pk, start=start)


@locked
def test_the_last_seat_that_is_not_kept(clinic, monkeypatch, locked):
    """Two desks want the one seat that is not kept for referrals: under the clinic's lock one gets it."""
    start = NOON + timedelta(days=3, hours=2)
    work = [lambda r=asked(clinic), n=n: hold(clinic, r, start + n * TEN) for n in range(2)]
    unlock(monkeypatch, locked)
    results = crossing(monkeypatch, seats, "claim", *work)
    assert (results.count("seats_kept") == 1) is locked
    assert Booking.objects.count() == (1 if locked else 2)


@locked
def test_a_session_closed_while_it_is_booked(clinic, monkeypatch, locked):
    """Somebody takes a seat while the session is closed: under the lock nobody is left with a seat of it."""
    start, request, looked, closed = NOON + timedelta(hours=2), asked(clinic), threading.Event(), threading.Event()
    plain = seats.claim

    def slow_claim(*given: Any) -> Any:
        looked.set()
        closed.wait(timeout=PATIENCE)
        return plain(*given)

    def close() -> object:
        looked.wait(timeout=30)
        done = actions.close_session(actor=SYSTEM, clinic_id=clinic.pk, day=date(2026, 3, 2), reason="away")
        closed.set()
        return done

    unlock(monkeypatch, locked)
    monkeypatch.setattr(seats, "claim", slow_claim)
    crossing(monkeypatch, seats, "told", lambda: hold(clinic, request, start), close)
    assert Booking.objects.filter(state="held").count() == (0 if locked else 1)


@locked
def test_called_by_two_at_once(clinic, monkeypatch, locked):
    """Doctor and nurse call at the same moment: under the lock they call two patients, and not one of them twice."""
    with clock.using(clock.FrozenClock(NOON)):
        for n in range(2):
            row = hold(clinic, asked(clinic), NOON + timedelta(hours=2) + n * TEN)
            actions.check_in(actor=SYSTEM, booking_id=row.pk)  # type: ignore[attr-defined]
    unlock(monkeypatch, locked)
    call = lambda: actions.call_next(actor=SYSTEM, clinic_id=clinic.pk)  # noqa: E731
    crossing(monkeypatch, queue, "_tell", call, call)
    called = Event.objects.filter(kind="appointment.called").values_list("booking_id", flat=True)
    assert (len(set(called)) == 2) is locked


def test_seats_never_overlap(clinic):
    """Forty-eight patients from sixteen connections and three seats: three are seated, on different seats."""
    start, requests = NOON + timedelta(hours=2), [asked(clinic) for _ in range(CONNECTIONS * 3)]

    def seat(request: Any, n: int) -> object:
        with clock.using(clock.FrozenClock(NOON)):
            return hold(clinic, request, start + (n % 3) * TEN)

    results = together([lambda r=r, n=n: seat(r, n) for n, r in enumerate(requests)])
    assert Booking.objects.count() == 3
    assert results.count("seat_taken") == len(requests) - 3
    assert overlaps("capacity_id") == 0


def test_a_vehicle_is_never_on_two_transports(network):
    """Forty-eight transports from sixteen connections and two vehicles: two go, each with one patient."""
    town = Site.objects.create(
        code="TOWN", organisation=network.organisation, name="镇", latitude=30.1, longitude=110.1
    )
    home = network.departments["neurology"].pk
    fleet = [ambulances.save_vehicle(actor=SYSTEM, site_id=network.site.pk, call_sign=f"救 {n}") for n in range(2)]
    facts = TransportFacts(town.pk, network.site.pk)

    def ask() -> Any:
        return ambulances.request_transport(actor=SYSTEM, patient_id=patient().pk, home_department_id=home, asked=facts)

    def send(request: Any, n: int) -> object:
        leave = NOON + timedelta(minutes=n % 7)
        with clock.using(clock.FrozenClock(NOON)):
            return ambulances.assign_vehicle(
                actor=SYSTEM, request_id=request.pk, vehicle_id=fleet[n % 2].pk, leave=leave
            )

    with clock.using(clock.FrozenClock(NOON)):
        requests = [ask() for _ in range(CONNECTIONS * 3)]
    results = together([lambda r=r, n=n: send(r, n) for n, r in enumerate(requests)])
    assert Booking.objects.count() == 2
    assert results.count("vehicle_taken") == len(requests) - 2
    assert overlaps("capacity_id") == 0
