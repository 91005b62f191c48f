"""Many messages in one transaction do what they would do one by one."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from yipan.base import unit
from yipan.base.network.models import Specialty
from yipan.base.patients.models import Patient
from yipan.interop import batches
from yipan.interop.inbound import apply_pending
from yipan.interop.models import InboundMessage
from yipan.interop.tests.his import His, outcome
from yipan.interop.tests.test_sequences import STEPS, _tell
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.beds.models import AdmissionRequest, Placement
from yipan.lines.beds.wire import people
from yipan.spine.models import Booking, Event, Request
from yipan.spine.testing import NOON, small_network

_numbers = itertools.count(1)


def transactions(queries: CaptureQueriesContext) -> int:
    """How many batches were begun: each asks whose turn it is."""
    return sum("pg_try_advisory_xact_lock" in q["sql"] for q in queries)


def outcomes() -> list[str]:
    return [outcome(message) for message in InboundMessage.objects.order_by("id")]


def test_one_transaction_for_many_messages(his: His):
    """What came together from several patients is applied in one transaction, with fewer statements than messages."""
    beds = his.network.beds["neurology"]
    his.say("A28", "P9")  # what is asked once for each version of the network
    for n, bed in enumerate(beds):
        his.tell("A28", f"P{n}")
        his.tell("A01", f"P{n}", bed)
        his.tell("A08", f"P{n}", bed)
        his.tell("A08", f"P{n}", bed)
    with CaptureQueriesContext(connection) as asked:
        assert apply_pending() == 16
    assert transactions(asked) == 2  # the second finds nothing left
    assert len(asked) < 48, "a batch of sixteen costs what three messages cost"
    assert outcomes()[1:] == ["applied: person_told", "applied: admitted", "applied: updated", "applied: updated"] * 4


def test_a_message_that_changes_nothing_costs_no_statement_of_its_own(his: His):
    """Twice as many updates that say nothing new cost not one statement more."""
    bed = his.network.beds["neurology"][0]
    his.say("A01", "P1", bed)
    counts = []
    for repeated in (5, 10):
        for _ in range(repeated):
            his.tell("A08", "P1", bed)
        with CaptureQueriesContext(connection) as asked:
            apply_pending()
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_bad_message_in_the_middle(his: His):
    """One that is refused after it wrote is parked with its reason and leaves nothing; those around it are applied."""
    one, other = his.network.beds["neurology"][:2]
    his.tell("A01", "P1", one)
    his.tell("A01", "P2", one)  # registers the patient before it finds the bed occupied
    his.tell("A01", "P3", other)
    apply_pending()
    assert outcomes() == ["applied: admitted", "waiting: bed_occupied", "applied: admitted"]
    assert sorted(p.name for p in Patient.objects.all()) == ["张伟", "李建国"]
    assert InboundMessage.objects.get(state="waiting").retry_at is not None


def test_a_message_that_is_refused_before_it_wrote_disturbs_nobody(his: His):
    """The batch goes on in the same transaction."""
    his.tell("A28", "P1")
    his.tell("A03", "P2")
    his.tell("A28", "P3")
    with CaptureQueriesContext(connection) as asked:
        apply_pending()
    assert transactions(asked) == 2
    assert outcomes() == ["applied: person_told", "waiting: patient_not_known", "applied: person_told"]


def test_a_row_that_the_database_refuses(his: His, monkeypatch: pytest.MonkeyPatch):
    """When the database refuses the whole batch, the one to blame is found, and the others are applied."""
    real = people.tell_person

    def broken(event: Any, **more: Any) -> Any:
        told = real(event, **more)
        if event.identifiers[0].id == "P3":
            unit.insert([Specialty(code="x" * 1000, name="x", name_en="x")])
        return told

    monkeypatch.setitem(people_handlers(), "ADT^A28", broken)
    for n in range(1, 6):
        his.tell("A28", f"P{n}")
    assert apply_pending() == 5
    told = "applied: person_told"
    assert outcomes() == [told, told, "waiting: internal", told, told]
    assert Patient.objects.count() == 4


def people_handlers() -> dict[str, Any]:
    from yipan.lines.beds.wire import INBOUND

    return INBOUND


def test_the_order_of_each_sender_is_kept_across_batches(db: None, time: FrozenClock, monkeypatch: pytest.MonkeyPatch):
    """Two hospitals' transfers, more than a batch holds: each patient goes the way that was told, each step once."""
    monkeypatch.setattr(batches, "BATCH", 5)
    hospitals = [His(small_network(), facility=name) for name in ("F1", "F2")]
    way = [0, 1, 2, 3, 1, 0, 3, 2]
    for step, place in enumerate(way):
        for his in hospitals:
            his.tell("A02" if step else "A01", bed=his.network.beds["neurology"][place])
    with CaptureQueriesContext(connection) as asked:
        assert apply_pending() == 16
    assert transactions(asked) > 3
    for his in hospitals:
        beds = [bed.id for bed in his.network.beds["neurology"]]
        arrivals = Event.objects.filter(patient_id=his.patient_id(), kind__in=["booking.arrived", "booking.moved"])
        assert [beds.index(e.capacity_id) for e in arrivals.order_by("id")] == way
        assert his.bed_of() == beds[way[-1]]


def test_a_batch_that_ends_early_makes_the_next_one_small(his: His, monkeypatch: pytest.MonkeyPatch):
    """Messages after which nothing that was foreseen is certain are not read a hundred at a time for one each."""
    read = []
    real = batches.task_of
    monkeypatch.setattr(batches, "task_of", lambda message, senders: read.append(message) or real(message, senders))

    def writes_past_the_unit(event: Any, **more: Any) -> Any:
        Specialty.objects.update(name="x")
        return people.tell_person(event, **more)

    monkeypatch.setitem(people_handlers(), "ADT^A28", writes_past_the_unit)
    for n in range(30):
        his.tell("A28", f"P{n}")
    assert apply_pending() == 30
    assert set(outcomes()) == {"applied: person_told"}
    assert len(read) <= 30 + 2 * 29


def test_a_woken_message_gets_its_turn_inside_a_batch(his: His):
    """A discharge that came too early is applied right after the admission, before what came later."""
    bed = his.network.beds["neurology"][0]
    his.tell("A03", "P1", bed, at=NOON - timedelta(hours=1))
    his.tell("A01", "P1", bed, at=NOON - timedelta(hours=3))
    his.tell("A01", "P2", bed, at=NOON - timedelta(minutes=10))
    apply_pending()
    assert outcomes() == ["applied: discharged", "applied: admitted", "applied: admitted"]
    assert his.bed_of("P2") == bed.id


@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(steps=st.lists(STEPS, min_size=2, max_size=24), size=st.sampled_from([2, 3, 7, 100]))
def test_batches_do_what_single_messages_do(db: None, monkeypatch: pytest.MonkeyPatch, steps: list[tuple], size: int):
    """Any sequence, applied in batches and one by one: the same answers, bookings, requests, people and events."""
    assert _after(monkeypatch, steps, size) == _after(monkeypatch, steps, 1)


def _after(patch: pytest.MonkeyPatch, steps: list[tuple], size: int) -> dict[str, Any]:
    """What there is when a hospital of its own has told these steps and all were applied so many at a time."""
    patch.setattr(batches, "BATCH", size)
    with clock.using(FrozenClock(NOON)) as time:
        his = His(small_network(wards={"neurology": 4}), facility=f"E{next(_numbers)}")
        for step in steps:
            time.advance(timedelta(minutes=7))
            _tell(his, time, *step)
        while apply_pending():
            continue
        return _state(his)


def _state(his: His) -> dict[str, Any]:
    """Everything about a hospital, in words that two hospitals share."""
    name = {bed.id: f"bed {n}" for n, bed in enumerate(his.network.beds["neurology"])}
    name |= {p.pk: f"{p.name} {p.sex}" for p in Patient.objects.all()}
    requests = Request.objects.filter(site=his.network.site).order_by("created_at", "wanted_from", "id")
    bookings = Booking.objects.filter(capacity__site=his.network.site).order_by("created_at", "id")
    name |= {r.pk: f"request {n}" for n, r in enumerate(requests)}
    labels = {b.pk: f"booking {name[b.capacity_id]} {b.purpose} {b.period}" for b in bookings}
    return {
        "messages": list(
            InboundMessage.objects.filter(source=his.source)
            .order_by("id")
            .values_list("kind", "state", "outcome", "error_code", "attempts", "retry_at", "applied_at")
        ),
        "bookings": sorted(
            (labels[b.pk], b.state, name.get(b.patient_id, ""), b.body, b.end_announced, labels.get(b.previous_id, ""))
            for b in bookings
        ),
        "requests": sorted(
            (
                name[r.patient_id],
                str(r.wanted_from),
                str(r.cancelled_at),
                r.priority,
                str(r.attending).split(":")[-1],
                r.source,
            )
            for r in requests.select_related("attending")
        ),
        "admissions": sorted(
            AdmissionRequest.objects.filter(request__in=requests).values_list(
                "visit_number", "diagnosis", "severity", "sex"
            )
        ),
        "placements": sorted((labels[p.booking_id], p.tier) for p in Placement.objects.filter(booking__in=bookings)),
        "events": [
            (e.kind, e.at, e.actor_name[:4], name.get(e.capacity_id), name.get(e.patient_id), _plain(e.data))
            for e in Event.objects.filter(site_id=his.network.site.pk).order_by("id")
        ],
    }


def _plain(data: Any) -> str:
    """Without identifiers, which no two runs share."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[HDFE]\d+[^' ]*", "…", str(data))
