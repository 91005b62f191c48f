"""Which bed: `engine/placement.pick`, asked with the facts that are kept from event to event.

The oracle of the tests asks `rank` about the whole network each time.
"""

from __future__ import annotations

import math

import numpy as np

from yipan.engine.placement.pick import pick
from yipan.engine.simulate.compiled import inlined
from yipan.engine.simulate.state import CLEANED


@inlined
def choose(run, k, current, only, hour):  # type: ignore[no-untyped-def]
    """The best bed for a patient of kind `k` who lies in bed `current` (-1: in none), of ward `only` or of any.

    Returns (bed, tier, beds left in its ward), (-1, 0, 0) when none may be proposed. Somebody who lies in a bed is
    moved only to one that is ready.
    """
    case = run.fixed.cases[k]
    if run.now.counts[CLEANED] > 0:
        tell_minutes(run, hour)
    if current < 0:
        return pick(run.net, run.kept, run.memo, case, k, only)
    latest = case.latest
    case.current_bed, case.latest = current, case.start
    found = pick(run.net, run.kept, run.memo, case, k, only)
    case.current_bed, case.latest = -1, latest
    return found


@inlined
def tell_minutes(run, hour):  # type: ignore[no-untyped-def]
    """When the beds that are being cleaned are ready, in whole minutes from now, rounded up."""
    now = run.now
    for place in range(now.counts[CLEANED]):
        i = now.cleaned[place]
        minutes = np.int32(max(math.ceil((now.ready[i] - hour) * 60.0), 1))
        run.net.beds[i].available_at = run.kept.ready[i] = minutes
