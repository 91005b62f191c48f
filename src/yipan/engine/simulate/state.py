"""The state of a run as arrays: what stands still, what changes, and what becomes of each patient."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from yipan.engine.placement import NEVER, Beds
from yipan.engine.placement.beds import Arrays, Struct
from yipan.engine.placement.case import CASE, OFF, resolve
from yipan.engine.placement.codes import BedState
from yipan.engine.simulate.choosing import fixed_facts
from yipan.engine.simulate.heap import Heap, What, new_heap, push_one
from yipan.engine.simulate.patients import Patients
from yipan.engine.simulate.scenario import Option, Scenario

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

A_YEAR_OF_DAYS = 366.0


class Fixed(NamedTuple):
    """What does not change in a run. K kinds of patients, W wards, B beds."""

    cases: Struct
    """(K,) of CASE: each kind of patient under the policy."""
    walk: Floats
    """(K, W) minutes on foot from home."""
    first_rank: Bytes
    """(K, W) rank of the best tier that a bed of the ward can be for the kind."""
    order: Ints
    """(K, W) wards by that rank."""
    ward_first: Ints
    """(W + 1,) where the ward's beds begin in `ward_beds`."""
    ward_beds: Ints
    alike: Ints
    """(B,) beds with the same number differ in nothing but who lies in the room."""
    urgency: Ints
    """(K,) who is asked first, 0 before 1."""
    patience: Floats
    move_to: Ints
    """(K,) kind that a patient becomes when she moves, -1."""
    turnover: Floats
    """(W,) hours."""
    closures: Ints
    """Ward of each closure."""
    arrivals: Floats
    """(168, W) own patients of a ward in the 24 hours after each hour of the week."""
    leaves: Floats
    """(2, K, steps) chance to leave within 24 hours, at home and away."""
    numbers: Floats
    """See PENALTY."""


PENALTY, BIN_HOURS, REVIEW, REPATRIATE, SPARE, AHEAD, WEEKDAY = range(7)
"""Places in `Fixed.numbers`: the penalty, hours of a bin, hours between reviews (0: none), whether outliers go home,
how many free beds that leaves at least, whether the policy looks ahead, and the first day of the week."""


class Now(NamedTuple):
    """What changes. N patients."""

    who: Ints
    """(B,) patient in the bed or on the way to it, -1."""
    ready: Floats
    """(B,) hour at which a bed that is cleaned, or closed for itself, is ready."""
    place: Ints
    """(B,) where the bed stands in its ward's list of open beds, -1."""
    open: Ints
    """Beds that are free or being cleaned: those of a ward from `ward_first` on."""
    opened: Ints
    """(W,) how many."""
    free: Ints
    """(W,) how many of them are free."""
    taken: Ints
    """(W,) how many are taken, or held for somebody who is on the way."""
    closed: Ints
    """(W,) closures in force."""
    waiting_of: Ints
    """(D,) who wait for a bed of the department."""
    leaving: Floats
    """(W,) departures expected within 24 hours at the last review."""
    leaving_of: Floats
    """(D,) the same of the department's wards."""
    arriving: Floats
    """(W,) own patients expected within 24 hours."""
    pending: Bytes
    """(W,) something came free there: ask those who wait."""
    first: Ints
    """(R,) first guest of the room, -1; guest b lies in bed b."""
    following: Ints
    """(B,)"""
    head: Ints
    tail: Ints
    """(K,) queue of each kind, -1."""
    asked: Bytes
    """(K,) refused since something came free."""
    movers: Ints
    """Patients who need another department, in the order of asking."""
    out: Ints
    """(B,) outliers."""
    counts: NDArray[np.int64]
    """See WAITING."""
    since: Floats
    """(W + 2,) hour up to which the areas are summed up: wards, all who wait, all outliers."""


WAITING, MOVERS, OUTLIERS, PENDING, EVENTS, BIN = range(6)
"""Places in `Now.counts`: people who wait, need another department, lie outside theirs; times that something came free
since those who wait were asked; events so far; the bin that is filled now."""


class Fate(NamedTuple):
    """What becomes of each patient. NaN and -1 for what has not happened."""

    kind: Ints
    """What the patient needs now."""
    bed: Ints
    """The bed she lies in, or lay in last."""
    off: Bytes
    """In a bed outside the own specialty now."""
    ever_off: Bytes
    """Ever, so far."""
    status: Bytes
    next: Ints
    placed: Floats
    first_bed: Ints
    first_tier: Bytes
    ends: Floats
    """When she leaves, as things stand."""
    work: Floats
    """Hours of stay at home still to come at the last change of bed."""
    moves: Ints
    """Changes of department or home again."""
    returns: Ints
    """Home again."""


class Area(NamedTuple):
    """Bed-hours in each bin."""

    beds: Floats
    """(bins, W) taken."""
    waiting: Floats
    """(bins,) people who wait."""
    outliers: Floats
    """(bins,)"""


class Run(NamedTuple):
    """All of it."""

    net: Arrays
    fixed: Fixed
    now: Now
    patients: Patients
    fate: Fate
    heap: Heap
    area: Area


_KNOWN: WeakKeyDictionary[Scenario, dict[tuple[Option, float], Fixed]] = WeakKeyDictionary()
"""What does not change from one replication of a scenario to the next."""

UNBORN, WAITS, LIES, GONE, GAVE_UP, WANTS_MOVE = range(6)
"""Status of a patient."""


def prepare(scenario: Scenario, option: Option, patients: Patients, hours: float, bin_hours: float) -> Run:
    """The state at the start."""
    beds = _start(scenario)
    known = _KNOWN.setdefault(scenario, {})
    if (option, bin_hours) not in known:
        known[option, bin_hours] = _fixed(scenario, option, beds, bin_hours)
    fixed = known[option, bin_hours]
    fixed = fixed._replace(cases=fixed.cases.copy())  # a run writes into its rows for a moment
    bins = int(np.ceil(hours / bin_hours - 1e-9))
    area = Area(np.zeros((bins, len(beds.wards))), np.zeros(bins), np.zeros(bins))
    heap = new_heap(4 * len(beds) + 3 * len(patients.at) + 2 * len(scenario.closures) + 8)
    run = Run(beds.arrays, fixed, _nobody(beds, len(scenario.demand)), patients, _unborn(patients), heap, area)
    _first_events(scenario, run)
    return run


def _nobody(beds: Beds, kinds: int) -> Now:
    """Before anybody lies down and any bed is open."""
    b, w, k = len(beds), len(beds.wards), kinds
    return Now(
        who=np.full(b, -1, np.int32),
        ready=np.zeros(b),
        place=np.full(b, -1, np.int32),
        open=np.zeros(b, np.int32),
        opened=np.zeros(w, np.int32),
        free=np.zeros(w, np.int32),
        taken=np.zeros(w, np.int32),
        closed=np.zeros(w, np.int32),
        waiting_of=np.zeros(len(beds.departments), np.int32),
        leaving=np.zeros(w),
        leaving_of=np.zeros(len(beds.departments)),
        arriving=np.zeros(w),
        pending=np.zeros(w, np.uint8),
        first=np.full(len(beds.rooms), -1, np.int32),
        following=np.full(b, -1, np.int32),
        head=np.full(k, -1, np.int32),
        tail=np.full(k, -1, np.int32),
        asked=np.zeros(k, np.uint8),
        movers=np.zeros(b, np.int32),
        out=np.zeros(b, np.int32),
        counts=np.zeros(6, np.int64),
        since=np.zeros(w + 2),
    )


def _unborn(patients: Patients) -> Fate:
    """Before anything has happened to anybody."""
    n = len(patients.at)
    return Fate(
        kind=patients.kind.astype(np.int32),
        bed=np.full(n, -1, np.int32),
        off=np.zeros(n, np.uint8),
        ever_off=np.zeros(n, np.uint8),
        status=np.zeros(n, np.uint8),
        next=np.full(n, -1, np.int32),
        placed=np.full(n, np.nan),
        first_bed=np.full(n, -1, np.int32),
        first_tier=np.zeros(n, np.uint8),
        ends=np.full(n, np.nan),
        work=patients.stay.copy(),
        moves=np.zeros(n, np.int32),
        returns=np.zeros(n, np.int32),
    )


def _start(scenario: Scenario) -> Beds:
    """The network at the start: a guest row for each bed, nobody in it; states as they are when the start is live."""
    beds = scenario.beds
    rows, guests = beds.beds.copy(), np.zeros(len(beds), beds.guests.dtype)
    guests["bed"], guests["until"] = -1, NEVER
    rows["available_until"] = NEVER
    if not scenario.live:
        rows["state"], rows["available_at"] = BedState.FREE, NEVER
    wards, departments = beds.wards.copy(), beds.departments.copy()
    wards["foreseen"], departments["own_in"] = 0, NEVER
    taken = np.isin(rows["state"], (BedState.OCCUPIED, BedState.HELD))
    rows["state"][taken], rows["available_at"][taken] = BedState.FREE, NEVER
    return replace(beds, beds=rows, guests=guests, wards=wards, departments=departments)


def _fixed(scenario: Scenario, option: Option, beds: Beds, bin_hours: float) -> Fixed:
    from yipan.engine.simulate.expecting import chance_to_leave, expected_arrivals

    kinds = len(scenario.demand)
    cases = np.zeros(kinds, CASE)
    for k, demand in enumerate(scenario.demand):
        days = min(max(demand.stay.mean / 24, 0.01), A_YEAR_OF_DAYS)
        cases[k] = resolve(replace(demand.need, stay_days=days, start=0, current_bed=-1), option.policy, beds)[0]
    walk = np.zeros((kinds, len(beds.wards)))
    ranks = np.full((kinds, len(beds.wards)), OFF, np.uint8)
    fixed_facts(beds.arrays, cases, walk, ranks)
    by_ward = np.argsort(beds.beds["ward"], kind="stable").astype(np.int32)
    counts = np.bincount(beds.beds["ward"], minlength=len(beds.wards))
    turnover = beds.wards["turnover"].astype(np.float64) / 60
    return Fixed(
        cases=cases,
        walk=walk,
        first_rank=ranks,
        order=np.argsort(ranks, axis=1, kind="stable").astype(np.int32),
        ward_first=np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
        ward_beds=by_ward,
        alike=_alike(beds),
        urgency=np.array([int(demand.need.urgency) for demand in scenario.demand], np.int32),
        patience=np.array([demand.patience for demand in scenario.demand]),
        move_to=np.array([-1 if d.move is None else d.move.to for d in scenario.demand], np.int32),
        turnover=np.where(beds.wards["turnover"] >= 0, turnover, scenario.cleaning),
        closures=np.array([closure.ward for closure in scenario.closures], np.int32),
        arrivals=expected_arrivals(scenario) if scenario.review else np.zeros((1, 1)),
        leaves=chance_to_leave(scenario) if scenario.review else np.zeros((2, 1, 1)),
        numbers=np.array(
            [
                scenario.penalty,
                bin_hours,
                scenario.review,
                option.repatriate,
                option.spare,
                option.policy.strategy == "lookahead" and scenario.review > 0,
                scenario.weekday,
            ],
            np.float64,
        ),
    )


def _alike(beds: Beds) -> Ints:
    """A number for each kind of bed: department, level, equipment, and what its room is for."""
    room = beds.rooms[beds.beds["room"]]
    columns = [beds.beds[name] for name in ("department", "level", "equipment")]
    columns += [room[name] for name in ("age_min", "age_max", "size", "sex", "isolation")]
    _, number = np.unique(np.column_stack(columns).astype(np.int64), axis=0, return_inverse=True)
    return number.astype(np.int32).reshape(-1)


def _first_events(scenario: Scenario, run: Run) -> None:
    """Closures of wards, and beds that are cleaned or closed for a while at the start."""
    minutes = run.net.beds["available_at"].astype(np.float64)
    run.now.ready[:] = np.where(minutes == NEVER, np.inf, np.maximum(minutes, 1) / 60)
    free = run.net.beds["state"] == BedState.FREE
    run.now.ready[free] = 0.0
    cleaning = (run.net.beds["state"] == BedState.CLEANING) & ~np.isfinite(run.now.ready)
    run.now.ready[cleaning] = run.fixed.turnover[run.net.beds["ward"][cleaning]]
    for k, closure in enumerate(scenario.closures):
        push_one(run.heap, closure.start, int(What.CLOSE), k)
        if np.isfinite(closure.end):
            push_one(run.heap, closure.end, int(What.OPEN), k)
