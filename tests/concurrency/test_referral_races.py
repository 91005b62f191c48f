"""Referrals at once: one live one for a patient and problem, and places that are reserved whole or not at all."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.db import connection

from tests.concurrency.test_races import CONNECTIONS, together
from yipan.base.access import SYSTEM
from yipan.lines.referrals import actions
from yipan.lines.referrals.actions import reserving
from yipan.lines.referrals.models import Referral, Step
from yipan.lines.referrals.tests.world import World, agree, build, draft, facts
from yipan.spine import capacities, joint, registry
from yipan.spine.models import Booking, Request
from yipan.spine.testing import hours, patient
from yipan.spine.tests.test_joint import Seats

pytestmark = [pytest.mark.django_db(transaction=True)]

CONSTRAINT = "referral_one_live"


def everybody_refers(world: World):
    who = patient()
    return [lambda: draft(world, who, actor=SYSTEM) for _ in range(CONNECTIONS)]


def test_sixteen_referrals_of_one_problem(world):
    """Of sixteen who refer one patient for one problem at once, one does; the others are told so."""
    results = together(everybody_refers(world))
    assert results.count("referral_live") == CONNECTIONS - 1
    assert Referral.objects.count() == Request.objects.count() == Step.objects.count() == 1


def test_sixteen_without_the_guard(world):
    """Without the constraint the same patient is referred sixteen times."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef(oid) FROM pg_class WHERE relname = %s", [CONSTRAINT])
        (definition,) = cursor.fetchone()
        cursor.execute(f"DROP INDEX {CONSTRAINT}")
    try:
        together(everybody_refers(world))
        assert Referral.objects.count() == CONNECTIONS
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE referrals_referral CASCADE")
            cursor.execute(definition)


class Chairs(Seats):
    """Seats whose words have been stored as JSON."""

    def offers(self, *, actor, need, limit):
        told = need.details
        end = need.wanted_from + hours(1)
        place = UUID(told["site"])
        return [joint.Offer(need.line, (UUID(i),), need.wanted_from, end, place, "seat") for i in told["seats"]]


@pytest.fixture
def world() -> World:
    return build()


def test_no_part_is_left_behind(world, monkeypatch):
    """Sixteen referrals want a bed and one of three seats at once: some get both, nobody keeps half."""
    line = Chairs("seats")
    taking_part = registry.Joint(line.offers, line.prepare, line.confirm, line.withdraw)
    made = registry.Line(code="seats", name="Seats", kinds=("seats",), joint=taking_part)
    monkeypatch.setattr(registry, "_lines", {**registry._lines, "seats": made})
    agree(world, direct=True)
    site = world.county.site.pk
    seats = [str(capacities.make(kind="seats", site_id=site).pk) for _ in range(3)]
    needs = [
        {"line": "beds", "details": {"diagnosis_code": "I63.9", "severity": "serious"}},
        {"line": "seats", "details": {"site": str(site), "seats": seats}},
    ]
    referrals = [draft(world, patient(born=date(1950, 1, 1)), needs=needs, facts=facts()) for _ in range(CONNECTIONS)]

    def send(found, number):
        wishes = reserving.needs_of(found)
        beds = joint.offers(actor=SYSTEM, need=wishes[0], limit=4)
        places = joint.offers(actor=SYSTEM, need=wishes[1], limit=3)
        chosen = [(0, beds[number % len(beds)]), (1, places[number % 3])]
        return actions.send_referral(actor=world.doctor, referral_id=found.pk, offers=chosen)

    results = together([lambda f=f, n=n: send(f, n) for n, f in enumerate(referrals)])
    whole = [r for r in results if isinstance(r, Referral)]
    assert 1 <= len(whole) <= 3
    for found in referrals:
        parts = Request.objects.filter(parent_id=found.pk)
        live = Booking.objects.filter(request__in=parts, state__in=["held", "confirmed"]).count()
        expected = 2 if any(w.pk == found.pk for w in whole) else 0
        assert (parts.count(), live) == (expected, expected)
        assert Step.objects.filter(referral=found).count() == (4 if expected else 1)
