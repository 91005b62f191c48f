"""Races shown both ways: with the guard there is none, without it there is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection, connections

from yipan.base.access import SYSTEM
from yipan.kernel.errors import Conflict
from yipan.spine import booking
from yipan.spine.booking import Claim, claims
from yipan.spine.booking.places import PLACES, _places
from yipan.spine.models import Booking
from yipan.spine.states import TAKES_TIME
from yipan.spine.testing import NOON, SmallNetwork, hours, patient, request_for, small_network

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres15]

CONNECTIONS = 16


@pytest.fixture
def network() -> SmallNetwork:
    return small_network(wards={"neurology": 10})


def together(work: list[Callable[[], object]]) -> list[object]:
    """Run the calls on 16 threads, each with its own database connection, started at one signal."""
    gate = threading.Barrier(CONNECTIONS)
    lanes = [work[i::CONNECTIONS] for i in range(CONNECTIONS)]

    def lane(calls: list[Callable[[], object]]) -> list[object]:
        try:
            gate.wait(timeout=60)
            return [_outcome(call) for call in calls]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return [result for lane_results in pool.map(lane, lanes) for result in lane_results]


def _outcome(call: Callable[[], object]) -> object:
    try:
        return call()
    except Conflict as conflict:
        return conflict.code


def hold(capacity_id, request):
    claim = Claim(capacity_id, request, NOON, NOON + hours(24))
    return booking.hold(claims=[claim], by=SYSTEM, keep=timedelta(days=36500), at=NOON)[0]


@contextmanager
def without_guard(*constraints: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Drop the constraints and the locks for the block."""
    with connection.cursor() as cursor:
        definitions = {}
        for name in constraints:
            cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
            definitions[name] = cursor.fetchone()[0]
            cursor.execute(f"ALTER TABLE spine_booking DROP CONSTRAINT {name}")
    monkeypatch.setattr(claims, "lock", lambda ids: _places(PLACES, set(ids)))
    try:
        yield
    finally:
        monkeypatch.undo()
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE spine_booking CASCADE")
            for name, definition in definitions.items():
                cursor.execute(f"ALTER TABLE spine_booking ADD CONSTRAINT {name} {definition}")


def overlaps(key: str) -> int:
    """Pairs of bookings that take the same bed, or the same patient, at the same time."""
    rows = Booking.objects.filter(state__in=[str(s) for s in TAKES_TIME]).order_by(key, "period")
    pairs = pairwise(rows)
    return sum(getattr(a, key) == getattr(b, key) and a.end > b.start for a, b in pairs)


def thousand_claims(network: SmallNetwork) -> list[Callable[[], object]]:
    beds = network.beds["neurology"]
    requests = [request_for(network, "neurology") for _ in range(1000)]
    return [lambda r=r, b=beds[i % 10]: hold(b.id, r) for i, r in enumerate(requests)]


def test_thousand_claims_on_ten_beds(network):
    """1,000 simultaneous claims from 16 connections on 10 beds end in exactly 10 bookings."""
    results = together(thousand_claims(network))
    assert results.count("capacity_taken") == 990
    assert Booking.objects.count() == 10
    assert overlaps("capacity_id") == 0


def test_thousand_claims_without_the_guard(network, monkeypatch):
    """Without the exclusion constraint the same claims double-book: the constraint is what keeps them apart."""
    with without_guard("booking_one_per_capacity", monkeypatch=monkeypatch):
        together(thousand_claims(network))
        assert overlaps("capacity_id") > 0


def one_patient_everywhere(network: SmallNetwork) -> list[Callable[[], object]]:
    who = patient()
    requests = [request_for(network, "neurology", who) for _ in range(CONNECTIONS * 5)]
    beds = network.beds["neurology"]
    return [lambda r=r, b=beds[i % 10]: hold(b.id, r) for i, r in enumerate(requests)]


def test_one_patient_claimed_for_several_beds(network):
    """One patient claimed for ten beds at once ends in one booking."""
    results = together(one_patient_everywhere(network))
    assert sum(isinstance(r, Booking) for r in results) == 1
    assert Booking.objects.count() == 1


def test_one_patient_without_the_guard(network, monkeypatch):
    """Without the constraint on the body the same patient ends in several beds."""
    with without_guard("booking_one_per_body", monkeypatch=monkeypatch):
        together(one_patient_everywhere(network))
        assert overlaps("patient_id") > 0


def rides_of_one_patient(network: SmallNetwork) -> list[Callable[[], object]]:
    """Trips of ten vehicles that all carry the same patient in the second of their three hours."""
    who = patient()
    ride = (NOON + hours(1), NOON + hours(2))

    def ask(vehicle_id, request):
        trip = Claim(vehicle_id, request, NOON, NOON + hours(3), body=False, attends=True, patient_period=ride)
        return booking.hold(claims=[trip], by=SYSTEM, keep=timedelta(days=36500), at=NOON)[0]

    vehicles = network.beds["neurology"]
    requests = [request_for(network, "neurology", who) for _ in range(CONNECTIONS * 2)]
    return [lambda r=r, v=vehicles[i % 10]: ask(v.id, r) for i, r in enumerate(requests)]


def test_one_patient_in_several_vehicles(network):
    """One patient promised to ten vehicles at once ends in one of them."""
    results = together(rides_of_one_patient(network))
    assert sum(isinstance(r, Booking) for r in results) == 1
    assert set(results) - {"capacity_taken", "patient_busy"} == {Booking.objects.get()}


def test_one_patient_in_several_vehicles_without_the_guard(network, monkeypatch):
    """Without the constraint on plans of one patient several vehicles are sent."""
    with without_guard("booking_one_plan_per_patient", monkeypatch=monkeypatch):
        together(rides_of_one_patient(network))
        assert Booking.objects.count() > 1


def test_opposite_swaps_do_not_deadlock(network):
    """Transactions that take the same beds in opposite order both end: locks are taken in one order."""
    a, b = network.beds["neurology"][:2]

    def both(first, second, request):
        return booking.hold(
            claims=[
                Claim(first.id, request, NOON, NOON + hours(1)),
                Claim(second.id, request, NOON + hours(1), NOON + hours(2)),
            ],
            by=SYSTEM,
            keep=timedelta(days=36500),
            at=NOON,
        )

    work = []
    for i in range(CONNECTIONS * 4):
        request = request_for(network, "neurology")
        pair = (a, b) if i % 2 else (b, a)
        work.append(lambda r=request, p=pair: both(*p, r))
    results = together(work)
    assert all(isinstance(r, list) or r in ("capacity_taken", "patient_elsewhere") for r in results)
    assert overlaps("capacity_id") == 0
    assert 1 <= sum(isinstance(r, list) for r in results) <= 2


def test_arrivals_in_one_bed(network):
    """Sixteen systems that each say another patient lies in one bed end in one patient there."""
    bed = network.beds["neurology"][0]
    requests = [request_for(network, "neurology") for _ in range(CONNECTIONS)]

    def occupy(request):
        return booking.occupy(claim=Claim(bed.id, request, NOON, NOON + hours(24)), by=SYSTEM, at=NOON)

    results = together([lambda r=r: occupy(r) for r in requests])
    assert sum(isinstance(r, Booking) for r in results) == 1
    assert results.count("capacity_taken") == CONNECTIONS - 1
