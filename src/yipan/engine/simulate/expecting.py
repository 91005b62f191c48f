"""What the network expects of the next 24 hours: the twin's own forecast, written where the live board writes its own.

Arrivals are the scenario's rates. Departures are the sum, over everybody who lies there, of the chance to leave within
24 hours given the stay so far; nobody looks at when a patient will leave in fact.
"""

from __future__ import annotations

import numpy as np

from yipan.engine.placement.lookahead import look_ahead_of, own_bed_in
from yipan.engine.simulate.compiled import inlined
from yipan.engine.simulate.heap import What, push
from yipan.engine.simulate.patients import rates
from yipan.engine.simulate.scenario import HOURS, WEEKDAYS, Scenario
from yipan.engine.simulate.state import AHEAD, PENALTY, PENDING, REVIEW, WEEKDAY
from yipan.engine.simulate.stays import Floats

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
    """Chance to leave within 24 hours by kind of patient, at home or away, and steps of stay so far: (2, K, STEPS)."""
    so_far: Floats = (np.arange(STEPS, dtype=np.float64) + 0.5) * STEP_HOURS
    chance = np.ones((2, len(scenario.demand), STEPS))
    for away, pace in enumerate((1.0, 1.0 / (1.0 + scenario.penalty))):
        for k, demand in enumerate(scenario.demand):
            gone, then = demand.stay.below(so_far), demand.stay.below(so_far + A_DAY * pace)
            there = gone < 1.0 - 1e-9
            chance[away, k, there] = (then[there] - gone[there]) / (1.0 - gone[there])
    return chance


@inlined
def review(run, hour):  # type: ignore[no-untyped-def]
    """Work out anew what is expected, and ask those who wait again when the policy looks at it."""
    net, fixed, now, fate, patients = run.net, run.fixed, run.now, run.fate, run.patients
    wards, departments = net.wards, net.departments
    for w in range(wards.shape[0]):
        now.leaving[w] = 0.0
    for d in range(departments.shape[0]):
        now.leaving_of[d] = 0.0
    for i in range(net.beds.shape[0]):
        p = now.who[i]
        if p >= 0:
            longer = 1.0 + fixed.numbers[PENALTY] if fate.off[p] else 1.0
            so_far = patients.behind[p] + patients.stay[p] - (fate.ends[p] - hour) / longer
            step = min(max(int(so_far / STEP_HOURS), 0), STEPS - 1)
            now.leaving[net.beds[i].ward] += fixed.leaves[fate.off[p], patients.kind[p], step]
    of_week = (int(fixed.numbers[WEEKDAY]) * HOURS + int(hour)) % (HOURS * WEEKDAYS)
    for w in range(wards.shape[0]):
        now.arriving[w] = fixed.arrivals[of_week, w]
        if wards[w].department >= 0:
            now.leaving_of[wards[w].department] += now.leaving[w]
    for d in range(departments.shape[0]):
        look_ahead_of(wards, departments, d, now.waiting_of[d], now.arriving, now.leaving)
    if fixed.numbers[AHEAD] > 0.0:
        for w in range(wards.shape[0]):
            now.pending[w] = 1
        now.counts[PENDING] += 1
    push(run.heap, hour + fixed.numbers[REVIEW], _REVIEW, 0)


@inlined
def expect_after_queue(run, k):  # type: ignore[no-untyped-def]
    """One more or one fewer waits for the department of kind `k`."""
    if run.fixed.numbers[REVIEW] > 0.0:
        d, now = run.fixed.cases[k].department, run.now
        look_ahead_of(run.net.wards, run.net.departments, d, now.waiting_of[d], now.arriving, now.leaving)


@inlined
def expect_own_bed(run, k, before):  # type: ignore[no-untyped-def]
    """When somebody of kind `k` may expect a bed of her own, with so many before her."""
    if run.fixed.numbers[REVIEW] > 0.0:
        d = run.fixed.cases[k].department
        run.net.departments[d].own_in = own_bed_in(float(before), run.now.leaving_of[d])
