"""Merge and its undoing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from yipan.base.audit.models import Entry
from yipan.base.patients import actions, hooks, queries
from yipan.base.patients.models import DuplicateCandidate, Identifier, Merge, Patient
from yipan.base.patients.tests.samples import DESK, NURSE, registered, snapshot
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused


@pytest.fixture
def pair() -> tuple[Patient, Patient]:
    """Two records of one man."""
    return (
        registered(identifiers=[("H1", "1", "MR")]),
        registered(identifiers=[("H2", "2", "MR")], phone="13812345678"),
    )


def merged(survivor: Patient, retired: Patient) -> Merge:
    return actions.merge(actor=DESK, survivor_id=survivor.pk, retired_id=retired.pk, reason="同一人")


@pytest.mark.django_db
def test_survivor_takes_over(pair: tuple[Patient, Patient]) -> None:
    """Identifiers and missing facts go to the survivor, the pair is decided, both records are in the trail."""
    survivor, retired = pair
    merged(survivor, retired)
    survivor.refresh_from_db()
    assert survivor.phone == "13812345678"
    assert survivor.identifiers.count() == 2
    assert queries.resolve(retired.pk).pk == survivor.pk
    assert DuplicateCandidate.objects.get().state == "same"
    trail = Entry.objects.filter(action="patient.merge").values_list("patient_id", flat=True)
    assert set(trail) == {survivor.pk, retired.pk}


@pytest.mark.django_db
def test_number_of_the_retired_record_finds_the_survivor(pair: tuple[Patient, Patient]) -> None:
    """After a merge a message with the retired record's number reaches the survivor."""
    survivor, retired = pair
    merged(survivor, retired)
    assert registered(identifiers=[("H2", "2", "MR")]).pk == survivor.pk


@pytest.mark.django_db
def test_what_came_later_stays(pair: tuple[Patient, Patient]) -> None:
    """Undoing gives back what moved; a number and a phone entered since stay with the survivor."""
    survivor, retired = pair
    done = merged(survivor, retired)
    actions.add_identifier(actor=DESK, patient_id=survivor.pk, system="H3", value="3")
    actions.update(actor=DESK, patient_id=survivor.pk, phone="13900001111")
    actions.unmerge(actor=DESK, merge_id=done.pk)
    survivor.refresh_from_db()
    assert survivor.phone == "13900001111"
    assert set(survivor.identifiers.values_list("system", flat=True)) == {"H1", "H3"}
    assert set(retired.identifiers.values_list("system", flat=True)) == {"H2"}
    assert DuplicateCandidate.objects.get().state == "different"


@pytest.mark.django_db
def test_undoing_goes_from_the_last(pair: tuple[Patient, Patient]) -> None:
    """In a chain the later merge must be undone first; then the earlier one can be."""
    survivor, retired = pair
    third = registered(name="王海", birth_date=None)
    first = merged(survivor, retired)
    second = merged(third, survivor)
    assert queries.resolve(retired.pk).pk == third.pk
    before = snapshot()
    with pytest.raises(Conflict, match="merge_undo_later_first"):
        actions.unmerge(actor=DESK, merge_id=first.pk)
    assert snapshot() == before
    actions.unmerge(actor=DESK, merge_id=second.pk)
    actions.unmerge(actor=DESK, merge_id=first.pk)
    assert Patient.objects.filter(merged_into=None).count() == 3


@pytest.mark.django_db
def test_refusals_change_nothing(pair: tuple[Patient, Patient]) -> None:
    """Wrong role, itself, no reason, unknown, already merged, already undone: each is refused and nothing changes."""
    survivor, retired = pair
    ids: dict[str, Any] = {"survivor_id": survivor.pk, "retired_id": retired.pk}
    before, entries = snapshot(), Entry.objects.count()
    with pytest.raises(Refused):
        actions.merge(actor=NURSE, reason="x", **ids)
    with pytest.raises(InvalidInput, match="merge_with_itself"):
        actions.merge(actor=DESK, reason="x", survivor_id=survivor.pk, retired_id=survivor.pk)
    with pytest.raises(InvalidInput, match="merge_reason_missing"):
        actions.merge(actor=DESK, reason=" ", **ids)
    with pytest.raises(NotFound, match="patient_unknown"):
        actions.merge(actor=DESK, reason="x", survivor_id=survivor.pk, retired_id=UUID(int=1))
    assert (snapshot(), Entry.objects.count()) == (before, entries)
    done = merged(survivor, retired)
    before = snapshot()
    with pytest.raises(Conflict, match="merge_already"):
        merged(retired, survivor)
    with pytest.raises(Refused):
        actions.unmerge(actor=NURSE, merge_id=done.pk)
    assert snapshot() == before
    actions.unmerge(actor=DESK, merge_id=done.pk)
    with pytest.raises(Conflict, match="merge_undone_already"):
        actions.unmerge(actor=DESK, merge_id=done.pk)


@pytest.mark.django_db
def test_another_room_can_refuse(pair: tuple[Patient, Patient], monkeypatch: pytest.MonkeyPatch) -> None:
    """When a hook says no, the merge is undone whole."""

    def refuse(survivor: UUID, retired: UUID) -> dict[str, Any]:
        raise Conflict("merge_two_bodies")

    monkeypatch.setattr(hooks, "_hooks", {"beds": (refuse, lambda moved: None)})
    before = snapshot()
    with pytest.raises(Conflict, match="merge_two_bodies"):
        merged(*pair)
    assert snapshot() == before


@pytest.mark.django_db
def test_hooks_get_their_own_back(pair: tuple[Patient, Patient], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a room moved is stored with the merge and handed back when it is undone."""
    back: list[dict[str, Any]] = []
    monkeypatch.setattr(hooks, "_hooks", {"beds": (lambda s, r: {"from": str(r), "to": str(s)}, back.append)})
    done = merged(*pair)
    actions.unmerge(actor=DESK, merge_id=done.pk)
    assert back == [{"from": str(pair[1].pk), "to": str(pair[0].pk)}]


@pytest.mark.django_db
def test_database_refuses_a_ring(pair: tuple[Patient, Patient]) -> None:
    """Even raw SQL cannot merge a record into one that is merged itself, nor into itself."""
    survivor, retired = pair
    merged(survivor, retired)
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.filter(pk=survivor.pk).update(merged_into=retired.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.filter(pk=survivor.pk).update(merged_into=survivor.pk)


@pytest.mark.django_db(transaction=True)
def test_opposite_merges_at_once() -> None:
    """Two desks merge the same pair in opposite directions: one wins, the other is told, no ring."""
    one, two = registered(), registered(name="李健国")

    def merge(ids: tuple[UUID, UUID]) -> str:
        try:
            actions.merge(actor=DESK, survivor_id=ids[0], retired_id=ids[1], reason="同一人")
        except Conflict as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(merge, [(one.pk, two.pk), (two.pk, one.pk)]))
    assert ends == ["done", "merge_already"]
    assert Patient.objects.filter(merged_into=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_trigger_holds_without_the_action() -> None:
    """The same race in raw SQL, past every check in Python: the trigger lets one direction through at most."""
    one, two = registered(), registered(name="王海")

    def point(ids: tuple[UUID, UUID]) -> bool:
        try:
            return Patient.objects.filter(pk=ids[1]).update(merged_into=ids[0]) == 1
        except (IntegrityError, OperationalError):
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(point, [(one.pk, two.pk), (two.pk, one.pk)]))
    assert ends.count(True) == Patient.objects.exclude(merged_into=None).count() == 1


class MergeAndBack(TestCase):
    """merge, then unmerge, is the identity."""

    @given(
        st.lists(st.sampled_from(["", "13812345678", "13900001111"]), min_size=2, max_size=2),
        st.lists(st.sampled_from([None, date(1962, 3, 12), date(1970, 1, 1)]), min_size=2, max_size=2),
        st.lists(st.sampled_from(["male", "female", "unknown"]), min_size=2, max_size=2),
        st.lists(st.integers(0, 3), min_size=2, max_size=2),
        st.booleans(),
    )
    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_identity(
        self, phones: list[str], births: list[date | None], sexes: list[str], numbers: list[int], forward: bool
    ) -> None:
        """Whatever the two records hold, patients and identifiers are afterwards what they were before."""
        ids = [
            registered(
                name=f"李建国{end}",
                phone=phones[end],
                birth_date=births[end],
                sex=sexes[end],
                identifiers=[(f"H{end}", str(n), "MR") for n in range(numbers[end])],
            ).pk
            for end in (0, 1)
        ]
        before = snapshot()
        survivor, retired = ids if forward else ids[::-1]
        done = actions.merge(actor=DESK, survivor_id=survivor, retired_id=retired, reason="同一人")
        assert not Identifier.objects.filter(patient_id=retired).exists()
        actions.unmerge(actor=DESK, merge_id=done.pk)
        after = snapshot()
        assert after["patients"] == before["patients"]
        assert after["identifiers"] == before["identifiers"]
