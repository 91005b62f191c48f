"""Any sequence of messages, true or not, in order or not."""

from __future__ import annotations

import itertools
from datetime import timedelta

from django.db.models import Count
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from yipan.interop.inbound import apply_pending
from yipan.interop.models import InboundMessage
from yipan.interop.tests.his import His
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.beds.models import Placement
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import with_state
from yipan.spine.states import Purpose, State
from yipan.spine.testing import NOON, small_network

KINDS = [f"A{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22, 25, 26, 27, 28, 31, 40)]
STEPS = st.tuples(
    st.sampled_from(KINDS),
    st.sampled_from(["P1", "P2", "P3"]),
    st.sampled_from([None, 0, 1, 2, 3]),
    st.sampled_from(["P1", "P2", "P3"]),  # the second patient of a swap, or the record that a merge retires
    st.sampled_from([None, 0, 1, 2, 3]),
    st.sampled_from([-180, -30, -5, 0, 0, 0, 5, 60]),  # minutes by which it is told late or early
    st.sampled_from(["", "V1", "V2"]),
    st.sampled_from("UCHKO"),
)
_numbers = itertools.count(1)


@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(steps=st.lists(STEPS, max_size=18))
def test_any_sequence_keeps_the_invariants(db: None, steps: list[tuple]):
    """Whatever a sender tells: no error of ours, no bed with two patients, no patient in two beds or with two open
    requests, every stay with its placement; and a message that waits has changed nothing.
    """
    with clock.using(FrozenClock(NOON)) as time:
        assert isinstance(time, FrozenClock)
        his = His(small_network(wards={"neurology": 4}), facility=f"F{next(_numbers)}")
        for step in steps:
            time.advance(timedelta(minutes=7))
            before = _snapshot(his)
            _tell(his, time, *step)
            apply_pending()
            if _applied(his) == before[0]:
                assert _snapshot(his) == before
            _check(his)


def _tell(
    his: His,
    time: FrozenClock,
    kind: str,
    who: str,
    bed: int | None,
    other: str,
    to: int | None,
    late: int,
    visit: str,
    status: str,
) -> None:
    beds = [*his.network.beds["neurology"], None]
    place = beds[4 if bed is None else bed]
    more: dict = {"PV1_19": visit, "at": time.now() + timedelta(minutes=late), "NPU_2": status, "PV2_9": "20260304"}
    # Another birth date for each hospital, so that patients of earlier examples are nobody's likely duplicates.
    more["PID_7"] = f"{1920 + his.network.site.pk.int % 90}0501"
    if place is None:
        more["PV1_3"] = his.network.wards["neurology"].code
    if kind == "A17" and other != who:
        more["others"] = {other: beds[4 if to is None else to]}
    if kind == "A40":
        more["MRG_1"] = other
    his.tell(kind, who, place, **more)


def _applied(his: His) -> int:
    return InboundMessage.objects.filter(source=his.source, state="applied").count()


def _bookings(his: His):  # type: ignore[no-untyped-def]
    return Booking.objects.filter(capacity__site=his.network.site)


def _snapshot(his: His) -> tuple:
    requests = Request.objects.filter(site=his.network.site)
    return (
        _applied(his),
        list(_bookings(his).order_by("id").values_list("id", "state", "period", "request", "end_announced")),
        list(requests.order_by("id").values_list("id", "cancelled_at", "attending", "admission__visit_number")),
        Event.objects.filter(site_id=his.network.site.pk).count(),
    )


def _check(his: His) -> None:
    messages = InboundMessage.objects.filter(source=his.source)
    assert not messages.filter(error_code="internal").exists()
    assert not messages.filter(state="received").exists()
    active = _bookings(his).filter(state=State.ACTIVE)
    for field in ("capacity", "patient"):
        rows = active.exclude(**{field: None}).order_by().values(field).annotate(n=Count("id"))
        assert not rows.filter(n__gt=1).exists()
    stays = active.filter(purpose=Purpose.CARE)
    assert Placement.objects.filter(booking__in=stays).count() == stays.count()
    still_open = with_state(Request.objects.filter(site=his.network.site)).exclude(state__in=["done", "cancelled"])
    assert not still_open.order_by().values("patient").annotate(n=Count("id")).filter(n__gt=1).exists()
    assert all(b.start <= clock.now() + timedelta(seconds=30) for b in stays)
