"""The slot search agrees with a search that looks at every minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.lines.exams.policy.slots import COMING, STEP, Cause, Facts, Goal, Spans, free_starts, search

HORIZON = 240
NONE = Spans.of([])


@dataclass
class Case:
    """Facts, and the same as plain lists for the oracle."""

    facts: Facts

    def minutes(self, spans: Spans, row: int) -> set[int]:
        taken: set[int] = set()
        for r, begin, end in zip(spans.row, spans.begin, spans.end, strict=True):
            if r == row:
                taken |= set(range(int(begin), int(end)))
        return taken

    def starts(self, device: int) -> list[int]:
        """Every possible start of a device, minute by minute."""
        f = self.facts
        site = int(f.device_site[device])
        here = self.minutes(f.device_shut, device) | self.minutes(f.device_closed, device)
        here |= self.minutes(f.device_busy, device)
        staff = [
            self.minutes(f.staff_shut, t) | self.minutes(f.staff_busy, t)
            for t in range(f.staff_site.size)
            if f.staff_site[t] == site
        ]
        way = float(f.travel[site])
        found = []
        for start in range(f.start, f.end - f.length + 1):
            wanted = set(range(start, start + f.length))
            come = start >= f.ready and start >= f.start + way + (COMING if way > 0 else 0)
            if start % STEP or not come or wanted & here or not any(not wanted & t for t in staff):
                continue
            if any(self.collides(start, int(b), int(e), float(f.plan_travel[k, site])) for k, (b, e) in self.plans()):
                continue
            found.append(start)
        return found

    def plans(self):
        return enumerate(self.facts.plans)

    def collides(self, start: int, begin: int, end: int, way: float) -> bool:
        away = set(range(begin, end))
        return bool(away & set(range(start - int(np.ceil(way)), start + self.facts.length + int(np.ceil(way)))))


def spans(rows: int) -> st.SearchStrategy[Spans]:
    if not rows:
        return st.just(NONE)
    one = st.tuples(st.integers(0, rows - 1), st.integers(-20, HORIZON), st.integers(1, 60))
    return st.lists(one, max_size=6).map(lambda found: Spans.of([(r, b, b + n) for r, b, n in found]))


@st.composite
def cases(draw) -> Case:
    sites, devices, staff = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(0, 4))
    plans = draw(st.lists(st.tuples(st.integers(0, HORIZON), st.integers(1, 40)), max_size=2))
    whole = st.integers(0, 40).map(float)
    return Case(
        Facts(
            start=draw(st.integers(0, 9)),
            end=HORIZON,
            length=draw(st.integers(1, 45)),
            ready=draw(st.integers(0, 60)),
            travel=np.array(draw(st.lists(whole, min_size=sites, max_size=sites))),
            device_site=np.array(draw(st.lists(st.integers(0, sites - 1), min_size=devices, max_size=devices))),
            device_shut=draw(spans(devices)),
            device_closed=draw(spans(devices)),
            device_busy=draw(spans(devices)),
            staff_site=np.array(
                draw(st.lists(st.integers(0, sites - 1), min_size=staff, max_size=staff)), dtype=np.int64
            ),
            staff_shut=draw(spans(staff)),
            staff_busy=draw(spans(staff)),
            plans=np.array([(b, b + n) for b, n in plans], dtype=np.int64).reshape(-1, 2),
            plan_travel=np.array(
                draw(
                    st.lists(st.lists(whole, min_size=sites, max_size=sites), min_size=len(plans), max_size=len(plans))
                )
            ).reshape(len(plans), sites),
        )
    )


@given(cases(), st.sampled_from(Goal))
def test_as_minute_by_minute(case: Case, goal: Goal) -> None:
    """Possible starts, the ranking and who works the device are those that looking at every minute finds."""
    facts = case.facts
    expected = {device: case.starts(device) for device in range(facts.device_site.size)}
    for device, starts in expected.items():
        assert free_starts(facts, device).tolist() == starts
    found = search(facts, goal=goal, limit=9, per_site=9)
    firsts = {device: starts[0] for device, starts in expected.items() if starts}
    assert {slot.device: slot.start for slot in found.slots} == firsts
    keys = [key(facts, slot, goal) for slot in found.slots]
    assert keys == sorted(keys)
    for slot in found.slots:
        assert slot.technician is not None
        assert facts.staff_site[slot.technician] == facts.device_site[slot.device]
        wanted = set(range(slot.start, slot.end))
        assert not wanted & case.minutes(facts.staff_shut, slot.technician)
        assert not wanted & case.minutes(facts.staff_busy, slot.technician)
    best = key(facts, found.slots[0], goal) if found.slots else (np.inf,)
    for obstacle in found.obstacles:
        assert obstacle.first is None or key_of(facts, obstacle.device, obstacle.first, goal) >= best
        assert obstacle.wanted not in expected[obstacle.device]


def key(facts, slot, goal):
    return key_of(facts, slot.device, slot.start, goal)


def key_of(facts, device, start, goal):
    way, finish = float(facts.travel[facts.device_site[device]]), start + facts.length
    return {
        Goal.SOONEST: (finish, way),
        Goal.NEAREST: (way, finish),
        Goal.BALANCED: (finish + 5 * way, way),
    }[goal]


def simple(**changes) -> Facts:
    """Two sites with one device and one technician each; the patient is at the first, an hour from the second."""
    both = np.array([0, 1])
    given = {
        "start": 0,
        "end": 1440,
        "length": 15,
        "ready": 0,
        "travel": np.array([0.0, 60.0]),
        "device_site": both,
        "device_shut": NONE,
        "device_closed": NONE,
        "device_busy": NONE,
        "staff_site": both,
        "staff_shut": NONE,
        "staff_busy": NONE,
    }
    return Facts(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"device_closed": Spans.of([(0, 0, 600)])}, Cause.CLOSED),
        ({"device_shut": Spans.of([(0, 0, 600)])}, Cause.HOURS),
        ({"device_busy": Spans.of([(0, 0, 600)])}, Cause.BUSY),
        ({"staff_site": np.array([1])}, Cause.NO_STAFF),
        ({"staff_busy": Spans.of([(0, 0, 600)])}, Cause.STAFF_BUSY),
        ({"plans": np.array([(0, 60)]), "plan_travel": np.array([[600.0, 0.0]])}, Cause.PATIENT_BUSY),
    ],
)
def test_why_not_here(changes, cause) -> None:
    """When the patient has to travel, the device next door says why it was not possible."""
    found = search(simple(**changes))
    assert found.slots[0].device == 1
    assert [(o.device, o.cause, o.wanted) for o in found.obstacles] == [(0, cause, 0)]


def test_goals() -> None:
    """Free at once an hour away, or here in two hours: the goal decides; the mixed goal takes the way for dear."""
    facts = simple(device_busy=Spans.of([(0, 0, 120)]))
    first = {goal: search(facts, goal=goal).slots[0] for goal in Goal}
    assert (first[Goal.SOONEST].device, first[Goal.SOONEST].start) == (1, 70)
    assert (first[Goal.NEAREST].device, first[Goal.NEAREST].start) == (0, 120)
    assert first[Goal.BALANCED].device == 0


def test_one_site_does_not_fill_the_list() -> None:
    """Of ten equal devices of a site two are offered, so that others are seen beside them."""
    facts = simple(device_site=np.array([0] * 10 + [1]))
    assert [slot.device for slot in search(facts).slots] == [0, 1, 10]
