"""Agreements: who may refer to whom, and why not."""

from __future__ import annotations

from datetime import date, time

import pytest

from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, Refused
from yipan.lines.referrals import actions, policy
from yipan.lines.referrals.actions.agreeing import Terms as Written
from yipan.lines.referrals.models import Agreement, Step
from yipan.lines.referrals.policy import Terms
from yipan.lines.referrals.tests.world import agree, build, draft, sent
from yipan.spine.models import OutboxMessage
from yipan.spine.testing import NOON
from yipan.ui.filters import zone_of

SHANGHAI = zone_of("Asia/Shanghai")


def reason(**terms):
    asked = {"specialty": "03.03", "pathway": "stroke", "at": NOON, "zone": SHANGHAI}
    return policy.problem_of(Terms("x", **terms), **asked)


def test_every_condition_has_its_reason():
    """Validity, specialty, green channel, weekday and hours (also over midnight) are judged by the receiver's clock."""
    assert reason() == ""
    assert reason(valid_from=date(2026, 3, 3)) == "agreement_not_yet"
    assert reason(valid_until=date(2026, 3, 1)) == "agreement_over"
    assert reason(valid_from=date(2026, 3, 2), valid_until=date(2026, 3, 2)) == ""
    assert reason(specialties=frozenset({"04.01"})) == "agreement_specialty"
    assert reason(pathways=frozenset({"trauma"})) == "agreement_pathway"
    assert reason(weekdays=frozenset({2, 3})) == "agreement_weekday"
    assert reason(weekdays=frozenset({1})) == ""
    assert reason(opens=time(8), closes=time(12)) == "agreement_hours"
    assert reason(opens=time(12), closes=time(13)) == ""
    assert reason(opens=time(22), closes=time(12, 1)) == ""


@pytest.fixture
def world(db):
    with clock.using(clock.FrozenClock(NOON)):
        yield build(kind="partner")


def test_a_partner_needs_an_agreement(world):
    """A partner outside the network cannot send without one; the nearest reason is told, and nothing is sent."""
    made = draft(world)
    for terms, code in (
        (None, "agreement_missing"),
        ({"valid_until": date(2026, 2, 1)}, "agreement_over"),
        ({"valid_from": date(2026, 1, 2), "opens": time(8), "closes": time(9)}, "agreement_over"),
    ):
        if terms is not None:
            agree(world, **terms)
        with pytest.raises(Refused) as refusal:
            actions.send_referral(actor=world.doctor, referral_id=made.pk)
        assert refusal.value.code == code
    assert Step.objects.filter(referral=made).count() == 1
    agree(world, valid_from=date(2026, 1, 3))
    assert actions.send_referral(actor=world.doctor, referral_id=made.pk).state == "sent"


def test_a_partner_is_told_by_message(world):
    """Each step that a partner outside must hear of is put to the outbox once, with identifiers only."""
    agree(world)
    found = sent(world)
    actions.accept_referral(actor=world.desk, referral_id=found.pk)
    rows = list(OutboxMessage.objects.filter(topic="hl7.out").order_by("id"))
    assert [(r.key, r.payload["step"]) for r in rows] == [(f"REF{found.number}.{n}", n) for n in (2, 3)]
    assert {r.payload["referral"] for r in rows} == {str(found.pk)}


def test_only_the_receivers_managers_agree(world):
    """The doors are the receiver's: its managers make and end agreements, nobody else does."""
    terms = Written(world.village.site.organisation.code, world.county.organisation.code, date(2026, 1, 1))
    for actor in (world.doctor, world.desk, world.outsider):
        with pytest.raises(Refused):
            actions.save_agreement(actor=actor, terms=terms)
    assert not Agreement.objects.exists()
    row = actions.save_agreement(actor=world.manager, terms=terms)
    with pytest.raises(Conflict):
        actions.save_agreement(actor=world.manager, terms=terms)
    with pytest.raises(Refused):
        actions.end_agreement(actor=world.desk, agreement_id=row.pk)
    assert actions.end_agreement(actor=world.manager, agreement_id=row.pk).valid_until == NOON.date()


def test_an_import_is_whole_or_nothing(world):
    """One wrong row is named by its number and nothing is stored; the same file again changes nothing."""
    codes = (world.village.site.organisation.code, world.county.organisation.code)
    good = Written(*codes, date(2026, 1, 1), direct=True, phone="0710-2233445")
    bad = Written(*codes, date(2026, 1, 1), specialties=("nonsense",))
    with pytest.raises(InvalidInput) as refusal:
        actions.import_agreements(actor=world.manager, rows=[good, bad])
    assert (refusal.value.params["row"], refusal.value.params["field"]) == (2, "specialties")
    assert not Agreement.objects.exists()
    for _ in range(2):
        assert actions.import_agreements(actor=world.manager, rows=[good]) == 1
    assert Agreement.objects.get().phone == "0710-2233445"
