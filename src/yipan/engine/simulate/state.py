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
from yipan.engine.placement.kept import Kept, Memo, afresh, keep, new_memo
from yipan.engine.simulate.agenda import Agenda, What, new_agenda, push_one
from yipan.engine.simulate.patients import Patients
from yipan.engine.simulate.scenario import Option, Scenario

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

A_YEAR_OF_DAYS = 366.0
NO_TURN = 1 << 20
STAY = np.dtype([("whole", "f8"), ("ends", "f8"), ("pace", "f8"), ("row", "i8")])
"""Hours of stay at home in all, the hour at which it ends, hours in the bed for each of them; row of `Fixed.leaves`, -1
for nobody."""


class Fixed(NamedTuple):
    """What does not change in a run. K kinds of patients, W wards, B beds."""

    cases: Struct
    """(K,) of CASE: each kind of patient under the policy."""
    turn: Ints
    """(W, K) smaller is asked before about the ward, equal ones by arrival; NO_TURN for whom it is of no use to."""
    home_first: Ints
    """(W + 1,) where the kinds that are at home in a ward begin in `home_kind`."""
    home_kind: Ints
    home_ward_first: Ints
    """(D + 1,) where a department's wards begin in `home_ward`."""
    home_ward: Ints
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
    """(2 K, steps) chance to leave within 24 hours, of each kind at home and then of each away."""
    numbers: Floats
    """See PENALTY."""


PENALTY, BIN_HOURS, REVIEW, REPATRIATE, SPARE, AHEAD, WEEKDAY = range(7)
"""Places in `Fixed.numbers`: the penalty, hours of a bin, hours between reviews (0: none), whether outliers go home,
how many free beds that leaves at least, whether the policy looks ahead, and the first day of the week."""


class Now(NamedTuple):
    """What changes. N patients."""

    stays: Struct
    """(B,) of STAY: of whoever has the bed or is on the way to it."""
    ready: Floats
    """(B,) hour at which a bed that is cleaned, or closed for itself, is ready."""
    place: Ints
    """(B,) where the bed stands in its ward's list of open beds, -1."""
    cleaned: Ints
    """(B,) beds that are being cleaned and not promised."""
    cleaned_at: Ints
    """(B,) where they stand there."""
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
    head: Ints
    tail: Ints
    """(K,) queue of each kind, -1."""
    queued: Ints
    """(K,) kinds of which somebody waits, by when their first came."""
    asked: Ints
    """(K,) those that are to be asked about a ward, in their order."""
    movers: Ints
    """Patients who need another department, in the order of asking."""
    out: Ints
    """(B,) outliers."""
    out_of: Ints
    """(K,) how many of them are of the kind."""
    counts: NDArray[np.int64]
    """See WAITING."""
    since: Floats
    """(W + 2,) hour up to which the areas are summed up: wards, all who wait, all outliers."""


WAITING, QUEUED, MOVERS, OUTLIERS, CLEANED, PENDING, LOWEST, HIGHEST, EVENTS, BIN = range(10)
"""Places in `Now.counts`: people who wait, and of how many kinds; people who need another department, lie outside
theirs; beds in `cleaned`; wards that are `pending`, and between which two; events so far; the bin that is filled."""


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
    """Guest b lies in bed b."""
    kept: Kept
    memo: Memo
    fixed: Fixed
    now: Now
    patients: Patients
    fate: Fate
    agenda: Agenda
    area: Area


_KNOWN: WeakKeyDictionary[Scenario, dict[tuple[Option, float], tuple[Beds, Fixed, Kept]]] = WeakKeyDictionary()
"""What does not change from one replication of a scenario to the next."""

UNBORN, WAITS, LIES, GONE, GAVE_UP, WANTS_MOVE = range(6)
"""Status of a patient."""


def prepare(scenario: Scenario, option: Option, patients: Patients, hours: float, bin_hours: float) -> Run:
    """The state at the start."""
    known = _KNOWN.setdefault(scenario, {})
    if (option, bin_hours) not in known:
        known[option, bin_hours] = _known(scenario, option, bin_hours)
    beds, fixed, kept = known[option, bin_hours]
    bins = int(np.ceil(hours / bin_hours - 1e-9))
    people = len(patients.at)
    run = Run(
        net=beds.arrays._replace(**{name: getattr(beds, name).copy() for name in CHANGED}),
        kept=afresh(kept, beds),
        memo=new_memo(kept),
        fixed=fixed._replace(cases=fixed.cases.copy()),  # a run writes into its rows for a moment
        now=_nobody(beds, len(scenario.demand)),
        patients=patients,
        fate=_unborn(patients),
        agenda=new_agenda(4 * len(beds) + 3 * people + 2 * len(scenario.closures) + 8, people, hours),
        area=Area(np.zeros((bins, len(beds.wards))), np.zeros(bins), np.zeros(bins)),
    )
    _first_events(scenario, run)
    return run


CHANGED = ("beds", "wards", "departments", "guests")
"""Arrays of the network that a run writes into."""


def _known(scenario: Scenario, option: Option, bin_hours: float) -> tuple[Beds, Fixed, Kept]:
    """The network at the start, and what is worked out of it once."""
    beds = _start(scenario)
    cases = _cases(scenario, option, beds)
    kept = keep(beds, cases)
    return beds, _fixed(scenario, option, beds, cases, kept, bin_hours), kept


def _nobody(beds: Beds, kinds: int) -> Now:
    """Before anybody lies down and any bed is open."""
    b, w, k = len(beds), len(beds.wards), kinds
    return Now(
        stays=np.array([(0.0, 0.0, 1.0, -1)] * b, STAY),
        ready=np.zeros(b),
        place=np.full(b, -1, np.int32),
        cleaned=np.zeros(b, np.int32),
        cleaned_at=np.zeros(b, np.int32),
        taken=np.zeros(w, np.int32),
        closed=np.zeros(w, np.int32),
        waiting_of=np.zeros(len(beds.departments), np.int32),
        leaving=np.zeros(w),
        leaving_of=np.zeros(len(beds.departments)),
        arriving=np.zeros(w),
        pending=np.zeros(w, np.uint8),
        head=np.full(k, -1, np.int32),
        tail=np.full(k, -1, np.int32),
        queued=np.zeros(k, np.int32),
        asked=np.zeros(k, np.int32),
        movers=np.zeros(b, np.int32),
        out=np.zeros(b, np.int32),
        out_of=np.zeros(k, np.int32),
        counts=np.zeros(BIN + 1, np.int64),
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


def _cases(scenario: Scenario, option: Option, beds: Beds) -> Struct:
    """Each kind of patient under the policy; the board is told the mean stay."""
    cases = np.zeros(len(scenario.demand), CASE)
    for k, demand in enumerate(scenario.demand):
        days = min(max(demand.stay.mean / 24, 0.01), A_YEAR_OF_DAYS)
        cases[k] = resolve(replace(demand.need, stay_days=days, start=0, current_bed=-1), option.policy, beds)[0]
    return cases


def _fixed(scenario: Scenario, option: Option, beds: Beds, cases: Struct, kept: Kept, bin_hours: float) -> Fixed:
    from yipan.engine.simulate.expecting import chance_to_leave, expected_arrivals

    urgency = np.array([int(demand.need.urgency) for demand in scenario.demand])
    at_home = [np.flatnonzero(kept.first_rank[:, w] == 0) for w in range(len(beds.wards))]
    home_wards = [np.flatnonzero(beds.wards["department"] == d) for d in range(len(beds.departments))]
    turnover = beds.wards["turnover"].astype(np.float64) / 60
    return Fixed(
        cases=cases,
        turn=np.where(kept.first_rank != OFF, urgency[:, None] * OFF + kept.first_rank, NO_TURN).T.astype(np.int32),
        home_first=_begins(at_home),
        home_kind=_joined(at_home),
        home_ward_first=_begins(home_wards),
        home_ward=_joined(home_wards),
        patience=np.array([demand.patience for demand in scenario.demand]),
        move_to=np.array([-1 if d.move is None else d.move.to for d in scenario.demand], np.int32),
        turnover=np.where(beds.wards["turnover"] >= 0, turnover, scenario.cleaning),
        closures=np.array([closure.ward for closure in scenario.closures], np.int32),
        arrivals=expected_arrivals(scenario) if scenario.review else np.zeros((1, 1)),
        leaves=chance_to_leave(scenario) if scenario.review else np.zeros((1, 1)),
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


def _begins(groups: list[NDArray[np.int64]]) -> Ints:
    """Where each group begins when they are joined, and where the last one ends."""
    return np.cumsum([0, *map(len, groups)]).astype(np.int32)


def _joined(groups: list[NDArray[np.int64]]) -> Ints:
    return np.concatenate(groups).astype(np.int32)


def _first_events(scenario: Scenario, run: Run) -> None:
    """Closures of wards, and beds that are cleaned or closed for a while at the start."""
    minutes = run.net.beds["available_at"].astype(np.float64)
    run.now.ready[:] = np.where(minutes == NEVER, np.inf, np.maximum(minutes, 1) / 60)
    free = run.net.beds["state"] == BedState.FREE
    run.now.ready[free] = 0.0
    cleaning = (run.net.beds["state"] == BedState.CLEANING) & ~np.isfinite(run.now.ready)
    run.now.ready[cleaning] = run.fixed.turnover[run.net.beds["ward"][cleaning]]
    for k, closure in enumerate(scenario.closures):
        push_one(run.agenda, closure.start, int(What.CLOSE), k)
        if np.isfinite(closure.end):
            push_one(run.agenda, closure.end, int(What.OPEN), k)
