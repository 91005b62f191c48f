"""The worklist's order, who is suggested, and who may sign."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yipan.kernel.errors import InvalidInput
from yipan.lines.exams.policy import reading as policy
from yipan.lines.exams.policy.reading import Hand, ReadingPolicy, Task, Urgency
from yipan.spine.testing import NOON

SPECIALTIES = ("", "neuro", "chest")
minutes = st.integers(0, 600)
uuids = st.integers(1, 10**6).map(lambda n: UUID(int=n))


@st.composite
def tasks(draw: st.DrawFn) -> list[Task]:
    made = []
    for number in range(draw(st.integers(0, 25))):
        performed = NOON + timedelta(minutes=draw(minutes))
        due = performed + timedelta(minutes=draw(st.integers(1, 600)))
        work, specialty = draw(st.integers(1, 15)), draw(st.sampled_from(SPECIALTIES))
        urgency = str(draw(st.sampled_from(list(Urgency))))
        made.append(Task(UUID(int=number + 1), urgency, performed, due, specialty, work))
    return made


@st.composite
def hands(draw: st.DrawFn) -> list[Hand]:
    count = draw(st.integers(0, 6))
    return [
        Hand(UUID(int=1000 + n), frozenset(draw(st.sets(st.sampled_from(SPECIALTIES[1:])))), draw(st.integers(0, 60)))
        for n in range(count)
    ]


@given(tasks())
def test_emergencies_first_then_the_least_time_left(rows: list[Task]) -> None:
    """No emergency stands behind anything else, and among equals whose deadline is nearer stands first."""
    ordered = sorted(rows, key=policy.place)
    classes = [task.urgency == Urgency.EMERGENCY for task in ordered]
    assert classes == sorted(classes, reverse=True)
    for first, second in pairwise(ordered):
        if (first.urgency == Urgency.EMERGENCY) == (second.urgency == Urgency.EMERGENCY):
            assert first.due_at <= second.due_at


@given(tasks(), hands())
def test_nobody_of_another_specialty_is_suggested(rows: list[Task], people: list[Hand]) -> None:
    """Every task gets an answer; whoever is suggested reads its sub-specialty, and None only where nobody does."""
    told = policy.suggest(rows, people)
    by_id = {hand.id: hand for hand in people}
    assert set(told) == {task.id for task in rows}
    for task in rows:
        fitting = [h for h in people if policy.fits(task.specialty, h.specialties)]
        chosen = told[task.id]
        assert (chosen is None) == (not fitting)
        assert chosen is None or policy.fits(task.specialty, by_id[chosen].specialties)


@given(tasks(), st.integers(1, 6))
def test_work_is_balanced_when_all_fit(rows: list[Task], count: int) -> None:
    """Readers who can all read everything differ by one examination at most: by the longest, in minutes."""
    people = [Hand(UUID(int=1000 + n), frozenset(SPECIALTIES)) for n in range(count)]
    told = policy.suggest(rows, people)
    loads = {hand.id: 0 for hand in people}
    for task in rows:
        loads[told[task.id]] += task.minutes  # type: ignore[index]
    assert max(loads.values()) - min(loads.values()) <= max((t.minutes for t in rows), default=0)


@given(tasks(), hands())
def test_suggestions_do_not_depend_on_the_order_of_rows(rows: list[Task], people: list[Hand]) -> None:
    """The same work and the same people give the same suggestions, however they were listed."""
    assert policy.suggest(rows, people) == policy.suggest(rows[::-1], people[::-1])


def test_the_busy_one_is_left_alone() -> None:
    """A reader with an hour in hand gets nothing while a free one fits."""
    busy, free = Hand(UUID(int=1), frozenset(), 60), Hand(UUID(int=2), frozenset(), 0)
    rows = [Task(UUID(int=n), "outpatient", NOON, NOON + timedelta(hours=1), "", 10) for n in range(10, 16)]
    assert set(policy.suggest(rows, [busy, free]).values()) == {free.id}


@pytest.mark.parametrize(
    ("category", "priority", "inpatient", "expected"),
    [
        ("ecg", "emergency", True, 10),
        ("imaging", "emergency", False, 30),
        ("ecg", "elective", False, 60),
        ("imaging", "elective", True, 1440),
    ],
)
def test_deadlines(category: str, priority: str, inpatient: bool, expected: int) -> None:
    """An emergency ECG is due after 10 minutes, emergency imaging after 30, the rest by their class."""
    urgency = policy.urgency_of(priority, inpatient=inpatient)
    assert policy.due(ReadingPolicy(), category, urgency, NOON) == NOON + timedelta(minutes=expected)


def test_a_centre_sets_its_own_numbers() -> None:
    """What a centre decides replaces the default, and the rest stays."""
    rules = policy.read({"deadlines": {"ecg": {"emergency": 5}}, "peer_rate": 0.5})
    assert rules.deadlines["ecg"] == {"emergency": 5, "urgent": 30, "inpatient": 60, "outpatient": 60}
    assert rules.peer_rate == 0.5


@pytest.mark.parametrize("body", [{"peer_rate": 2}, {"keep_minutes": 0}, {"deadlines": {"ecg": {"urgent": "soon"}}}])
def test_unusable_numbers_are_refused(body: dict) -> None:
    """A policy that cannot be used is refused whole."""
    with pytest.raises(InvalidInput):
        policy.read(body)


@pytest.mark.parametrize(
    ("author", "signer", "same", "item", "reason"),
    [
        ("attending", "attending", True, "CT", None),
        ("resident", "resident", True, "CT", "report_grade"),
        ("resident", "attending", False, "CT", None),
        ("attending", "attending", True, "MG", "report_second"),
        ("attending", "senior", False, "MG", None),
        ("attending", "resident", False, "CT", "report_grade"),
    ],
)
def test_who_may_sign(author: str, signer: str, same: bool, item: str, reason: str | None) -> None:
    """A resident signs nothing; an item that needs two doctors is not signed by its author alone."""
    rules = policy.read({"second_items": ["MG"]})
    first, second = UUID(int=1), UUID(int=1 if same else 2)
    assert policy.why_not_sign(rules, item, (first, author), (second, signer)) == reason


def test_the_sample_is_the_same_for_a_seed_and_about_as_large_as_asked() -> None:
    """However often one asks the answer is the same; of 4,000 about a tenth are drawn, by another seed others."""
    reports = [UUID(int=n) for n in range(4000)]
    first = [policy.drawn(0.1, r, "a") for r in reports]
    assert first == [policy.drawn(0.1, r, "a") for r in reports]
    assert 320 < sum(first) < 480
    assert first != [policy.drawn(0.1, r, "b") for r in reports]


@settings(max_examples=30)
@given(uuids)
def test_a_rate_of_one_draws_all_and_of_zero_none(report: UUID) -> None:
    """The ends of the scale."""
    assert policy.drawn(1.0, report)
    assert not policy.drawn(0.0, report)
