"""Where and when an examination is best done: devices × technicians × hours × bookings × travel, on arrays.

Times are whole minutes since 1970 in UTC. Starts lie on a grid of `STEP` minutes; spans that block are exact to the
minute. A start is possible when the device, one qualified technician of its site and the patient are free for the
whole examination, and the patient is prepared and can have come there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

STEP = 5
"""Minutes between starts that are offered."""

COMING = 10
"""Minutes that somebody from another site needs on the spot before the examination, beside the way."""

ROAD_WEIGHT = 5
"""For the goal `balanced`: how many minutes of waiting one minute on the road is worth."""

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Goal(StrEnum):
    """What the best offer is."""

    SOONEST = "soonest"  # the earliest finish
    NEAREST = "nearest"  # the least travel, then the earliest finish
    BALANCED = "balanced"  # a minute on the road counts as ROAD_WEIGHT minutes of waiting


class Cause(StrEnum):
    """Why a device is not possible at the best time it could have, in the order in which it is asked."""

    CLOSED = "exam_device_closed"
    HOURS = "exam_outside_hours"
    BUSY = "exam_device_busy"
    NO_STAFF = "exam_no_staff"
    STAFF_BUSY = "exam_staff_busy"
    PATIENT_BUSY = "exam_patient_elsewhere"


@dataclass(frozen=True, slots=True)
class Spans:
    """[begin, end) of something, for the row of a resource. Three arrays of one length."""

    row: Ints
    begin: Ints
    end: Ints

    @classmethod
    def of(cls, triples: list[tuple[int, int, int]]) -> Spans:
        table = np.array(triples, dtype=np.int64).reshape(-1, 3)
        return cls(table[:, 0], table[:, 1], table[:, 2])

    def touches(self, row: int, begin: int, end: int) -> bool:
        """Whether one of the row's spans overlaps [begin, end)."""
        return bool(np.any((self.row == row) & (self.begin < end) & (self.end > begin)))


@dataclass(frozen=True, slots=True)
class Facts:
    """What a search is about.

    Sites are numbered; `travel[i]` are minutes from where the patient is to site i (inf: unknown, not possible).
    `device_site`, `staff_site` give the site of each device and each qualified technician. `shut` is outside the
    hours, `closed` are closures, `busy` bookings. `plans` are (begin, end) of what the patient has planned in person,
    and `plan_travel[k, i]` the minutes between the place of plan k and site i.
    """

    start: int
    end: int
    length: int
    ready: int
    travel: NDArray[np.float64]
    device_site: Ints
    device_shut: Spans
    device_closed: Spans
    device_busy: Spans
    staff_site: Ints
    staff_shut: Spans
    staff_busy: Spans
    plans: Ints = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    plan_travel: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    needs_staff: bool = True


@dataclass(frozen=True, slots=True)
class Slot:
    """A device at a start with a technician (None where none is needed)."""

    device: int
    technician: int | None
    start: int
    end: int
    travel: int


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a device that could have been better is not: what was in the way at `wanted`; `first` is its first start."""

    device: int
    cause: Cause
    wanted: int
    first: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """Slots, best first, and the obstacles of better ones, the best first."""

    slots: tuple[Slot, ...]
    obstacles: tuple[Obstacle, ...]


def search(facts: Facts, *, goal: Goal = Goal.SOONEST, limit: int = 6, per_site: int = 2) -> Found:
    """The best slots, at most `per_site` of one site, each the first of its device; and why no better one."""
    if not facts.device_site.size:
        return Found((), ())
    grid = _grid(facts)
    earliest = _earliest(facts)
    staff = _staff_free(facts, grid)
    possible = _possible(facts, grid, earliest, staff)
    first = np.where(possible.any(axis=1), grid[possible.argmax(axis=1)], -1)
    order = [int(i) for i in _ranked(facts, first, goal) if first[i] >= 0]
    chosen = _spread(order, facts.device_site, limit, per_site)
    slots = tuple(_slot(facts, i, int(first[i]), grid, staff) for i in chosen)
    return Found(slots, _obstacles(facts, first, earliest, goal, chosen, limit))


def free_starts(facts: Facts, device: int) -> Ints:
    """Every start that is possible on one device."""
    grid = _grid(facts)
    return grid[_possible(facts, grid, _earliest(facts), _staff_free(facts, grid))[device]]


def technician_at(facts: Facts, device: int, start: int) -> int | None:
    """Who would work a device at a start; None where nobody is needed or nobody is free."""
    grid = np.array([start], dtype=np.int64)
    return _technician(facts, device, start, _staff_free(facts, grid)[:, 0])


def _grid(facts: Facts) -> Ints:
    begin = -(-facts.start // STEP) * STEP
    return np.arange(begin, facts.end - facts.length + 1, STEP, dtype=np.int64)


def _earliest(facts: Facts) -> NDArray[np.float64]:
    """By site: when the patient can be there, prepared; on the grid. inf: never."""
    way = facts.travel + np.where(facts.travel > 0, COMING, 0)
    there = np.maximum(facts.ready, facts.start + way)
    return np.ceil(there / STEP) * STEP


def _possible(facts: Facts, grid: Ints, earliest: NDArray[np.float64], staff: Bools) -> Bools:
    devices = facts.device_site.size
    blocked = _blocked(facts, grid, devices, facts.device_shut, facts.device_closed, facts.device_busy)
    possible = ~blocked & (grid >= earliest[facts.device_site][:, None])
    if facts.needs_staff:
        possible &= _by_site(facts, staff)[facts.device_site]
    if facts.plans.size:
        possible &= ~_elsewhere(facts, grid)[facts.device_site]
    return possible


def _blocked(facts: Facts, grid: Ints, rows: int, *spans: Spans) -> Bools:
    """[row, start]: whether an examination that begins then would run into one of the row's spans."""
    if not grid.size:
        return np.zeros((rows, 0), dtype=np.bool_)
    width, one = grid.size + 1, np.int16(1)
    changes = np.zeros(rows * width, dtype=np.int16)  # row after row: what begins in one ends in it
    for some in spans:
        low = np.clip((some.begin - facts.length - grid[0]) // STEP + 1, 0, grid.size)
        high = np.clip(-(-(some.end - grid[0]) // STEP), 0, grid.size)
        real = high > low
        begins = some.row[real] * width
        np.add.at(changes, begins + low[real], one)
        np.subtract.at(changes, begins + high[real], one)
    return np.asarray(np.cumsum(changes, dtype=np.int16).reshape(rows, width)[:, :-1] > 0)


def _staff_free(facts: Facts, grid: Ints) -> Bools:
    return ~_blocked(facts, grid, facts.staff_site.size, facts.staff_shut, facts.staff_busy)


def _by_site(facts: Facts, staff: Bools) -> Bools:
    """[site, start]: whether one of its technicians is free."""
    found = np.zeros((facts.travel.size, staff.shape[1]), dtype=np.bool_)
    for site in np.unique(facts.staff_site):
        found[site] = staff[facts.staff_site == site].any(axis=0)
    return found


def _elsewhere(facts: Facts, grid: Ints) -> Bools:
    """[site, start]: whether the patient would have to be at another appointment, or on the way from or to it."""
    found = np.zeros((facts.travel.size, grid.size), dtype=np.bool_)
    for (begin, end), way in zip(facts.plans, facts.plan_travel, strict=True):
        margin = np.where(np.isfinite(way), np.ceil(way), 0)[:, None]
        found |= (grid + facts.length + margin > begin) & (grid - margin < end)
    return found


def _key(facts: Facts, starts: NDArray[np.float64], goal: Goal) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Smaller is better, the first before the second, for a start of each device."""
    way = facts.travel[facts.device_site]
    finish = starts + facts.length
    match goal:
        case Goal.SOONEST:
            return finish, way
        case Goal.NEAREST:
            return way, finish
        case Goal.BALANCED:
            return finish + ROAD_WEIGHT * way, way


def _ranked(facts: Facts, first: Ints, goal: Goal) -> Ints:
    major, minor = _key(facts, np.where(first < 0, np.inf, first), goal)
    return np.lexsort((np.arange(first.size), minor, major))


def _spread(order: list[int], site: Ints, limit: int, per_site: int) -> list[int]:
    chosen: list[int] = []
    taken: dict[int, int] = {}
    for device in order:
        here = int(site[device])
        if taken.get(here, 0) < per_site:
            taken[here] = taken.get(here, 0) + 1
            chosen.append(device)
        if len(chosen) == limit:
            break
    return chosen


def _slot(facts: Facts, device: int, start: int, grid: Ints, staff: Bools) -> Slot:
    column = (start - int(grid[0])) // STEP
    technician = _technician(facts, device, start, staff[:, column])
    way = int(np.ceil(facts.travel[facts.device_site[device]]))
    return Slot(device, technician, start, start + facts.length, way)


def _technician(facts: Facts, device: int, start: int, free: Bools) -> int | None:
    """Of those who are free the one with the least booked in the half day around, so that work is shared."""
    if not facts.needs_staff:
        return None
    able = np.flatnonzero(free & (facts.staff_site == facts.device_site[device]))
    if not able.size:
        return None
    busy = facts.staff_busy
    overlap = np.minimum(busy.end, start + 360) - np.maximum(busy.begin, start - 360)
    load = np.bincount(busy.row, np.maximum(overlap, 0), minlength=facts.staff_site.size)
    return int(able[np.argmin(load[able])])


def _obstacles(
    facts: Facts, first: Ints, earliest: NDArray[np.float64], goal: Goal, chosen: list[int], limit: int
) -> tuple[Obstacle, ...]:
    """Devices that would have come before the best slot, had they been free at once."""
    ideal = earliest[facts.device_site]
    majors, minors = _key(facts, ideal, goal)
    real, beside = _key(facts, np.where(first < 0, np.inf, first), goal)
    best = (real[chosen[0]], beside[chosen[0]]) if chosen else (np.inf, np.inf)
    better = [
        i
        for i in np.lexsort((np.arange(first.size), minors, majors))
        if np.isfinite(ideal[i]) and (majors[i], minors[i]) < best and first[i] != ideal[i]
    ]
    return tuple(_obstacle(facts, int(i), int(ideal[i]), int(first[i])) for i in better[:limit])


def _obstacle(facts: Facts, device: int, wanted: int, first: int) -> Obstacle:
    return Obstacle(device, cause_at(facts, device, wanted), wanted, first if first >= 0 else None)


def cause_at(facts: Facts, device: int, start: int) -> Cause:
    """What is in the way of an examination on a device at a start; the patient's own plans if nothing else is."""
    end = start + facts.length
    if facts.device_closed.touches(device, start, end):
        return Cause.CLOSED
    if facts.device_shut.touches(device, start, end):
        return Cause.HOURS
    if facts.device_busy.touches(device, start, end):
        return Cause.BUSY
    mine = np.flatnonzero(facts.staff_site == facts.device_site[device])
    if facts.needs_staff and not mine.size:
        return Cause.NO_STAFF
    if facts.needs_staff and all(
        facts.staff_shut.touches(int(t), start, end) or facts.staff_busy.touches(int(t), start, end) for t in mine
    ):
        return Cause.STAFF_BUSY
    return Cause.PATIENT_BUSY
