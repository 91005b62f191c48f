"""In which order messages take effect, what waits, and what brings it on."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected

from yipan.base.access import Role
from yipan.base.audit.models import Entry
from yipan.base.patients.models import Patient
from yipan.interop import applying, batches
from yipan.interop.inbound import apply_pending, ignore, receive, replay, replay_waiting
from yipan.interop.models import InboundMessage, LocationAlias, Source
from yipan.interop.tests.his import PEER, His, outcome
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from yipan.lines.beds.wire import people
from yipan.spine import booking
from yipan.spine.models import Booking, Event, Request
from yipan.spine.testing import NOON, small_network


def test_applied_once_in_order(his: His):
    """A whole stay told at once is applied in the order in which it came, each message once."""
    one, other = his.network.beds["neurology"][:2]
    for kind, bed in (("A05", None), ("A01", one), ("A02", other), ("A03", other)):
        his.tell(kind, bed=bed, PV1_3=his.network.wards["neurology"].code)
    assert apply_pending() == 4
    assert apply_pending() == 0
    rows = InboundMessage.objects.order_by("id").values_list("kind", "state", "outcome", "attempts")
    assert list(rows) == [
        ("ADT^A05", "applied", "waits_for_bed", 1),
        ("ADT^A01", "applied", "admitted", 1),
        ("ADT^A02", "applied", "transferred", 1),
        ("ADT^A03", "applied", "discharged", 1),
    ]
    assert {m.patient_id for m in InboundMessage.objects.all()} == {Patient.objects.get().pk}


def test_repetition_has_one_effect(his: His):
    """A message that the sender repeats after it was applied changes nothing."""
    raw = his.raw("A01", bed=his.network.beds["neurology"][0])
    for _ in range(2):
        receive(raw, PEER)
        apply_pending()
    assert Booking.objects.count() == 1
    assert InboundMessage.objects.get().attempts == 1


def test_discharge_before_admission(his: His):
    """A discharge that arrives first waits, and is applied by itself as soon as the admission was."""
    bed = his.network.beds["neurology"][0]
    late = his.say("A03", bed=bed, at=NOON - timedelta(hours=1))
    assert outcome(late) == "waiting: patient_not_known"
    first = his.say("A01", bed=bed, at=NOON - timedelta(hours=3))
    assert (outcome(first), outcome(late)) == ("applied: admitted", "applied: discharged")
    stay = Booking.objects.get(patient__isnull=False)
    assert (stay.start, stay.end) == (NOON - timedelta(hours=3), NOON - timedelta(hours=1))


def test_admission_into_a_bed_told_free_later(his: His):
    """The next patient's admission waits for the former one's discharge, and others go on meanwhile."""
    bed, elsewhere = his.network.beds["neurology"][:2]
    his.say("A01", "P1", bed)
    second = his.say("A01", "P2", bed)
    assert outcome(second) == "waiting: bed_occupied"
    assert outcome(his.say("A01", "P3", elsewhere)) == "applied: admitted"
    his.say("A03", "P1", bed, at=his.at - timedelta(seconds=30))
    assert outcome(second) == "applied: admitted"
    assert his.bed_of("P2") == bed.id


def test_later_message_overtakes_a_waiting_one(his: His, time: FrozenClock):
    """A transfer that waits is not carried out after a later one has told where the patient is."""
    beds = his.network.beds["neurology"]
    his.say("A01", "P1", beds[0])
    his.say("A01", "P2", beds[1])
    early = his.say("A02", "P1", beds[1])
    assert outcome(early) == "waiting: bed_occupied"
    his.say("A02", "P1", beds[2])
    his.say("A03", "P2", beds[1])
    apply_pending()
    assert outcome(early) == "superseded: overtaken"
    assert his.bed_of("P1") == beds[2].id


def test_waiting_for_a_page(his: His, time: FrozenClock):
    """When a person resolves the contradiction on a page, the message is applied after its pause."""
    bed = his.network.beds["neurology"][0]
    booking.close(capacity_ids=[bed.id], until=None, reason="repair", by=his.actor)
    message = his.say("A01", bed=bed)
    assert outcome(message) == "waiting: bed_closed"
    booking.reopen(capacity_ids=[bed.id], by=his.actor)
    assert apply_pending() == 0
    time.advance(applying.PAUSES[0])
    assert apply_pending() == 1
    assert outcome(message) == "applied: admitted"


def test_pauses_grow_and_end(his: His, time: FrozenClock):
    """A contradiction that lasts is tried ever more rarely, and after a day only by a person."""
    his.say("A03")
    message = InboundMessage.objects.get()
    tried = 0
    while message.retry_at is not None:
        time.advance(message.retry_at - time.now())
        apply_pending()
        message.refresh_from_db()
        tried += 1
        assert tried < 100
    assert message.received_at + applying.TRY_FOR <= time.now()
    assert 20 < tried < 40
    assert outcome(message) == "waiting: patient_not_known"


def test_mapping_errors_wait_for_a_person(his: His, time: FrozenClock):
    """An unknown location is not tried again by itself; naming the bed and trying again applies it."""
    bed = his.network.beds["neurology"][0]
    message = his.say("A01", PV1_3="8F^801^+1")
    assert (outcome(message), message.retry_at) == ("waiting: location_unknown", None)
    assert message.error_params == {"location": "8F^801^+1"}
    time.advance(timedelta(days=2))
    assert apply_pending() == 0
    LocationAlias.objects.create(source=his.source, location="8F^801^+1", bed=bed)
    assert replay_waiting(his.integrator, his.source.pk, location="8F^801^+1") == 1
    assert apply_pending() == 1
    assert outcome(message) == "applied: admitted"


def test_unmapped_sender_waits(his: His):
    """Messages of a sender without an organisation are kept and not applied."""
    Source.objects.update(organisation=None)
    message = his.say("A28")
    assert outcome(message) == "waiting: source_unmapped"
    assert not Patient.objects.exists()
    Source.objects.update(organisation=his.network.organisation)
    replay_waiting(his.integrator, his.source.pk, code="source_unmapped")
    apply_pending()
    assert outcome(message) == "applied: person_told"


def test_paused_sender(his: His):
    """Messages of a paused sender are received and applied in order once it goes on."""
    Source.objects.update(enabled=False)
    message = his.say("A28")
    assert outcome(message) == "received: "
    Source.objects.update(enabled=True)
    assert apply_pending() == 1


def test_refusal_leaves_nothing_half_done(his: His):
    """A transfer refused after facts were already written leaves none of them."""
    beds = his.network.beds["neurology"]
    his.say("A01", "P1", beds[0])
    his.say("A01", "P2", beds[1])
    before = [list(model.objects.order_by("pk").values()) for model in (Booking, Request, Event, Patient)]
    message = his.say("A02", "P1", beds[1], DG1_3="I63.9^脑梗死", PID_7="19000101")
    assert message.state == "waiting"
    assert before == [list(model.objects.order_by("pk").values()) for model in (Booking, Request, Event, Patient)]


def test_unexpected_error_waits_and_others_go_on(his: His, monkeypatch: pytest.MonkeyPatch):
    """A bug in a mapping stops one message, not the queue, and quotes no patient's data."""
    real = people.registered

    def broken(event: object, **more: object) -> object:
        if event.identifiers[0].id == "P1":  # type: ignore[attr-defined]
            raise RuntimeError("李建国")
        return real(event, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(people, "registered", broken)
    his.tell("A28", "P1")
    his.tell("A28", "P2")
    assert apply_pending() == 2
    first, second = InboundMessage.objects.order_by("id")
    assert (outcome(first), first.error_params, first.retry_at) == (
        "waiting: internal",
        {"error": "RuntimeError"},
        None,
    )
    assert outcome(second) == "applied: person_told"


def test_deadlock_is_begun_anew(his: His, monkeypatch: pytest.MonkeyPatch):
    """A transaction that lost against another is tried again at once, and only then waits for a while."""
    real, failures = applying.effects, [3]

    def unlucky(task: applying.Task) -> object:
        if failures[0]:
            failures[0] -= 1
            raise OperationalError("deadlock detected") from DeadlockDetected()
        return real(task)

    for room in (applying, batches):
        monkeypatch.setattr(room, "effects", unlucky)
    assert outcome(his.say("A28", "P1")) == "applied: person_told"
    failures[0] = 99
    message = his.say("A28", "P2")
    assert outcome(message) == "waiting: internal"
    assert message.retry_at is not None


def test_kinds_that_nobody_wants(his: His):
    """Messages of other kinds are kept and marked as not used."""
    raw = his.raw("A28").replace(b"ADT^A28", b"MDM^T02").replace(b"EVN|A28", b"EVN|T02")
    receive(raw, PEER)
    apply_pending()
    assert outcome(InboundMessage.objects.get()) == "ignored: kind_not_used"


def test_replay_and_ignore(his: His):
    """A person tries again or decides to ignore, with a reason, in the audit trail; applied messages stay applied."""
    message = his.say("A03", at=NOON)
    assert outcome(replay(his.integrator, message.pk)) == "waiting: patient_not_known"
    with pytest.raises(InvalidInput, match="ignore_reason_missing"):
        ignore(his.integrator, message.pk, "  ")
    ignore(his.integrator, message.pk, "测试患者")
    assert outcome(message).startswith("ignored")
    assert message.note == "测试患者"
    his.say("A01", bed=his.network.beds["neurology"][0])
    assert his.stay() is not None
    with pytest.raises(Conflict, match="message_step"):
        ignore(his.integrator, message.pk, "again")
    assert outcome(replay(his.integrator, message.pk)).startswith("applied: discharged")
    with pytest.raises(Conflict, match="message_step"):
        replay(his.integrator, message.pk)
    acts = Entry.objects.filter(object_type="message").order_by("id").values_list("action", flat=True)
    assert list(acts) == ["message.replay", "message.ignore", "message.replay"]


def test_other_hospitals_integrator_sees_nothing(his: His):
    """Messages belong to the organisation of their sender."""
    stranger = small_network().actor(Role.INTEGRATOR)
    message = his.say("A03")
    for act in (lambda: replay(stranger, message.pk), lambda: ignore(stranger, message.pk, "x")):
        with pytest.raises(NotFound, match="message_unknown"):
            act()
    with pytest.raises(NotFound, match="source_unknown"):
        replay_waiting(stranger, his.source.pk)
    with pytest.raises(Refused):
        replay(his.actor, message.pk)
    assert outcome(message) == "waiting: patient_not_known"


@pytest.mark.django_db(transaction=True)
def test_several_workers_keep_the_order():
    """Three workers at once apply a patient's twelve transfers in order, each once."""
    his = His(small_network())
    his.at = his.at.replace(year=2025)
    beds = his.network.beds["neurology"]
    his.tell("A01", bed=beds[0])
    for n in range(1, 13):
        his.tell("A02", bed=beds[n % 4])

    def work() -> None:
        try:
            while InboundMessage.objects.filter(state="received").exists():
                apply_pending()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = InboundMessage.objects.order_by("id").values_list("outcome", "attempts")
    assert list(rows) == [("admitted", 1)] + [("transferred", 1)] * 12
    assert his.bed_of() == beds[12 % 4].id
