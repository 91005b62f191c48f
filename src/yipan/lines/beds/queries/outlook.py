"""What the coming day brings to each ward, as placement counts with it. A room above tells it; nobody has to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from yipan.engine.placement.beds import Struct
from yipan.lines.beds.queries import queue

if TYPE_CHECKING:
    from yipan.lines.beds.queries.arrays import Network

STALE = timedelta(hours=12)
"""How old a forecast may be before the fixed reserve is safer."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """Own arrivals and departures expected within 24 hours, by ward, as a forecast made at `made_at` said."""

    made_at: datetime
    arriving: dict[UUID, float] = field(default_factory=dict)
    leaving: dict[UUID, float] = field(default_factory=dict)


Source = Callable[[datetime], Outlook | None]


def _nothing(at: datetime) -> Outlook | None:
    return None


_source: list[Source] = [_nothing]


def tell_by(source: Source) -> None:
    """Ask `source` for the newest outlook from here on; it answers quickly, and None when it has none."""
    _source[0] = source


def usable(at: datetime) -> Outlook | None:
    """The newest outlook, unless it is too old at `at`."""
    found = _source[0](at)
    return found if found is not None and at - found.made_at <= STALE else None


def write_into(network: Network, at: datetime, asking: UUID | None = None) -> tuple[Struct, Struct]:
    """Wards and departments of the network, with what is expected of the coming day when there is a usable outlook.

    `asking` is the request that a bed is looked for: it does not stand in its own way.
    """
    told = usable(at)
    if told is None:
        return network.empty.wards, network.empty.departments
    from yipan.engine.placement.lookahead import look_ahead  # brings Numba along: only for processes that rank

    wards, departments = network.empty.wards.copy(), network.empty.departments.copy()
    waiting = queue.waiting(network.version, network.department, at, asking)
    arriving, leaving = _by_row(told, network)
    look_ahead(wards, departments, waiting, arriving, leaving)
    return wards, departments


@lru_cache(maxsize=2)
def _by_row(told: Outlook, network: Network) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Arrivals and departures by row of ward, NaN where nothing is told; neither argument ever changes."""
    arriving, leaving = (
        np.array([side.get(ward, np.nan) for ward in network.ward_ids]) for side in (told.arriving, told.leaving)
    )
    return arriving, leaving
