"""Day-3 calls of the demo: one for each stay outside the home department, most of those that were due already made."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F

from yipan.kernel import clock
from yipan.lines.beds import policy
from yipan.lines.beds.models import FollowUpCall
from yipan.spine.models import Booking
from yipan.spine.states import Purpose, State
from yipan.ui.filters import localtime

LEFT_OPEN = 0.3
"""How many of yesterday's calls nobody has made yet; older ones are all made."""
CALLER = "何静"


def plan(*, seed: int = 3) -> int:
    """Write the calls; return how many."""
    chance, now = random.Random(seed), clock.now()
    made = FollowUpCall.objects.bulk_create(_calls(chance, now))
    return len(made)


def _calls(chance: random.Random, now: datetime) -> Iterator[FollowUpCall]:
    stays = (
        Booking.objects.filter(purpose=Purpose.CARE, state__in=[State.ACTIVE, State.DONE], request__line="beds")
        .exclude(capacity__bed__department=F("request__home_department"))
        .select_related("capacity__site")
        .order_by("period", "id")
    )
    for stay in stays:
        zone = stay.capacity.site.time_zone
        due = policy.follow_up_due(stay.period.lower, zone)
        call = FollowUpCall(booking=stay, due_on=due)
        today = localtime(now, zone)
        late = (today.date() - due).days if today is not None else 0
        if today is not None and late > 0 and (late > 1 or chance.random() > LEFT_OPEN):
            morning = today.replace(hour=9, minute=30, second=0) - timedelta(days=late)
            call.done_at = morning + timedelta(minutes=chance.randint(0, 300))
            call.done_by, call.reached = CALLER, True
            call.satisfaction = chance.choices((3, 4, 5), (1, 4, 8))[0]
        yield call
