"""Minutes by road between all sites, read once for each version of the network."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from yipan.base.network.matrices import road_matrix
from yipan.base.network.models import Site
from yipan.base.network.models.version import current_version


@dataclass(frozen=True, eq=False)
class Roads:
    """`minutes[row[a], row[b]]` by road from site a to site b; inf where nobody knows."""

    version: int
    row: dict[UUID, int]
    minutes: NDArray[np.float64]

    def between(self, starts: list[UUID], ends: list[UUID]) -> NDArray[np.float64]:
        """Shape (starts, ends)."""
        return self.minutes[np.ix_([self.row[s] for s in starts], [self.row[e] for e in ends])]


_roads: Roads | None = None


def roads() -> Roads:
    """The ways as they are described now."""
    global _roads
    version = current_version()
    known = _roads
    if known is None or known.version != version:
        ids = list(Site.objects.order_by("id").values_list("id", flat=True))
        known = _roads = Roads(version, {site: i for i, site in enumerate(ids)}, road_matrix(ids))
    return known
