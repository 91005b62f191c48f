"""The review queue."""

from __future__ import annotations

from uuid import UUID

import pytest

from yipan.base.audit.models import Entry
from yipan.base.patients import actions, queries
from yipan.base.patients.models import DuplicateCandidate
from yipan.base.patients.tests.samples import DESK, NURSE, registered, snapshot
from yipan.kernel.errors import Conflict, NotFound, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate() -> DuplicateCandidate:
    """A pair in the queue."""
    registered()
    registered()
    return DuplicateCandidate.objects.get()


def test_decided_pair_is_not_proposed_again(candidate: DuplicateCandidate) -> None:
    """Once two people, always two people: comparing again leaves the decision."""
    actions.decide_duplicate(actor=DESK, candidate_id=candidate.pk)
    actions.queue_duplicates([candidate.left])
    candidate.refresh_from_db()
    assert (candidate.state, candidate.decided_by) == ("different", "周敏")
    assert not queries.open_duplicates(DESK).exists()
    assert Entry.objects.filter(action="duplicate.different").count() == 1


def test_decision_can_be_taken_back(candidate: DuplicateCandidate) -> None:
    """A pair called different by mistake can be opened again."""
    actions.decide_duplicate(actor=DESK, candidate_id=candidate.pk)
    actions.decide_duplicate(actor=DESK, candidate_id=candidate.pk, different=False)
    assert queries.open_duplicates(DESK).get().pk == candidate.pk


def test_refusals_change_nothing(candidate: DuplicateCandidate) -> None:
    """Wrong role, unknown pair, decided pair: refused, and the queue stays."""
    before = snapshot()
    with pytest.raises(Refused):
        actions.decide_duplicate(actor=NURSE, candidate_id=candidate.pk)
    with pytest.raises(NotFound):
        actions.decide_duplicate(actor=DESK, candidate_id=UUID(int=1))
    assert snapshot() == before
    actions.decide_duplicate(actor=DESK, candidate_id=candidate.pk)
    before = snapshot()
    with pytest.raises(Conflict, match="duplicate_decided"):
        actions.decide_duplicate(actor=DESK, candidate_id=candidate.pk)
    assert snapshot() == before


def test_pairs_of_merged_records_leave_the_queue() -> None:
    """After merging two of three alike records, one pair remains: the survivor and the third."""
    one, two, three = registered(), registered(), registered()
    assert queries.open_duplicates(DESK).count() == 3
    actions.merge(actor=DESK, survivor_id=one.pk, retired_id=two.pk, reason="同一人")
    left = queries.open_duplicates(DESK).get()
    assert {left.left_id, left.right_id} == {one.pk, three.pk}


def test_likeliest_first() -> None:
    """The queue begins with the pair of most evidence."""
    registered(phone="13812345678")
    registered(name="李健国")
    registered(phone="13812345678")
    scores = list(queries.open_duplicates(DESK).values_list("score", flat=True))
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 1
