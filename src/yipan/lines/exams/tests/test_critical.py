"""Critical values: nothing closes without all three steps, and what is overdue climbs the ladder."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from yipan.base.access import Actor, Role
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused, YipanError
from yipan.lines.exams import actions, tasks
from yipan.lines.exams.actions.critical import Measured
from yipan.lines.exams.models import (
    CriticalEscalation,
    CriticalFinding,
    CriticalRule,
    CriticalValue,
    DepartmentHead,
    ExamOrder,
)
from yipan.lines.exams.queries import critical as query
from yipan.lines.exams.tests.readers import MINUTE, Room, room
from yipan.spine.models import Event
from yipan.spine.testing import NOON, practitioner

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Room:
    return room()


@pytest.fixture(autouse=True)
def at_noon() -> object:
    with clock.using(FrozenClock(NOON)) as still:
        yield still


def finding() -> CriticalFinding:
    return CriticalFinding.objects.get(code="pneumothorax")


def raised(here: Room, reader: Actor, **more: str) -> CriticalValue:
    row = here.reading(priority="emergency")
    return actions.raise_critical(actor=reader, order_id=row.pk, finding_id=finding().pk, **more)


def kinds(value: CriticalValue) -> list[str]:
    rows = Event.objects.filter(request_id=value.order_id, kind__startswith="critical.").order_by("id")
    return [kind.removeprefix("critical.") for kind in rows.values_list("kind", flat=True)]


def test_the_loop_closes_after_three_steps(here: Room) -> None:
    """Told by the reader, acknowledged by the ward, acted on by the doctor: each with who and when."""
    reader, nurse, doctor = here.reader("阅片人"), here.network.actor(Role.WARD_NURSE), here.network.actor(Role.DOCTOR)
    value = raised(here, reader, note="右侧,压缩 60%")
    actions.tell(actor=reader, value_id=value.pk, told_to="神经内科 何静")
    actions.acknowledge(actor=nurse, value_id=value.pk, read_back="张力性气胸,右侧")
    value = actions.act(actor=doctor, value_id=value.pk, action="胸腔闭式引流")
    assert kinds(value) == ["raised", "told", "acknowledged", "acted"]
    assert not query.open_rows(doctor, NOON)
    assert query.closed(doctor).get() == value


def test_telling_by_telephone_comes_along(here: Room) -> None:
    """A reader who has already called writes both down in one go."""
    value = raised(here, here.reader(), told_to="神经内科 彭医生")
    assert (value.told_to, kinds(value)) == ("神经内科 彭医生", ["raised", "told"])


def test_no_step_is_skipped(here: Room) -> None:
    """Acknowledging before telling, acting before acknowledging, and any step twice are refused and change nothing."""
    reader, doctor = here.reader(), here.network.actor(Role.DOCTOR)
    value = raised(here, reader)
    early = [
        lambda: actions.acknowledge(actor=doctor, value_id=value.pk, read_back="x"),
        lambda: actions.act(actor=doctor, value_id=value.pk, action="x"),
    ]
    for step in early:
        with pytest.raises(Conflict, match="critical_step"):
            step()
    actions.tell(actor=reader, value_id=value.pk, told_to="x")
    with pytest.raises(Conflict, match="critical_step"):
        actions.tell(actor=reader, value_id=value.pk, told_to="y")
    with pytest.raises(Conflict, match="critical_step"):
        early[1]()
    value.refresh_from_db()
    assert (value.told_to, value.acknowledged_at, value.acted_at) == ("x", None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"acted_at": NOON, "acted_by": "x"},
        {"acknowledged_at": NOON, "acknowledged_by": "x"},
        {"told_at": NOON, "told_by": "x", "told_to": ""},
    ],
)
def test_the_database_knows_the_order_too(here: Room, changes: dict) -> None:
    """A row that says a later step without the earlier one is refused by PostgreSQL itself."""
    value = raised(here, here.reader())
    with pytest.raises(IntegrityError), transaction.atomic():
        CriticalValue.objects.filter(pk=value.pk).update(**changes)


def test_empty_words_close_nothing(here: Room) -> None:
    """A read-back or an action without words is refused."""
    reader, doctor = here.reader(), here.network.actor(Role.DOCTOR)
    value = raised(here, reader, told_to="x")
    with pytest.raises(InvalidInput):
        actions.acknowledge(actor=doctor, value_id=value.pk, read_back="  ")
    value.refresh_from_db()
    assert value.acknowledged_at is None


def test_raised_twice_is_one(here: Room) -> None:
    """The same finding of the same examination again is the same value, and one event."""
    reader, row = here.reader(), here.reading()
    first = actions.raise_critical(actor=reader, order_id=row.pk, finding_id=finding().pk)
    assert actions.raise_critical(actor=reader, order_id=row.pk, finding_id=finding().pk) == first
    assert kinds(first) == ["raised"]


@pytest.mark.parametrize(
    ("done", "minutes", "step"),
    [(0, (10, 15), "told"), (1, (10, 15), "acknowledged"), (2, (30, 35), "acted")],
)
def test_what_is_overdue_climbs_the_ladder(
    here: Room, at_noon: FrozenClock, done: int, minutes: tuple[int, int], step: str
) -> None:
    """Of each step: nobody is asked before its deadline, then the head, five minutes later the coordinator, once."""
    reader, doctor = here.reader(), here.network.actor(Role.DOCTOR)
    head = practitioner(here.network.departments["neurology"])
    DepartmentHead.objects.create(department=here.network.departments["neurology"], practitioner=head)
    value = raised(here, reader)
    if done > 0:
        actions.tell(actor=reader, value_id=value.pk, told_to="x")
    if done > 1:
        actions.acknowledge(actor=doctor, value_id=value.pk, read_back="x")
    first, second = minutes
    at_noon.advance(first * MINUTE - timedelta(seconds=1))
    assert tasks.escalate() == 0
    (row,) = query.open_rows(doctor, clock.now())
    assert row.asked == value.order.request.attending
    at_noon.advance(timedelta(seconds=1))
    assert tasks.escalate() == 1
    assert tasks.escalate() == 0
    (row,) = query.open_rows(doctor, clock.now())
    assert (row.asked, row.standing.overdue, query.overdue(doctor)) == (head, True, 1)
    at_noon.advance((second - first) * MINUTE)
    assert tasks.escalate() == 1
    assert tasks.escalate() == 0
    told = CriticalEscalation.objects.filter(value=value).order_by("at").values_list("step", "rung")
    assert list(told) == [(step, "head"), (step, "coordinator")]
    assert kinds(value).count("escalated") == 2


def test_a_worker_that_was_down_skips_nobody(here: Room, at_noon: FrozenClock) -> None:
    """After an hour without a worker both further rungs are told at once."""
    value = raised(here, here.reader())
    at_noon.advance(60 * MINUTE)
    assert tasks.escalate() == 2
    assert set(value.escalations.values_list("rung", flat=True)) == {"head", "coordinator"}


def test_a_step_in_time_escalates_nothing(here: Room, at_noon: FrozenClock) -> None:
    """Each step starts the clock anew."""
    reader = here.reader()
    value = raised(here, reader)
    at_noon.advance(9 * MINUTE)
    actions.tell(actor=reader, value_id=value.pk, told_to="x")
    at_noon.advance(9 * MINUTE)
    assert tasks.escalate() == 0
    assert not CriticalEscalation.objects.exists()


def test_numbers_outside_a_rule(here: Room) -> None:
    """Potassium of 7 is raised once a result, 4 is not, another unit and no number are told to a person."""
    CriticalRule.objects.create(loinc="2823-3", name="血钾", name_en="Potassium", unit="mmol/L", low=2.5, high=6.5)
    lab, order = here.network.actor(Role.TECHNICIAN), here.order("laboratory")

    def judge(value: float, unit: str = "mmol/L", result: str = "r1", loinc: str = "2823-3") -> CriticalValue | None:
        measured = Measured(loinc, value, unit, result=result)
        return actions.judge_result(actor=lab, order_id=order.pk, measured=measured)

    assert judge(4.0) is None
    assert judge(9.0, loinc="718-7") is None
    first = judge(7.0)
    assert first is not None
    assert first.value == 7.0
    assert judge(7.0) == first
    other = judge(28.0, "mg/dL", "r2")
    assert other not in (None, first)
    assert (other.value, other.note) == (None, "28 mg/dL")  # type: ignore[union-attr]
    assert judge(float("nan"), result="r3").value is None  # type: ignore[union-attr]
    assert CriticalValue.objects.count() == 3


def test_who_may(here: Room) -> None:
    """A nurse does not act, a doctor does not raise, another hospital sees nothing."""
    reader, nurse, doctor = here.reader(), here.network.actor(Role.WARD_NURSE), here.network.actor(Role.DOCTOR)
    value = raised(here, reader, told_to="x")
    actions.acknowledge(actor=nurse, value_id=value.pk, read_back="x")
    with pytest.raises(Refused):
        actions.act(actor=nurse, value_id=value.pk, action="x")
    with pytest.raises(Refused):
        actions.raise_critical(actor=doctor, order_id=value.order_id, finding_id=finding().pk)
    stranger = room().network.actor(Role.DOCTOR)
    with pytest.raises(NotFound):
        actions.act(actor=stranger, value_id=value.pk, action="x")
    value.refresh_from_db()
    assert value.acted_at is None


class Wards(RuleBasedStateMachine):
    """Anybody does anything, twice, too early, with nothing to say, while time passes; compared with a plain list."""

    here: Room
    reader: Actor
    orders: list[ExamOrder]

    def __init__(self) -> None:
        super().__init__()
        self.scope = clock.using(FrozenClock(NOON))
        self.clock = self.scope.__enter__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.expected: dict[int, int] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)
        self.scope.__exit__(None, None, None)

    @rule(which=st.integers(0, 2))
    def raise_one(self, which: int) -> None:
        actions.raise_critical(actor=self.reader, order_id=self.orders[which].pk, finding_id=finding().pk)
        self.expected.setdefault(which, 0)

    @rule(which=st.integers(0, 2), step=st.integers(0, 2), words=st.sampled_from(["", "x"]))
    def do(self, which: int, step: int, words: str) -> None:
        value = CriticalValue.objects.filter(order=self.orders[which]).first()
        if value is None:
            return
        doctor = self.here.network.actor(Role.DOCTOR)
        call = (
            lambda: actions.tell(actor=self.reader, value_id=value.pk, told_to=words),
            lambda: actions.acknowledge(actor=doctor, value_id=value.pk, read_back=words),
            lambda: actions.act(actor=doctor, value_id=value.pk, action=words),
        )[step]
        try:
            call()
        except YipanError:
            assert step != self.expected[which] or not words
        else:
            assert step == self.expected[which]
            self.expected[which] += 1

    @rule(minutes=st.integers(1, 40))
    def wait(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))  # type: ignore[attr-defined]
        tasks.escalate()

    @invariant()
    def nothing_is_lost(self) -> None:
        rows = {v.order_id: v for v in CriticalValue.objects.all()}
        assert set(rows) == {self.orders[which].pk for which in self.expected}
        for which, done in self.expected.items():
            value = rows[self.orders[which].pk]
            steps = (value.told_at, value.acknowledged_at, value.acted_at)
            assert [at is not None for at in steps] == [n < done for n in range(3)]
        open_ids = {row.value.pk for row in query.open_rows(self.reader, clock.now())}
        assert open_ids == {rows[self.orders[w].pk].pk for w, done in self.expected.items() if done < 3}


def test_no_value_is_lost_whatever_is_tried(here: Room) -> None:
    """Whatever is repeated, refused or late: each value raised is open until it was told, acknowledged and acted on."""
    from hypothesis.stateful import run_state_machine_as_test

    Wards.here, Wards.reader = here, here.reader()
    Wards.orders = [here.reading().order for _ in range(3)]
    run_state_machine_as_test(
        Wards,
        settings=settings(max_examples=12, stateful_step_count=15, suppress_health_check=list(HealthCheck)),
    )
