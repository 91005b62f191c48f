"""Second readings: drawn by chance, read blind, and told to whom they concern."""

from __future__ import annotations

import pytest

from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.exams import actions
from yipan.lines.exams.models import PeerReview
from yipan.lines.exams.policy import reading as policy
from yipan.lines.exams.queries import peer as query
from yipan.lines.exams.tests.readers import Room, room
from yipan.spine.testing import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Room:
    return room(peer_rate=1.0)


@pytest.fixture(autouse=True)
def at_noon() -> object:
    with clock.using(FrozenClock(NOON)) as still:
        yield still


def drawn(here: Room, author) -> PeerReview:
    return PeerReview.objects.get(report__order=here.signed(author).order)


def test_the_sample_is_what_the_policy_draws() -> None:
    """Every signed report that the rate draws waits for a second reading, and no other."""
    here = room(peer_rate=0.5)
    author = here.reader()
    reports = [here.signed(author).order.reports.get() for _ in range(12)]
    assert set(PeerReview.objects.values_list("pk", flat=True)) == {r.pk for r in reports if policy.drawn(0.5, r.pk)}


def test_blind_first_then_the_score(here: Room) -> None:
    """A score needs one's own words first; author and head hear of a 3 or 4, and say that they read it."""
    author, second, head = here.reader(), here.reader(), here.reader(head=True)
    row = drawn(here, author)
    with pytest.raises(Conflict, match="peer_step"):
        actions.score_report(actor=second, report_id=row.pk, score=1)
    actions.read_blind(actor=second, report_id=row.pk, impression="右肺结节", positive=True)
    with pytest.raises(InvalidInput):
        actions.score_report(actor=second, report_id=row.pk, score=3)
    actions.score_report(actor=second, report_id=row.pk, score=3, comment="右肺上叶结节未提及")
    for who in (author, head):
        assert query.unseen(who, here.of(who)) == 1
        actions.see_discrepancy(actor=who, report_id=row.pk)
        assert query.unseen(who, here.of(who)) == 0
    assert query.discrepancies(second, here.of(second)).count() == 0


def test_nobody_reviews_their_own(here: Room) -> None:
    """Author and signer do not see it on their list and are refused."""
    author, second = here.reader(), here.reader()
    row = drawn(here, author)
    assert not query.waiting(author, here.of(author)).exists()
    assert query.waiting(second, here.of(second)).get() == row
    with pytest.raises(Conflict, match="peer_own"):
        actions.read_blind(actor=author, report_id=row.pk, impression="x", positive=True)
    row.refresh_from_db()
    assert row.read_at is None


def test_one_reviewer_only(here: Room) -> None:
    """The second colleague who wants to read the same is told, and the first one's words stay."""
    author, first, second = here.reader(), here.reader(), here.reader()
    row = drawn(here, author)
    actions.read_blind(actor=first, report_id=row.pk, impression="a", positive=True)
    with pytest.raises(Conflict, match="peer_step"):
        actions.read_blind(actor=second, report_id=row.pk, impression="b", positive=False)
    with pytest.raises(Conflict, match="peer_step"):
        actions.score_report(actor=second, report_id=row.pk, score=1)
    row.refresh_from_db()
    assert (row.impression, row.score) == ("a", None)


def test_agreement_concerns_nobody(here: Room) -> None:
    """A score of 1 or 2 is counted and told to nobody; seeing it is not possible."""
    author, second = here.reader(), here.reader()
    row = drawn(here, author)
    actions.read_blind(actor=second, report_id=row.pk, impression="a", positive=False)
    actions.score_report(actor=second, report_id=row.pk, score=2)
    assert query.unseen(author, here.of(author)) == 0
    with pytest.raises(Conflict, match="peer_step"):
        actions.see_discrepancy(actor=author, report_id=row.pk)
    told = query.scores(author, here.centre.pk, NOON, NOON.replace(hour=20))
    assert (told.by_score, told.drawn, told.discrepant) == ({1: 0, 2: 1, 3: 0, 4: 0}, 1, 0.0)


def test_another_centre_knows_nothing(here: Room) -> None:
    """A reader elsewhere is not shown the sample."""
    row = drawn(here, here.reader())
    with pytest.raises(NotFound):
        actions.read_blind(actor=room().reader(), report_id=row.pk, impression="x", positive=True)
