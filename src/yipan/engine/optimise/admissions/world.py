"""A plan written into the network: what `rank` would be asked if everything else of the plan were booked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from yipan.engine.optimise.admissions.instance import Instance, Outlier, Waiting
from yipan.engine.optimise.admissions.problem import Place
from yipan.engine.placement import NEVER, Beds
from yipan.engine.placement.beds import GUEST
from yipan.engine.placement.codes import BedState
from yipan.engine.placement.later import later


def in_plan(instance: Instance, plan: Iterable[Place], asked: Place) -> Beds:
    """The network at the hour of `asked`, with every other place of the plan booked into it.

    `rank` with `instance.need_on(asked.row, asked.day)` then says whether the bed may be taken, which tier it is, and
    why better ones may not.
    """
    others = [place for place in plan if place.row != asked.row]
    return later(_booked(instance, others), instance.minute(asked.day), instance.turnover)


def _booked(instance: Instance, places: Iterable[Place]) -> Beds:
    rows, guests = instance.beds.beds.copy(), instance.beds.guests.copy()
    added: list[Any] = []
    for place in places:
        person, start = instance.person(place.row), instance.minute(place.day)
        until = start + person.need.stay_minutes if isinstance(person, Waiting) else person.until
        if isinstance(person, Outlier):
            own = person.need.current_bed
            there = (guests["bed"] == own) & (guests["since"] <= 0)
            guests["until"][there] = start
            rows["available_at"][own] = start
        need = person.need
        added.append((place.bed, start, until, need.pathogen, need.sex, need.isolation))
    booked = np.concatenate([guests, np.array(added, GUEST)]) if added else guests
    coming = booked[(booked["bed"] >= 0) & (booked["since"] > 0)]
    first = np.full(len(rows), NEVER, np.int64)
    np.minimum.at(first, coming["bed"], coming["since"])
    rows["available_until"] = np.minimum(rows["available_until"], first)
    return replace(instance.beds, beds=rows, guests=booked)


def occupancy(instance: Instance, plan: Iterable[Place]) -> tuple[Any, Any, Any]:
    """Open beds, people in beds without the plan, and with it: arrays (wards, days + 1); the first column is now.

    Each day at the hour at which people come; a bed that is kept counts as taken, one that is cleaned does not.
    """
    booked = _booked(instance, plan)
    shape = (len(instance.beds.wards), instance.days + 1)
    opened, before, after = (np.zeros(shape, np.int64) for _ in range(3))
    for column in range(instance.days + 1):
        minutes = instance.minute(column - 1) if column else 0
        for beds, out in ((instance.beds, before), (booked, after)):
            rows = later(beds, minutes, instance.turnover).beds
            taken = (rows["state"] == BedState.OCCUPIED) | (rows["state"] == BedState.HELD)
            out[:, column] = np.bincount(rows["ward"][taken], minlength=shape[0])
            opened[:, column] = np.bincount(rows["ward"][rows["state"] != BedState.CLOSED], minlength=shape[0])
    return opened, before, after
