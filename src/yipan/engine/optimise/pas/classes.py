"""Rooms that cost every patient the same are one class of room: the linear programmes are over classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yipan.engine.optimise.pas.model import Ints, Model


@dataclass(frozen=True)
class Classes:
    """`of` (rooms): the class of each room. `room` (classes): one room of it. `beds` (classes): in all its rooms."""

    of: Ints
    room: Ints
    beds: Ints

    @classmethod
    def in_(cls, model: Model) -> Classes:
        """Group the rooms of equal price, capacity and policy."""
        alike = np.vstack([model.price, model.capacity, model.same])
        _, room, of = np.unique(alike, axis=1, return_index=True, return_inverse=True)
        of = of.reshape(-1)
        beds = np.bincount(of, weights=model.capacity)
        return cls(of=of.astype(np.int32), room=room.astype(np.int32), beds=beds.astype(np.int32))
