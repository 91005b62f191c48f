"""Random verbs against a small model: whatever order people and machines act in, the spine agrees with the model."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from yipan.base.access import SYSTEM
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.spine import booking, consistency
from yipan.spine.booking import Claim
from yipan.spine.models import Booking
from yipan.spine.queries import state_of
from yipan.spine.states import TAKES_TIME, Purpose, State
from yipan.spine.testing import NOON, hours, patient, request_for, small_network

KEEP = timedelta(minutes=15)
CLEAN = timedelta(minutes=30)
BED = st.integers(0, 3)
WHO = st.integers(0, 2)


class Beds(RuleBasedStateMachine):
    """The model: who is physically in each bed, and what else is under way there. Plans are checked by invariants."""

    @initialize()
    def begin(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.clock = clock.FrozenClock(NOON)
        self.using = clock.using(self.clock)
        self.using.__enter__()
        network = small_network(wards={"neurology": 4})
        self.beds = [b.id for b in network.beds["neurology"]]
        self.requests = [request_for(network, "neurology", patient()) for _ in range(3)]
        self.inside: dict[int, int] = {}  # bed → patient
        self.blocked: dict[int, str] = {}  # bed → cleaning or closed

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            self.using.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def _booking(self, who: int, *states: State) -> Booking | None:
        rows = Booking.objects.filter(request=self.requests[who], state__in=states)
        return rows.order_by("created_at", "id").last()

    def _bed_of(self, who: int) -> int | None:
        return next((b for b, w in self.inside.items() if w == who), None)

    def _claim(self, bed: int, who: int, after: timedelta = timedelta(0), length: float = 48) -> Claim:
        start = self.clock.now() + after
        return Claim(self.beds[bed], self.requests[who], start, start + hours(length))

    @rule(bed=BED, who=WHO, later=st.sampled_from([0, 1, 30]))
    def hold(self, bed: int, who: int, later: int) -> None:
        claim = self._claim(bed, who, hours(later))
        try:
            booking.hold(claims=[claim], by=SYSTEM, keep=KEEP)
        except Conflict as refusal:
            assert refusal.code in ("capacity_taken", "patient_elsewhere")
        else:
            if later == 0:
                assert bed not in self.inside
                assert bed not in self.blocked
                assert self._bed_of(who) is None

    @rule(who=WHO, verb=st.sampled_from(["confirm", "release", "no_show"]))
    def decide(self, who: int, verb: str) -> None:
        row = self._booking(who, State.HELD, State.CONFIRMED)
        if row is not None:
            try:
                getattr(booking, verb)(booking_id=row.id, by=SYSTEM)
            except Conflict as refusal:
                assert refusal.code == "booking_step"

    @rule(who=WHO)
    def arrive(self, who: int) -> None:
        row = self._booking(who, State.HELD, State.CONFIRMED)
        if row is None:
            return
        bed = self.beds.index(row.capacity_id)
        try:
            booking.arrive(booking_id=row.id, by=SYSTEM)
        except Conflict:
            assert bed in self.inside or bed in self.blocked or self._bed_of(who) is not None
        else:
            assert bed not in self.inside
            assert bed not in self.blocked
            self.inside[bed] = who

    @rule(bed=BED, who=WHO)
    def walk_in(self, bed: int, who: int) -> None:
        try:
            booking.occupy(claim=self._claim(bed, who), by=SYSTEM)
        except Conflict:
            assert bed in self.inside or self.blocked.get(bed) == "closed" or self._kept_elsewhere(who)
        else:
            assert bed not in self.inside
            assert self._bed_of(who) is None
            self.inside[bed] = who
            self.blocked.pop(bed, None)

    def _kept_elsewhere(self, who: int) -> bool:
        return self._booking(who, State.HELD, State.CONFIRMED, State.ACTIVE) is not None

    @precondition(lambda self: self.inside)
    @rule(data=st.data())
    def depart(self, data: st.DataObject) -> None:
        bed = data.draw(st.sampled_from(sorted(self.inside)))
        row = self._booking(self.inside[bed], State.ACTIVE)
        booking.depart(booking_id=row.id, by=SYSTEM, turnover_length=CLEAN)
        del self.inside[bed]
        planned = Booking.objects.filter(capacity_id=self.beds[bed], state=State.ACTIVE).get()
        self.blocked[bed] = "closed" if planned.purpose == Purpose.CLOSURE else "cleaning"

    @precondition(lambda self: self.inside)
    @rule(data=st.data(), bed=BED)
    def transfer(self, data: st.DataObject, bed: int) -> None:
        source = data.draw(st.sampled_from(sorted(self.inside)))
        who = self.inside[source]
        row = self._booking(who, State.ACTIVE)
        try:
            with transaction.atomic():
                booking.move(booking_id=row.id, claim=self._claim(bed, who), by=SYSTEM, turnover_length=CLEAN)
        except Conflict:
            assert bed in self.inside or bed in self.blocked or self._kept_elsewhere(who)
        else:
            assert bed not in self.inside
            assert bed != source
            del self.inside[source]
            self.inside[bed] = who
            self.blocked.pop(bed, None)
            self.blocked[source] = (
                "closed"
                if Booking.objects.filter(
                    capacity_id=self.beds[source], state=State.ACTIVE, purpose=Purpose.CLOSURE
                ).exists()
                else "cleaning"
            )

    @precondition(lambda self: self.inside)
    @rule(data=st.data(), after=st.sampled_from([1, 5, None]))
    def announce(self, data: st.DataObject, after: int | None) -> None:
        bed = data.draw(st.sampled_from(sorted(self.inside)))
        row = self._booking(self.inside[bed], State.ACTIVE)
        end = None if after is None else self.clock.now() + hours(after)
        try:
            booking.announce_end(booking_id=row.id, end=end, by=SYSTEM)
        except Conflict as refusal:
            assert refusal.code in ("capacity_taken", "patient_elsewhere")

    @rule(bed=BED)
    def clean(self, bed: int) -> None:
        try:
            booking.finish_turnover(capacity_id=self.beds[bed], by=SYSTEM)
        except Conflict:
            assert self.blocked.get(bed) != "cleaning"
        else:
            assert self.blocked.pop(bed) == "cleaning"

    @rule(bed=BED)
    def close(self, bed: int) -> None:
        booking.close(capacity_ids=[self.beds[bed]], until=None, reason="x", by=SYSTEM)
        if bed not in self.inside:
            self.blocked[bed] = "closed"

    @rule(bed=BED)
    def reopen(self, bed: int) -> None:
        booking.reopen(capacity_ids=[self.beds[bed]], by=SYSTEM)
        if self.blocked.get(bed) == "closed":
            del self.blocked[bed]

    @rule(minutes=st.sampled_from([5, 20, 70, 600]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))
        booking.expire_due()
        booking.extend_overruns(kind="bed", grace=hours(4))

    @invariant()
    def agrees(self) -> None:
        """Who is where is the same in the model and in the database, and nothing overlaps."""
        if not hasattr(self, "beds"):
            return
        active = {
            self.beds.index(b.capacity_id): b
            for b in Booking.objects.filter(state=State.ACTIVE, capacity_id__in=self.beds)
        }
        inside = {bed: b for bed, b in active.items() if b.purpose == Purpose.CARE}
        assert {bed: self.requests[who].patient_id for bed, who in self.inside.items()} == {
            bed: b.patient_id for bed, b in inside.items()
        }
        words = {Purpose.TURNOVER: "cleaning", Purpose.CLOSURE: "closed"}
        assert self.blocked == {bed: words[Purpose(b.purpose)] for bed, b in active.items() if bed not in inside}
        for who, request in enumerate(self.requests):
            if self._bed_of(who) is not None:
                assert state_of(request.id) == "active"
        assert _overlapping(self.beds) == 0
        assert list(consistency.bookings()) == []


def _overlapping(beds: list) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM spine_booking a JOIN spine_booking b ON a.id < b.id AND a.period && b.period"
            " AND (a.capacity_id = b.capacity_id OR a.patient_id = b.patient_id)"
            " WHERE a.state = ANY(%s) AND b.state = ANY(%s) AND a.capacity_id = ANY(%s)",
            [[str(s) for s in TAKES_TIME]] * 2 + [beds],
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_random_verbs_agree_with_a_model():
    """Any sequence of verbs leaves beds, patients and requests as a plain dictionary model says."""
    run_state_machine_as_test(
        Beds,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
