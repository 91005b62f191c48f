"""Behind the second wall PostgreSQL itself shows a referral to its two parties, and to the receiver once it is sent."""

from __future__ import annotations

import pytest

from tests.access.two_hospitals import behind, without_policies
from yipan.base.access import Role
from yipan.base.patients import dossier
from yipan.kernel import clock
from yipan.lines.referrals import actions
from yipan.lines.referrals.models import Document, Note, Referral, Step
from yipan.lines.referrals.tests.world import build, draft
from yipan.spine.testing import NOON, patient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.using(clock.FrozenClock(NOON)):
        yield


@pytest.fixture
def world():
    return build()


def seen(actor):
    with behind(actor):
        return Referral.objects.count(), Step.objects.count(), Note.objects.count(), Document.objects.count()


def written(world):
    made = draft(world)
    actions.write_message(actor=world.doctor, referral_id=made.pk, text="x")
    actions.add_document(actor=world.doctor, referral_id=made.pk, name="x.pdf", content=b"%PDF-1.7")
    return made


def test_each_party_sees_it_and_nobody_else(world):
    """A draft is the sender's; once sent the receiver sees it with all that hangs on it; a stranger sees nothing."""
    made = written(world)
    stranger = world.of(world.stranger, *Role, name="stranger")
    assert seen(world.doctor) == (1, 1, 1, 1)
    assert seen(world.desk) == seen(stranger) == (0, 0, 0, 0)
    actions.send_referral(actor=world.doctor, referral_id=made.pk)
    assert seen(world.desk) == (1, 2, 1, 1)
    assert seen(stranger) == (0, 0, 0, 0)


def test_without_the_policies_everybody_would(world):
    """The policies are what hides it."""
    written(world)
    with without_policies("referrals_referral"):
        assert seen(world.of(world.stranger, *Role, name="stranger"))[0] == 1


def test_both_parties_take_their_steps_behind_it(world):
    """What the pages do for either party works behind the wall."""
    made = written(world)
    with behind(world.doctor):
        actions.send_referral(actor=world.doctor, referral_id=made.pk)
    with behind(world.desk):
        actions.accept_referral(actor=world.desk, referral_id=made.pk)
        actions.arrive(actor=world.desk, referral_id=made.pk)
    assert Step.objects.filter(referral=made).count() == 4


def test_a_patient_who_leaves_takes_texts_and_files_along(world):
    """Made anonymous, a referral keeps codes and times, and no word or file."""
    who = patient()
    made = draft(world, who)
    actions.add_document(actor=world.doctor, referral_id=made.pk, name="x.pdf", content=b"%PDF-1.7")
    actions.send_referral(actor=world.doctor, referral_id=made.pk, note="my note")
    actions.refuse_referral(actor=world.desk, referral_id=made.pk, reason="no_capacity", note="sorry")
    told = {s.key: list(s.rows([who.pk])) for s in dossier.sections()}
    assert told["referrals"][0]["number"] == made.number
    assert len(told["referral_steps"]) == 3
    dossier.erase_rows([who.pk])
    row = Referral.objects.get()
    assert (row.diagnosis, row.summary, row.diagnosis_code) == ("", {}, "I63.9")
    assert {s.note for s in Step.objects.all()} == {""}
    assert not Document.objects.exists()
