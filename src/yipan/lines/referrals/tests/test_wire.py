"""Partners that run no Yipan: their referrals and answers by message, and what they are told."""

from __future__ import annotations

from datetime import UTC

import pytest

from yipan.base.access import interface_actor
from yipan.codecs.hl7v2 import parse
from yipan.codecs.hl7v2.referrals import ANSWER, REFER, Provider, ReferralEvent, build_referral, referral_event
from yipan.codecs.hl7v2.types import CWE, CX, EI, HD, XPN
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, Refused
from yipan.lines.referrals import actions, wire
from yipan.lines.referrals.models import Referral
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.tests.world import agree, build, outpost, sent
from yipan.spine.models import OutboxMessage
from yipan.spine.testing import NOON

pytestmark = pytest.mark.django_db


class Partner:
    """A sender as the mapping needs it."""

    def __init__(self, department):
        organisation = department.site.organisation
        self.path, self.organisation_code = organisation.path, organisation.code
        self.actor = interface_actor(f"HL7 {organisation.code}", organisation.path)
        self._department = department

    def department(self, service):
        return self._department.pk if service == self._department.code else None

    def system(self, assigner, kind):
        return f"{self.organisation_code}:{assigner}:{kind}"


@pytest.fixture(autouse=True)
def noon():
    with clock.using(clock.FrozenClock(NOON)):
        yield


@pytest.fixture
def world():
    made = build(kind="partner")
    made.partner = Partner(made.village)
    return made


def message(world, **more):
    told = {
        "kind": REFER,
        "trigger": "I12",
        "message_control_id": "1",
        "identifiers": (CX("42", None, HD("HIS"), "MR"),),
        "name": XPN("李娜"),
        "sex": "female",
        "number": EI("P-7", "PARTNER"),
        "priority": "emergency",
        "problem": CWE("I21.0", "STEMI", "I10"),
        "receiver": Provider(world.county.organisation.code, world.neurology.code),
        "summary": {"reason": "chest pain for 2 hours", "medicines": "aspirin"},
    }
    event = ReferralEvent(**{**told, **more})
    return referral_event(parse(build_referral(event, at=NOON).encode()), UTC)


def take(world, **more):
    return wire.take_referral(message(world, **more), source=world.partner, actor=world.partner.actor)


def test_a_partners_referral_appears_as_sent(world):
    """With an agreement it stands in the inbox with its summary; the same message again changes nothing."""
    agree(world)
    assert take(world).code == "referral_taken"
    assert take(world).code == "already_so"
    row = Referral.objects.get()
    found = known.referral(world.desk, row.pk)
    assert (found.state, found.request.priority, found.placer_number) == ("sent", "emergency", "P-7")
    assert found.summary["medicines"] == "aspirin"


def test_without_an_agreement_it_waits_with_the_reason(world):
    """What no agreement covers is refused by name, and nothing of it is stored."""
    with pytest.raises(Refused) as refusal:
        take(world)
    assert refusal.value.code == "agreement_missing"
    assert not Referral.objects.exists()


def test_our_answer_goes_back(world):
    """Accepting writes an answer that carries the partner's own number."""
    agree(world)
    take(world)
    row = Referral.objects.get()
    actions.accept_referral(actor=world.desk, referral_id=row.pk, note="bed 7")
    wishes = list(OutboxMessage.objects.filter(topic="hl7.out").order_by("id"))
    told = [wire.tell_step(w.payload) for w in wishes]
    assert told[0] is None, "a partner is not told what it has told us"
    answer = told[1]
    assert (answer.kind, answer.event.status, answer.event.number.id) == (ANSWER, "A", "P-7")
    assert answer.paths == (world.village.site.organisation.path,)


def test_we_refer_and_the_partner_answers(world):
    """Sent to a partner, the referral becomes a message; its answer accepts or refuses, an unknown status is told."""
    partner = outpost("partner")
    actions.save_agreement(
        actor=interface_manager(partner),
        terms=terms(world.county.organisation.code, partner.site.organisation.code),
    )
    home = world.neurology
    found = sent(world, actor=world.desk, from_department_id=home.pk, to_department_id=partner.pk)
    (wish,) = OutboxMessage.objects.filter(topic="hl7.out")
    told = wire.tell_step(wish.payload)
    assert (told.kind, told.event.number.id) == (REFER, found.number)
    sender = Partner(partner)

    def answer(status):
        event = message(world, kind=ANSWER, number=EI(found.number, "YIPAN"), status=status, summary={"reason": "ok"})
        return wire.take_answer(event, source=sender, actor=sender.actor)

    with pytest.raises(InvalidInput):
        answer("Z")
    assert answer("P").code == "already_so"
    assert answer("A").code == "referral_answered"
    assert known.referral(world.desk, found.pk).state == "accepted"
    assert answer("A").code == "already_so"


def test_another_partner_cannot_answer(world):
    """Whoever is not the receiver may not accept in its name."""
    found = sent(world, to_department_id=world.neurology.pk) if agree(world) else None
    stranger = Partner(world.stranger)
    event = message(world, kind=ANSWER, number=EI(found.number, "YIPAN"), status="A")
    with pytest.raises(Refused):
        wire.take_answer(event, source=stranger, actor=stranger.actor)
    assert known.referral(world.desk, found.pk).state == "sent"


def test_the_note_as_a_fhir_document(world):
    """The summary is there as sections of a referral note."""
    agree(world)
    take(world)
    found = known.referral(world.desk, Referral.objects.get().pk)
    bundle = wire.document(found)
    titles = [s["title"] for s in bundle["entry"][0]["resource"]["section"]]
    assert "Reason for referral" in titles


def interface_manager(department):
    from yipan.base.access import Actor, Role

    return Actor(
        user_id=None, name="partner manager", grants=((Role.MANAGER, department.site.organisation.path, None),)
    )


def terms(sender, receiver):
    from datetime import date

    from yipan.lines.referrals.actions.agreeing import Terms

    return Terms(sender, receiver, date(2026, 1, 1))
