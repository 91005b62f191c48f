"""What the network expects of the next 24 hours: the twin's own forecast, written where the live board writes its own.

Arrivals are the scenario's rates. Departures are the sum, over everybody who lies there, of the chance to leave within
24 hours given the stay so far; nobody looks at when a patient will leave in fact.
"""

from __future__ import annotations

import numpy as np

from yipan.engine.placement.lookahead import look_ahead_of, own_bed_in
from yipan.engine.placement.pick import forget
from yipan.engine.simulate.agenda import What, push
from yipan.engine.simulate.compiled import inlined
from yipan.engine.simulate.patients import rates
from yipan.engine.simulate.scenario import HOURS, WEEKDAYS, Scenario
from yipan.engine.simulate.state import AHEAD, REVIEW, WEEKDAY
from yipan.engine.simulate.stays import Floats
from yipan.engine.simulate.turning import tell

STEP_HOURS, STEPS = 6.0, 480
"""Stays so far are told in steps of six hours, up to 120 days."""
A_DAY = 24.0
_REVIEW = int(What.REVIEW)


def expected_arrivals(scenario: Scenario) -> Floats:
    """Own patients of each ward in the 24 hours after each hour of the week, (168, W): a department's are shared out
    among its wards by their beds."""
    week = HOURS * WEEKDAYS
    coming = np.zeros((week, len(scenario.beds.departments)))
    for demand in scenario.demand:
        by_hour = rates(demand)
        coming[:, demand.need.department] += sum(np.roll(by_hour, -h) for h in range(HOURS))
    home, beds = scenario.beds.wards["department"], np.bincount(scenario.beds.beds["ward"])
    of_department = np.bincount(home[home >= 0], weights=beds[home >= 0], minlength=coming.shape[1])
    arrivals = np.zeros((week, len(home)))
    for w in np.flatnonzero(home >= 0):
        arrivals[:, w] = coming[:, home[w]] * beds[w] / of_department[home[w]]
    return arrivals


def chance_to_leave(scenario: Scenario) -> Floats:
    """Chance to leave within 24 hours by steps of stay so far, of each kind of patient at home and then of each away:
    (2 K, STEPS)."""
    so_far: Floats = (np.arange(STEPS, dtype=np.float64) + 0.5) * STEP_HOURS
    chance = np.ones((2, len(scenario.demand), STEPS))
    for away, pace in enumerate((1.0, 1.0 / (1.0 + scenario.penalty))):
        for k, demand in enumerate(scenario.demand):
            gone, then = demand.stay.below(so_far), demand.stay.below(so_far + A_DAY * pace)
            there = gone < 1.0 - 1e-9
            chance[away, k, there] = (then[there] - gone[there]) / (1.0 - gone[there])
    return chance.reshape(-1, STEPS)


@inlined
def review(run, hour):  # type: ignore[no-untyped-def]
    """Work out anew what is expected, and ask those who wait again when the policy looks at it."""
    fixed, now, kept = run.fixed, run.now, run.kept
    of_week = (int(fixed.numbers[WEEKDAY]) * HOURS + int(hour)) % (HOURS * WEEKDAYS)
    for d in range(now.leaving_of.shape[0]):
        now.leaving_of[d] = 0.0
    for w in range(now.leaving.shape[0]):
        now.leaving[w] = 0.0
        for place in range(kept.ward_first[w], kept.ward_first[w + 1]):
            now.leaving[w] += chance_of(run, kept.ward_beds[place], hour)
        now.arriving[w] = fixed.arrivals[of_week, w]
        if run.net.wards[w].department >= 0:
            now.leaving_of[run.net.wards[w].department] += now.leaving[w]
    for d in range(now.leaving_of.shape[0]):
        expect(run, d)
    if fixed.numbers[AHEAD] > 0.0:
        for w in range(now.leaving.shape[0]):
            tell(now, w)
    push(run.agenda, hour + fixed.numbers[REVIEW], _REVIEW, 0)


@inlined
def chance_of(run, i, hour):  # type: ignore[no-untyped-def]
    """Chance that whoever has bed `i` leaves within 24 hours; 0 for nobody."""
    stay = run.now.stays[i]
    if stay.row < 0:
        return 0.0
    so_far = stay.whole - (stay.ends - hour) / stay.pace
    return run.fixed.leaves[stay.row, min(max(int(so_far / STEP_HOURS), 0), STEPS - 1)]


@inlined
def expect(run, d):  # type: ignore[no-untyped-def]
    """What department `d` expects, written where placement reads it."""
    now, rows, begin, end = run.now, run.fixed.home_ward, run.fixed.home_ward_first[d], run.fixed.home_ward_first[d + 1]
    waiting = now.waiting_of[d]
    look_ahead_of(run.net.wards, run.net.departments, d, rows, begin, end, waiting, now.arriving, now.leaving)
    for place in range(begin, end):
        forget(run.memo, rows[place])


@inlined
def expect_after_queue(run, k):  # type: ignore[no-untyped-def]
    """One more or one fewer waits for the department of kind `k`."""
    if run.fixed.numbers[REVIEW] > 0.0:
        expect(run, run.fixed.cases[k].department)


@inlined
def expect_own_bed(run, k, before):  # type: ignore[no-untyped-def]
    """When somebody of kind `k` may expect a bed of her own, with so many before her."""
    if run.fixed.numbers[REVIEW] > 0.0:
        d = run.fixed.cases[k].department
        run.net.departments[d].own_in = own_bed_in(float(before), run.now.leaving_of[d])
