"""A first plan that keeps the hard rules: each patient in the cheapest room free for all her nights, else moved."""

from __future__ import annotations

import numpy as np

from yipan.engine.optimise.pas.model import Ints, Model


def start(model: Model) -> Ints:
    """A room for each of the stays. There is always one: the reader has made sure that the beds suffice each night."""
    free = np.repeat(model.capacity[:, None], model.horizon, axis=1)
    lying = np.zeros(len(model.price), np.int32)
    for patient in range(model.patients):
        begin, end = model.offset[patient], model.offset[patient + 1]
        nights = slice(model.first[patient], model.first[patient] + end - begin)
        room = _cheapest(model.price[begin:end].sum(axis=0), free[:, nights].min(axis=1))
        if room is not None:
            lying[begin:end] = room
            free[room, nights] -= 1
            continue
        for stay, night in zip(range(begin, end), range(nights.start, nights.stop), strict=True):
            room = _cheapest(model.price[stay], free[:, night])
            assert room is not None, "more patients than beds in a night"
            lying[stay] = room
            free[room, night] -= 1
    return lying


def _cheapest(costs: Ints, free: Ints) -> int | None:
    possible = np.flatnonzero(free > 0)
    return int(possible[np.argmin(costs[possible])]) if len(possible) else None
