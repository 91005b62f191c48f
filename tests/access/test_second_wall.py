"""PostgreSQL itself keeps the rows of another hospital from a person, whatever the code of a page forgets."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.models import Model

from tests.access.two_hospitals import Side, abroad, behind, rows, side, without_policies
from yipan.base import audit
from yipan.base.access import ANONYMOUS, Role
from yipan.base.access.wall import Wall, passage
from yipan.base.audit.models import Entry
from yipan.base.patients.models import DuplicateCandidate, Identifier, Merge, Patient
from yipan.interop.models import InboundMessage, Source
from yipan.lines.beds.models import AdmissionRequest
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import present
from yipan.spine.testing import NOON, hours
from yipan.ui.outages import outage_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgres15]

CARE = {
    "spine.Request": "site",
    "spine.Booking": "capacity__site",
    "spine.Event": "site_id",
    "beds.AdmissionRequest": "request__site",
    "beds.Placement": "booking__capacity__site",
    "beds.FollowUpCall": "booking__capacity__site",
    "beds.WardNotice": "ward__site",
    "appointments.Appointment": "request__site",
    "dispatch.Transport": "request__site",
    "dispatch.Handover": "transport__request__site",
    "exams.Result": "site",
    "exams.Decision": "site",
    "interop.InboundMessage": "source__organisation__sites",
    "interop.OutboundMessage": "receiver__organisation__sites",
    "planning.Proposal": "request__site",
}
"""Tables whose rows belong to an organisation, and the way to its site."""


@pytest.fixture
def here() -> Side:
    return side("王建国")


@pytest.fixture
def there() -> Side:
    return side("赵国庆")


def keys(model: type[Model], **where: Any) -> set[Any]:
    return set(model._default_manager.filter(**where).values_list("pk", flat=True))


def in_sql(model: type[Model]) -> set[Any]:
    return {row[0] for row in rows(f"SELECT {model._meta.pk.column} FROM {model._meta.db_table}")}


@pytest.mark.parametrize("name", CARE)
def test_a_query_without_scope_shows_one_hospital_only(name: str, here: Side, there: Side) -> None:
    """ORM and plain SQL that ask for everything get the own rows; without the table's policies the others' too."""
    model = apps.get_model(name)
    own, foreign = (keys(model, **{CARE[name]: s.network.site.id}) for s in (here, there))
    assert own
    assert foreign
    person = here.actor(Role.COORDINATOR, Role.INTEGRATOR)
    with behind(person):
        assert keys(model) == in_sql(model) == own
    with without_policies(model._meta.db_table), behind(person):
        assert keys(model) == in_sql(model) == own | foreign


def test_whoever_may_do_nothing_sees_nothing(here: Side) -> None:
    """Somebody not signed in, and somebody without a role, get no row of any guarded table."""
    audit.record(ANONYMOUS, "login.failed", "user", "x")
    for actor in (ANONYMOUS, here.actor()):
        with behind(actor):
            for model in (*map(apps.get_model, CARE), Patient, Identifier, Entry):
                assert keys(model) == set(), model


def test_the_whole_network_sees_the_whole_network(here: Side, there: Side) -> None:
    """A grant at the root of the network opens every row, as the scope of the actor says."""
    both = here.actor(Role.COORDINATOR).grants + there.actor(Role.COORDINATOR).grants
    with behind(type(here.actor())(user_id=None, name="both", grants=both)):
        assert keys(Booking) == {here.stay.id, there.stay.id}
    with behind(type(here.actor())(user_id=None, name="all", grants=((Role.MANAGER, "", None),))):
        assert keys(Booking) == {here.stay.id, there.stay.id}


def test_foreign_rows_cannot_be_changed_or_removed(here: Side, there: Side) -> None:
    """Changes without scope touch the own rows only, and nobody removes what happened to a patient."""
    with behind(here.actor(Role.COORDINATOR)):
        assert AdmissionRequest.objects.update(note="seen") == 2
        assert Booking.objects.filter(pk=there.stay.pk).update(end_announced=True) == 0
        assert rows("DELETE FROM spine_booking RETURNING id") == []
        assert rows("DELETE FROM spine_request RETURNING id") == []
    there.stay.refresh_from_db()
    assert not there.stay.end_announced
    assert AdmissionRequest.objects.exclude(note="seen").count() == 2


def test_a_foreign_bed_cannot_be_booked(here: Side, there: Side) -> None:
    """An action that forgot to ask whose bed it is fails, also for the own patient; nothing is booked."""
    claim = Claim(there.network.beds["neurology"][0].id, here.waiting, NOON, NOON + hours(5))
    with behind(here.actor(Role.COORDINATOR)), pytest.raises(ProgrammingError, match="row-level security"):
        booking.hold(claims=[claim], by=here.actor(Role.COORDINATOR), keep=hours(1), at=NOON)
    assert keys(Booking) == {here.stay.id, there.stay.id}


def test_nothing_is_written_in_the_name_of_another_hospital(here: Side, there: Side) -> None:
    """A request and an event at a foreign site are refused."""
    home, told = here.network.departments["neurology"], Event.objects.count()
    times = {"wanted_from": NOON, "created_at": NOON}
    foreign = Request(line="beds", patient=here.patient, site=home.site, home_department=home, created_by="x", **times)
    event = Event(kind="x", line="beds", at=NOON, recorded_at=NOON, site_id=home.site_id)
    for row in (foreign, event):
        with behind(there.actor(Role.COORDINATOR)), pytest.raises(ProgrammingError, match="row-level security"):
            with transaction.atomic():
                row.save(force_insert=True)
    assert (Request.objects.count(), Event.objects.count()) == (4, told)


def test_a_patient_abroad_is_seen_by_both_hospitals(here: Side, there: Side) -> None:
    """The hospital that asked and the one that has the bed see the stay, the request, its details and events."""
    stay = abroad(here, there)
    for actor in (here.actor(Role.WARD_NURSE), there.actor(Role.WARD_NURSE)):
        with behind(actor):
            assert stay.pk in keys(Booking)
            assert stay.request_id in keys(Request)
            assert stay.request_id in keys(AdmissionRequest)
            assert Event.objects.filter(booking_id=stay.pk, kind="booking.arrived").exists()
    with behind(side("钱学文").actor(Role.WARD_NURSE)):
        assert stay.pk not in keys(Booking)


def test_identities_are_for_those_who_look_for_patients(here: Side, there: Side) -> None:
    """`patients.view` anywhere opens every identity; a manager sees the patients of the own board only, no number."""
    everybody, own = keys(Patient), keys(Patient, requests__site=here.network.site)
    assert own < everybody
    Identifier.objects.create(patient=here.patient, system="X", value="1", created_at=NOON)
    with behind(here.actor(Role.DOCTOR)):
        assert keys(Patient) == everybody
        assert len(keys(Identifier)) == 1
    with behind(here.actor(Role.MANAGER)):
        assert keys(Patient) == own
        assert [keys(m) for m in (Identifier, DuplicateCandidate, Merge)] == [set()] * 3
        assert Patient.objects.update(name="1") == 0


def test_the_search_of_patients_keeps_its_indexes(here: Side) -> None:
    """Whoever may see all identities searches as quickly as without the wall: the policy is plainly true."""
    sql = "SELECT id FROM patients_patient WHERE pinyin LIKE 'wang%'"
    with behind(here.actor(Role.DOCTOR)):
        rows("SET LOCAL enable_seqscan = off")
        assert "Index Cond" in str(rows("EXPLAIN " + sql))
    with behind(here.actor(Role.MANAGER)):
        assert "Index Cond: ((pinyin" not in str(rows("EXPLAIN " + sql))


def test_messages_of_unknown_senders_are_for_every_integrator(here: Side, there: Side) -> None:
    """A message of a sender without an organisation is seen by whoever looks after messages, as in the queue."""
    source = Source.objects.create(application="NEW", facility="X")
    new = InboundMessage.objects.create(received_at=NOON, peer="x", source=source, digest="x", raw=b"MSH|")
    with behind(here.actor(Role.INTEGRATOR)):
        assert keys(InboundMessage) == {here.message.pk, new.pk}
    with behind(here.actor(Role.COORDINATOR)):
        assert keys(InboundMessage) == set()


def test_the_journal_is_read_where_it_is_shown_and_written_by_everybody(here: Side, there: Side) -> None:
    """Acts of anybody are recorded; administrators read those of their organisations; nobody writes past `record`."""
    nurse = here.actor(Role.WARD_NURSE)
    with behind(nurse):
        audit.record(nurse, "bed.read", "bed", "1", path=here.network.organisation.path)
        audit.record(nurse, "bed.read", "bed", "2", path=there.network.organisation.path)
        assert keys(Entry) == set()
    with behind(here.actor(Role.ADMINISTRATOR)):
        assert list(Entry.objects.filter(action="bed.read").values_list("object_id", flat=True)) == ["1"]
    with behind(here.actor(Role.ADMINISTRATOR)), pytest.raises(ProgrammingError, match="row-level security"):
        Entry.objects.create(at=NOON, actor_kind="person", actor_name="x", action="x", object_type="x", object_id="1")


def test_a_body_is_found_wherever_it_lies(here: Side, there: Side) -> None:
    """Placement asks the whole network where a patient is, so that nobody lies in two hospitals."""
    with behind(there.actor(Role.COORDINATOR)):
        assert Booking.objects.filter(pk=here.stay.pk).first() is None
        assert present(patient_id=here.patient.pk).booking_id == here.stay.pk
        assert Booking.objects.filter(pk=here.stay.pk).first() is None


def test_an_arrival_ends_the_stay_in_another_hospital(here: Side, there: Side) -> None:
    """Who takes a patient over writes the departure and the cleaning of the bed that was left, and sees neither."""
    request = here.stay.request
    assert request is not None
    claim = Claim(there.network.beds["neurology"][0].id, request, NOON, NOON + hours(40), previous_id=here.stay.pk)
    root = type(here.actor())(user_id=None, name="root", grants=((Role.COORDINATOR, "", None),))
    (held,) = booking.hold(claims=[claim], by=root, keep=hours(1), at=NOON)
    nurse = there.actor(Role.WARD_NURSE)
    with behind(nurse):
        booking.arrive(booking_id=held.pk, by=nurse, turnover_length=hours(1), at=NOON)
        assert Booking.objects.filter(capacity_id=here.stay.capacity_id, purpose="turnover").count() == 0
    left = Booking.objects.filter(capacity_id=here.stay.capacity_id).order_by("period")
    assert list(left.values_list("state", "purpose")) == [("done", "care"), ("active", "turnover")]


def test_the_wall_stands_again_after_savepoints_and_passages(here: Side, there: Side) -> None:
    """However errors and passages nest in transactions, what follows is behind the wall, and what is after is not."""
    with behind(here.actor(Role.COORDINATOR)):
        with transaction.atomic():
            sure = transaction.savepoint()
            present(patient_id=there.patient.pk)
            transaction.savepoint_rollback(sure)
            assert keys(Booking) == {here.stay.pk}
            with pytest.raises(ProgrammingError), transaction.atomic():
                rows("SELECT nothing")
            assert keys(Booking) == {here.stay.pk}
        assert keys(Booking) == {here.stay.pk}
    assert keys(Booking) == {here.stay.pk, there.stay.pk}


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_breaks_at_the_wall_is_an_outage() -> None:
    """Nobody is left to give the error a code; it is still told as "the database is away", and a page answers 503."""

    def lose_it() -> None:
        with Wall(lambda: ANONYMOUS).standing(), transaction.atomic():
            rows("SELECT 1")
            with passage("beds.placement"), socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)

    try:
        with pytest.raises(OperationalError) as caught:
            lose_it()
    finally:
        connection.close()
    outage = outage_of(caught.value)
    assert outage is not None
    assert outage.code == "database_away"
