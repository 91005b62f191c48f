"""Instances for tests: random ones of every kind, and small ones that can be searched by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from yipan.engine.optimise.admissions import Instance, Outlier, Prices, Waiting
from yipan.engine.placement import NEVER, Beds, Need
from yipan.engine.placement.codes import BedState, Sex, Urgency
from yipan.engine.placement.tests.networks import ALLY, OWN, Plan, random_beds, random_need, random_policy

DAY = 24 * 60


def random_instance(seed: int, *, size: int = 30, waiting: int = 8, outliers: int = 3, days: int = 5) -> Instance:
    """A network with anything in it, and people with anything, some of whom lie in a bed."""
    r = np.random.default_rng(seed + 3_000_017)
    beds = _with_stated_ends(random_beds(seed, size), r)
    moved = []
    for guest in beds.guests:
        bed = int(guest["bed"])
        there = bed >= 0 and guest["since"] <= 0 and beds.beds["state"][bed] == BedState.OCCUPIED
        if there and NEVER > guest["until"] > 0 and len(moved) < outliers:
            told = {"sex": int(guest["sex"]), "isolation": int(guest["isolation"]), "pathogen": int(guest["pathogen"])}
            need = replace(random_need(seed + len(moved), beds), current_bed=bed, **told)
            moved.append(Outlier(need, int(guest["until"]), policy=int(r.integers(2))))
    people = [
        Waiting(
            replace(random_need(seed * 31 + k, beds), current_bed=-1),
            policy=int(r.integers(2)),
            due=int(r.integers(-2, days)),
            waited=float(r.integers(0, 40)),
        )
        for k in range(waiting)
    ]
    return Instance(
        beds,
        [random_policy(seed), random_policy(seed + 1)],
        people,
        moved,
        first=int(r.choice([1, 600, 1500])),
        days=days,
    )


def _with_stated_ends(beds: Beds, r: np.random.Generator) -> Beds:
    """Beds and guests say the same of when somebody leaves and of who comes next."""
    rows, guests = beds.beds.copy(), beds.guests.copy()
    for guest in guests:
        bed = int(guest["bed"])
        if bed >= 0 and guest["since"] <= 0 and rows["state"][bed] == BedState.OCCUPIED:
            until = int(r.choice([NEVER, 700, 2000, 3000, 5000, 9000]))
            guest["until"] = rows["available_at"][bed] = until
        elif bed >= 0 and guest["since"] > 0:
            rows["available_until"][bed] = min(int(rows["available_until"][bed]), int(guest["since"]))
    return replace(beds, beds=rows, guests=guests)


def ward_plan() -> Plan:
    """Six wards of one room with two beds (see `networks`), all full for a long time but the home ward's second bed."""
    plan = Plan()
    for bed in range(12):
        if bed != 2 * OWN + 1:
            plan.guest(bed, Sex.MALE, until=20 * DAY)
            plan.beds_rows[bed]["available_at"] = 20 * DAY
    return plan


def until(plan: Plan, bed: int, minutes: int) -> None:
    """Let whoever lies in a bed leave then."""
    plan.beds_rows[bed]["available_at"] = minutes
    for guest in plan.guests:
        if guest["bed"] == bed:
            guest["until"] = minutes


def empty(plan: Plan, bed: int) -> None:
    plan.beds_rows[bed]["state"], plan.beds_rows[bed]["available_at"] = BedState.FREE, NEVER
    plan.guests = [guest for guest in plan.guests if guest["bed"] != bed]


def man(**more: Any) -> Need:
    """An ordinary patient of the home department for two days."""
    return Need(**({"department": OWN, "sex": Sex.MALE, "age": 50, "urgency": Urgency.ELECTIVE, "stay_days": 2} | more))


def small(plan: Plan, waiting: list[Waiting], outliers: list[Outlier] | None = None, days: int = 4) -> Instance:
    from yipan.engine.placement import Policy

    return Instance(plan.beds(), [Policy()], waiting, outliers or [], first=DAY, days=days, prices=Prices())


__all__ = ["ALLY", "DAY", "OWN", "empty", "man", "random_instance", "small", "until", "ward_plan"]
