"""The two parties of a referral, step by step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from yipan.lines.referrals import actions, policy
from yipan.lines.referrals.models import Note, Referral, Step
from yipan.lines.referrals.policy import SIDES, TRANSITIONS, Side, State, Verb
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.tests.world import build, draft, facts, sent
from yipan.spine.models import Event, OutboxMessage, Request
from yipan.spine.testing import NOON, patient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.using(clock.FrozenClock(NOON)) as stopped:
        yield stopped


@pytest.fixture
def world():
    return build()


def kinds(referral):
    return list(Event.objects.filter(request_id=referral.pk).order_by("id").values_list("kind", flat=True))


def state(referral):
    return known.with_state(Referral.objects.filter(pk=referral.pk)).get().state


def rows():
    return Step.objects.count(), Event.objects.count(), Note.objects.count(), OutboxMessage.objects.count()


def test_the_whole_way(world, noon):
    """Drafted, sent, accepted, under way, arrived, treated, ended: each step by its party, told to both sides."""
    found = sent(world)
    assert known.responsible(found) == world.village.site.organisation
    actions.accept_referral(actor=world.desk, referral_id=found.pk)
    assert known.responsible(found) == world.village.site.organisation
    actions.depart(actor=world.doctor, referral_id=found.pk)
    noon.advance(timedelta(minutes=40))
    actions.arrive(actor=world.desk, referral_id=found.pk)
    assert known.responsible(found) == world.county.organisation
    actions.treat(actor=world.desk, referral_id=found.pk)
    actions.close_referral(actor=world.desk, referral_id=found.pk, note="home")
    assert [s.state for s in known.steps_of(found.pk)] == [
        *("drafted", "sent", "accepted", "in_transit", "arrived", "treated", "closed"),
    ]
    told = kinds(found)
    assert told.count("referral.told") == 6
    assert Request.objects.get(pk=found.pk).cancelled_at == clock.now()
    assert Referral.objects.get(pk=found.pk).ended_at == clock.now()


def test_nobody_but_the_party_takes_a_step(world):
    """The sender cannot accept, the receiver cannot send, a stranger can do neither; nothing is written."""
    made = draft(world)
    before = rows()
    for actor in (world.desk, world.outsider):
        with pytest.raises(Refused):
            actions.send_referral(actor=actor, referral_id=made.pk)
    actions.send_referral(actor=world.doctor, referral_id=made.pk)
    after = rows()
    for actor in (world.doctor, world.outsider):
        for verb in (actions.accept_referral, actions.treat, actions.close_referral):
            with pytest.raises(Refused):
                verb(actor=actor, referral_id=made.pk)
        with pytest.raises(Refused):
            actions.refuse_referral(actor=actor, referral_id=made.pk, reason="no_capacity")
    assert rows() == after != before


def test_a_draft_is_the_senders_alone(world):
    """The receiver sees a referral only once it is sent."""
    made = draft(world)
    with pytest.raises(NotFound):
        known.referral(world.desk, made.pk)
    actions.send_referral(actor=world.doctor, referral_id=made.pk)
    assert known.referral(world.desk, made.pk).state == "sent"
    with pytest.raises(NotFound):
        known.referral(world.outsider, made.pk)


@pytest.mark.parametrize("verb", [v for v in Verb if (State.DRAFTED, v) not in TRANSITIONS])
def test_the_table_is_asked(world, verb):
    """A step that the table does not allow is refused, and nothing changes."""
    made = draft(world)
    before = rows()
    with pytest.raises(Conflict) as refusal:
        policy.step(made.state, verb)
    assert refusal.value.code == "referral_step"
    if verb is Verb.ARRIVE:
        with pytest.raises(Conflict):
            actions.arrive(actor=world.desk, referral_id=made.pk)
    assert rows() == before


def test_the_database_knows_the_table_too(world):
    """A step written past the actions that the table does not allow is refused by PostgreSQL; so are changes."""
    found = sent(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.create(referral=found, number=3, state="treated", at=NOON, by="x")
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Step.objects.filter(referral=found).update(state="closed")
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Step.objects.filter(referral=found).delete()
    assert [s.state for s in known.steps_of(found.pk)] == ["drafted", "sent"]


def test_the_trigger_and_the_policy_are_one_table():
    """The pairs written into the database's guard are those of the policy."""
    from importlib import import_module

    sql = import_module("yipan.lines.referrals.migrations.0002_steps").FORWARD
    assert {f"'{before}>{after}'" for (before, _), after in TRANSITIONS.items()} | {"'>drafted'"} == {
        word.strip(" \n") for word in sql.partition("ARRAY[")[2].partition("])")[0].split(",")
    }
    assert set(SIDES) == set(Verb)


def test_returned_and_sent_again(world):
    """Asked for information, the sender adds it and sends again; the receiver's question is kept."""
    found = sent(world)
    actions.return_referral(actor=world.desk, referral_id=found.pk, note="ECG?")
    assert state(found) == "returned"
    actions.revise_referral(
        actor=world.doctor, referral_id=found.pk, facts=facts(summary={"reason": "x", "results": "ECG: sinus"})
    )
    actions.send_referral(actor=world.doctor, referral_id=found.pk, note="added")
    assert [s.note for s in known.steps_of(found.pk)] == ["", "", "ECG?", "added"]
    with pytest.raises(Conflict):
        actions.revise_referral(actor=world.doctor, referral_id=found.pk, facts=facts())


def test_refusals_say_why(world):
    """A refusal needs one of the reasons, "other" a text; refused is over, and another one may be made."""
    who = patient()
    found = sent(world, who)
    for given in ({"reason": ""}, {"reason": "other"}, {"reason": "mood"}):
        with pytest.raises(InvalidInput):
            actions.refuse_referral(actor=world.desk, referral_id=found.pk, **given)
    assert state(found) == "sent"
    actions.refuse_referral(actor=world.desk, referral_id=found.pk, reason="no_capacity")
    told = Event.objects.get(request_id=found.pk, kind="referral.refused")
    assert told.data["reason"] == "no_capacity"
    assert sent(world, who).state == "sent"


def test_one_live_referral_for_a_patient_and_a_problem(world):
    """A second one of the same problem is refused by name; one of another problem is not."""
    who = patient()
    first = sent(world, who)
    before = rows(), Request.objects.count()
    with pytest.raises(Conflict) as refusal:
        draft(world, who, facts=facts(diagnosis_code="I63.2"))
    assert (refusal.value.code, refusal.value.params["number"]) == ("referral_live", first.number)
    assert (rows(), Request.objects.count()) == before
    assert draft(world, who, facts=facts(diagnosis_code="J18.9")).state == "drafted"
    assert first.pk in {r.pk for r in known.live_of(who.pk)}


def test_inside_one_organisation_nobody_is_referred(world):
    """Departments of one organisation transfer patients; a referral between them is refused."""
    with pytest.raises(InvalidInput) as refusal:
        draft(
            world,
            actor=world.county.actor("coordinator"),
            from_department_id=world.county.departments["neurosurgery"].pk,
        )
    assert refusal.value.params["fields"] == {"to": "referral_same_organisation"}


def test_up_down_sideways(world):
    """The direction follows from the kinds of the two organisations."""
    assert policy.direction("village_clinic", "township_centre") == "up"
    assert policy.direction("general_hospital", "leading_hospital") == "sideways"
    assert policy.direction("tertiary_hospital", "hub") == "down"
    assert policy.direction("general_hospital", "partner") == "up"


def test_possible_is_what_the_table_says():
    """What a party is offered on the page is what the actions allow."""
    assert policy.possible(State.SENT, Side.RECEIVER) == (Verb.ACCEPT, Verb.RETURN, Verb.REFUSE)
    assert policy.possible(State.CLOSED, Side.SENDER) == ()
