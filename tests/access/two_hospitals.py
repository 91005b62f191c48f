"""Two hospitals of one database, each with somebody in a bed, for the tests of the second wall."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from yipan.base.access import SYSTEM, Actor, Role
from yipan.base.access.wall import Wall
from yipan.base.network.models import Site
from yipan.base.patients.actions import register
from yipan.base.patients.models import Patient
from yipan.interop.models import InboundMessage, OutboundMessage, Receiver, Source
from yipan.lines.appointments.models import Appointment
from yipan.lines.beds.models import FollowUpCall, WardNotice
from yipan.lines.beds.tests.busy import ask, lie
from yipan.lines.dispatch.models import Handover, Transport
from yipan.lines.exams.models import Decision, ExamItem, Result
from yipan.planning.models import Proposal, Run
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Booking, Request
from yipan.spine.testing import NOON, SmallNetwork, small_network

DAY = timedelta(days=1)


@dataclass
class Side:
    """One hospital: a stay with everything that hangs on it, a request that waits, and a message."""

    network: SmallNetwork
    stay: Booking
    waiting: Request
    message: InboundMessage

    @property
    def patient(self) -> Patient:
        assert self.stay.patient is not None
        return self.stay.patient

    def actor(self, *roles: Role) -> Actor:
        return self.network.actor(*roles)


def side(name: str) -> Side:
    network = small_network(wards={"neurology": 2, "neurosurgery": 2})
    asked = ask(network, name=name)
    stay = lie(network, network.beds["neurosurgery"][0], asked, since=NOON - DAY, until=NOON + DAY)
    WardNotice.objects.create(
        key=f"incoming:{stay.id}",
        ward=network.wards["neurosurgery"],
        kind="incoming",
        booking=stay,
        created_at=NOON,
    )
    FollowUpCall.objects.create(booking=stay, due_on=date(2026, 3, 4))
    register(actor=SYSTEM, name=f"{name}甲", sex="male", birth_date=date(1950, 1, 1), identifiers=())
    source = Source.objects.create(application="HIS", facility=network.site.code, organisation=network.organisation)
    message = InboundMessage.objects.create(
        received_at=NOON, peer="test", source=source, digest=network.site.code, raw=b"MSH|"
    )
    receiver = Receiver.objects.create(name=name, organisation=network.organisation, host="h", port=1)
    OutboundMessage.objects.create(receiver=receiver, control_id="C", kind="ORU^R01", raw=b"MSH|", created_at=NOON)
    waiting = ask(network)
    run = Run.objects.create(organisation=network.organisation, created_at=NOON, created_by="tester")
    times = {"start": NOON + DAY, "end": NOON + 3 * DAY}
    bed = network.beds["neurology"][0]
    Proposal.objects.create(run=run, kind="admission", request=waiting, bed=bed, tier="own", score=50, **times)
    _examined(network, stay)
    _asked_for(network, stay)
    return Side(network, stay, waiting, message)


def _examined(network: SmallNetwork, stay: Booking) -> None:
    """A result of the patient in the bed, and that somebody recognised it."""
    item, _ = ExamItem.objects.get_or_create(code="K", defaults={"name": "血钾", "category": "laboratory"})
    person = {"patient": stay.patient, "item": item, "site": network.site}
    told = {"source": "LIS", "report": f"R-{network.site.code}", "key": "K", "name": "血钾", "status": "F"}
    result = Result.objects.create(performed_at=NOON, stored_at=NOON, **person, **told)
    home = network.departments["neurology"]
    sums = {"price": 12, "dose": 0.0, "decided_at": NOON, "decided_by": "test"}
    Decision.objects.create(result=result, department=home, recognised=True, **person, **sums)


def _asked_for(network: SmallNetwork, stay: Booking) -> None:
    """What clinics and ambulances write about a request, beside the stay's."""
    specialty = network.departments["neurology"].specialty
    Appointment.objects.create(request=stay.request, specialty=specialty, reason="dizzy")
    code = f"{network.site.code}-T"
    town = Site.objects.create(code=code, organisation=network.organisation, name="镇")
    ride = Transport.objects.create(request=stay.request, from_site=town, to_site=network.site, condition="dizzy")
    Handover.objects.create(transport=ride, at=NOON, received_by="a doctor", given_by="a crew")


def abroad(home: Side, host: Side) -> Booking:
    """A patient of one hospital, in a bed of the other."""
    claim = Claim(host.network.beds["neurology"][0].id, ask(home.network), NOON - DAY, NOON + DAY)
    return booking.occupy(claim=claim, by=SYSTEM, at=NOON - DAY)


@contextmanager
def behind(actor: Actor) -> Iterator[None]:
    """What a page does for this actor, without the page."""
    with Wall(lambda: actor).standing():
        yield


@contextmanager
def without_policies(table: str) -> Iterator[None]:
    """The table as it would be if nobody had thought of the second wall."""
    rows("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be altered
    rows(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    yield
    rows(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.fetchall() if cursor.description else []
