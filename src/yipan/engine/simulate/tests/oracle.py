"""The twin once more, in plain Python that is slow and meant to be read: a heap of events, lists and dicts.

It shares no code with the event loop. Every choice of a bed asks `rank`, as the live board does, about the whole
network built anew.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from yipan.engine.placement import NEVER, Beds, rank
from yipan.engine.placement.beds import GUEST
from yipan.engine.placement.codes import BedState, Tier
from yipan.engine.placement.lookahead import look_ahead
from yipan.engine.simulate import Option, Scenario
from yipan.engine.simulate.patients import Patients

READY, LEAVE, OPEN, CLOSE, REVIEW, MOVE, GIVE_UP, ARRIVE = range(1, 9)
AT_HOME = (Tier.OWN, Tier.INTENSIVE)


@dataclass
class Person:
    """Somebody, and what has become of her."""

    number: int
    at: float
    kind: int
    first_kind: int
    work: float
    stay: float
    move: float
    behind: float
    bed: int | None = None
    away: bool = False
    ever_away: bool = False
    placed: float = math.nan
    ends: float = math.nan
    state: str = "unborn"
    moves: int = 0
    returns: int = 0


class Oracle:
    """Plays a scenario under one policy."""

    def __init__(self, scenario: Scenario, option: Option, patients: Patients, hours: float) -> None:
        self.s, self.option, self.hours = scenario, option, hours
        rows = zip(*(column.tolist() for column in patients), strict=True)
        self.people = [
            Person(number, at, kind, kind, stay, stay, move, behind)
            for number, (at, kind, stay, move, behind, _) in enumerate(rows)
        ]
        self.bed_count, self.ward_of = len(scenario.beds), scenario.beds.beds["ward"].tolist()
        self.state = [BedState.FREE] * self.bed_count
        self.ready = [0.0] * self.bed_count
        self.who: list[Person | None] = [None] * self.bed_count
        self.closed = [0] * len(scenario.wards)
        self.queue: list[Person] = []
        self.movers: list[Person] = []
        self.outliers: list[Person] = []
        self.pending: set[int] = set()
        self.arriving = np.zeros(len(scenario.wards))
        self.leaving = np.zeros(len(scenario.wards))
        self.reviewed = False
        self.heap: list[tuple[float, int, int]] = []
        for person, bed in zip(self.people, patients.bed.tolist(), strict=True):
            if bed >= 0:
                self.put(person, bed, self.tiers(person.kind)[bed], 0.0)
            else:
                heapq.heappush(self.heap, (person.at, ARRIVE, person.number))
        for k, closure in enumerate(scenario.closures):
            heapq.heappush(self.heap, (closure.start, CLOSE, k))
            heapq.heappush(self.heap, (closure.end, OPEN, k))
        if scenario.review:
            self.review(0.0)

    # --- the network as the board would see it --------------------------------------------------------------------

    def beds(self, hour: float, waiting: np.ndarray | None = None) -> Beds:
        base = self.s.beds
        rows = base.beds.copy()
        rows["state"], rows["available_until"], rows["available_at"] = self.state, NEVER, NEVER
        guests = []
        for i in range(self.bed_count):
            if self.state[i] == BedState.CLEANING:
                rows["available_at"][i] = max(math.ceil((self.ready[i] - hour) * 60), 1)
            person = self.who[i]
            if person:
                need = self.s.demand[person.kind].need
                guests.append((i, 0, NEVER, need.pathogen, need.sex, need.isolation))
        wards, departments = base.wards.copy(), base.departments.copy()
        wards["foreseen"], departments["own_in"] = 0, NEVER
        if self.reviewed:
            look_ahead(wards, departments, self.waiting(), self.arriving, self.leaving)
            if waiting is not None:
                look_ahead(wards.copy(), departments, waiting, self.arriving, self.leaving)
        return replace(base, beds=rows, guests=np.array(guests, GUEST), wards=wards, departments=departments)

    def waiting(self) -> np.ndarray:
        counts = np.zeros(len(self.s.departments), np.int64)
        for person in self.queue:
            counts[self.s.demand[person.kind].need.department] += 1
        return counts

    def tiers(self, kind: int) -> list[Tier]:
        ranking = rank(self.beds(0.0), self.need(kind), self.option.policy)
        return [ranking.tier(i) for i in range(self.bed_count)]

    def need(self, kind: int, current: int = -1) -> Any:
        demand = self.s.demand[kind]
        return replace(demand.need, stay_days=max(demand.stay.mean / 24, 0.01), current_bed=current)

    def choose(
        self, person: Person, hour: float, ward: int | None = None, queued: bool = False
    ) -> tuple[int, Tier, int] | None:
        """The best bed for her, of one ward or of any; one who lies in a bed takes only a ready one."""
        department = self.s.demand[person.kind].need.department
        before = self.waiting()
        before[department] -= queued
        beds = self.beds(hour, before)
        current = -1 if person.bed is None else person.bed
        ranking = rank(beds, self.need(person.kind, current), self.option.policy)
        for i in ranking.order.tolist():
            if ward is not None and self.ward_of[i] != ward:
                continue
            if current >= 0 and self.state[i] != BedState.FREE:
                continue
            return i, ranking.tier(i), int(ranking.result.left[i])
        return None

    def turn(self, kind: int, ward: int) -> tuple[int, int]:
        """Who is asked first about a ward: urgency, then the place of its best tier in the policy's order."""
        order = list(self.option.policy.tiers.order)
        place = []
        for i, tier in enumerate(self.tiers(kind)):
            if self.ward_of[i] == ward:
                name = tier.name.lower()
                open_to = self.option.policy.strategy != "silo" or name in ("own", "intensive")
                place.append(order.index(name) if name in order and open_to else 99)
        return int(self.s.demand[kind].need.urgency), min(place)

    # --- events ---------------------------------------------------------------------------------------------------

    def play(self) -> Oracle:
        while self.heap and self.heap[0][0] < self.hours:
            hour, what, who = heapq.heappop(self.heap)
            if what == ARRIVE:
                self.arrive(self.people[who], hour)
            elif what == LEAVE:
                person = self.people[who]
                if person.state == "lies" and person.ends == hour:
                    self.get_up(person, hour)
                    person.state = "gone"
            elif what == READY:
                self.bed_ready(who, hour)
            elif what == MOVE:
                self.want_move(self.people[who], hour)
            elif what == GIVE_UP:
                if self.people[who] in self.queue:
                    self.queue.remove(self.people[who])
                    self.people[who].state = "gave up"
            elif what == REVIEW:
                self.review(hour)
            elif what == CLOSE:
                self.close(self.s.closures[who].ward)
            elif what == OPEN:
                self.open(self.s.closures[who].ward, hour)
            self.ask_all(hour)
        return self

    def arrive(self, person: Person, hour: float) -> None:
        same = [other for other in self.queue if other.kind == person.kind]
        found = None if same else self.choose(person, hour)
        if found:
            self.put(person, found[0], found[1], hour)
            return
        patience = self.s.demand[person.kind].patience
        if patience <= 0:
            person.state = "gave up"
            return
        self.queue.append(person)
        person.state = "waits"
        if math.isfinite(patience):
            heapq.heappush(self.heap, (hour + patience, GIVE_UP, person.number))
        if same and self.option.policy.strategy == "lookahead" and self.s.review:
            found = self.choose(same[0], hour, queued=True)
            if found:
                self.queue.remove(same[0])
                self.put(same[0], found[0], found[1], hour)

    def want_move(self, person: Person, hour: float) -> None:
        move = self.s.demand[person.kind].move
        if person.state != "lies" or person in self.movers or move is None:
            return
        person.kind = move.to
        self.movers.append(person)
        found = self.choose(person, hour)
        if found:
            self.put(person, found[0], found[1], hour)
            person.moves += 1

    def put(self, person: Person, bed: int, tier: Tier, hour: float) -> None:
        longer = 1 + self.s.penalty
        first = person.bed is None
        if not first:
            person.work = (person.ends - hour) / (longer if person.away else 1)
            self.get_up(person, hour)
        start = hour
        if self.state[bed] == BedState.CLEANING:
            self.state[bed], start = BedState.HELD, self.ready[bed]
        else:
            self.state[bed] = BedState.OCCUPIED
        self.who[bed] = person
        person.away, person.bed, person.state = tier not in AT_HOME, bed, "lies"
        if person.away:
            self.outliers.append(person)
            person.ever_away = True
        person.ends = start + person.work * (longer if person.away else 1)
        heapq.heappush(self.heap, (person.ends, LEAVE, person.number))
        if first:
            person.placed = start
            if person.move <= 1:
                heapq.heappush(self.heap, (start + person.move * (person.ends - start), MOVE, person.number))

    def get_up(self, person: Person, hour: float) -> None:
        for people in (self.outliers, self.movers):
            if person in people:
                people.remove(person)
        bed = person.bed
        assert bed is not None
        person.bed, person.away, self.who[bed] = None, False, None
        ward = self.ward_of[bed]
        turnover = self.turnover(ward)
        if self.closed[ward]:
            self.state[bed], self.ready[bed] = BedState.CLOSED, -1
        elif turnover > 0:
            self.state[bed], self.ready[bed] = BedState.CLEANING, hour + turnover
            heapq.heappush(self.heap, (self.ready[bed], READY, bed))
        else:
            self.state[bed] = BedState.FREE
        self.pending.add(ward)

    def turnover(self, ward: int) -> float:
        own = int(self.s.beds.wards["turnover"][ward])
        return own / 60 if own >= 0 else self.s.cleaning

    def bed_ready(self, bed: int, hour: float) -> None:
        if self.ready[bed] != hour:
            return
        if self.state[bed] == BedState.HELD:
            self.state[bed] = BedState.OCCUPIED
        elif self.state[bed] == BedState.CLEANING:
            self.state[bed] = BedState.FREE
            self.pending.add(self.ward_of[bed])

    def close(self, ward: int) -> None:
        self.closed[ward] += 1
        for i in range(self.bed_count):
            if self.ward_of[i] == ward and self.state[i] in (BedState.FREE, BedState.CLEANING):
                self.state[i], self.ready[i] = BedState.CLOSED, -1

    def open(self, ward: int, hour: float) -> None:
        self.closed[ward] -= 1
        if self.closed[ward] == 0:
            for i in range(self.bed_count):
                if self.ward_of[i] == ward and self.state[i] == BedState.CLOSED:
                    self.state[i] = BedState.FREE
            self.pending.add(ward)

    def review(self, hour: float) -> None:
        """Expect arrivals by the rates, departures by the stay so far in steps of six hours."""
        self.reviewed = True
        self.leaving[:], self.arriving[:] = 0, 0
        for person in filter(None, self.who):
            pace = 1 + self.s.penalty if person.away else 1.0
            so_far = person.behind + person.stay - (person.ends - hour) / pace
            middle = np.array([(max(int(so_far / 6), 0) + 0.5) * 6])
            stay = self.s.demand[person.first_kind].stay
            gone, then = stay.below(middle)[0], stay.below(middle + 24 / pace)[0]
            assert person.bed is not None
            self.leaving[self.ward_of[person.bed]] += (then - gone) / (1 - gone) if gone < 1 - 1e-9 else 1.0
        for demand in self.s.demand:
            mine = np.flatnonzero(self.s.beds.wards["department"] == demand.need.department)
            size = [self.ward_of.count(w) for w in mine]
            weights = [h * d for d in demand.weekdays for h in demand.hours]
            begin = self.s.weekday * 24 + int(hour)
            coming = sum(weights[(begin + h) % 168] for h in range(24)) / sum(weights) * 7 * demand.per_day
            for w, beds in zip(mine, size, strict=True):
                self.arriving[w] += coming * beds / sum(size)
        if self.option.policy.strategy == "lookahead":
            self.pending.update(range(len(self.s.wards)))
        heapq.heappush(self.heap, (hour + self.s.review, REVIEW, 0))

    # --- something came free --------------------------------------------------------------------------------------

    def ask_all(self, hour: float) -> None:
        while self.pending:
            for ward in range(len(self.s.wards)):
                if ward in self.pending:
                    self.pending.remove(ward)
                    self.ask(ward, hour)

    def ask(self, ward: int, hour: float) -> None:
        for person in list(self.movers):
            found = self.choose(person, hour, ward)
            if found:
                self.put(person, found[0], found[1], hour)
                person.moves += 1
        refused: set[int] = set()
        while firsts := self.firsts(refused):
            person = min(firsts, key=lambda p: (self.turn(p.kind, ward), p.at, p.kind))
            found = self.choose(person, hour, ward, queued=True)
            if found:
                self.queue.remove(person)
                self.put(person, found[0], found[1], hour)
            else:
                refused.add(person.kind)
        if self.option.repatriate:
            self.bring_home(ward, hour)

    def firsts(self, refused: set[int]) -> list[Person]:
        """The first of each kind in the queue who has not been refused."""
        first: dict[int, Person] = {}
        for person in self.queue:
            first.setdefault(person.kind, person)
        return [person for kind, person in first.items() if kind not in refused]

    def bring_home(self, ward: int, hour: float) -> None:
        for person in list(self.outliers):
            free = sum(self.ward_of[i] == ward and self.state[i] == BedState.FREE for i in range(self.bed_count))
            if free <= self.option.spare or person not in self.outliers:
                continue
            found = self.choose(person, hour, ward)
            if found and found[1] == Tier.OWN and found[2] >= self.option.spare:
                self.put(person, found[0], found[1], hour)
                person.moves += 1
                person.returns += 1
