"""A begin that was told by mistake is taken back within a few minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from yipan.base.access import SYSTEM, Role
from yipan.base.access.models import Grant
from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict, Refused
from yipan.lines.exams import actions
from yipan.lines.exams.models import Technician
from yipan.lines.exams.tests.radiology import Radiology, add_technician, radiology
from yipan.lines.exams.tests.test_studies import found
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import RequestState, live_bookings, state_of
from yipan.spine.testing import NOON

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def now():
    frozen = FrozenClock(NOON)
    with clock.using(frozen):
        yield frozen


@pytest.fixture
def world() -> Radiology:
    return radiology()


def kept(request: Request) -> dict[str, Booking]:
    return {row.capacity.kind: row for row in live_bookings(request.pk).select_related("capacity")}


def test_the_wrong_patient_was_begun(world: Radiology, now: FrozenClock) -> None:
    """The one who was meant can begin at once; the other is expected again with device and technician, behind them."""
    first, second = world.scheduled(NOON), world.scheduled(NOON + 10 * MINUTE)
    now.advance(2 * MINUTE)
    actions.begin_exam(actor=world.technician(), request_id=second.pk)
    now.advance(MINUTE)
    row = actions.undo_begin(actor=world.technician(), request_id=second.pk)
    assert row is not None
    assert state_of(second.pk) == RequestState.CONFIRMED
    assert {kind: b.start for kind, b in kept(second).items()} == dict.fromkeys(("device", "technician"), row.start)
    actions.begin_exam(actor=world.technician(), request_id=first.pk)
    assert kept(first)["device"].end <= kept(second)["device"].start <= NOON + 30 * MINUTE
    told = Event.objects.filter(request_id=second.pk, kind__startswith="exam.").order_by("id")
    assert [e.kind for e in told][-2:] == ["exam.arrived", "exam.begin_undone"]


def test_begun_early_and_by_somebody_else(world: Radiology, now: FrozenClock) -> None:
    """The planned time comes back, and whoever had jumped in is free."""
    request = world.scheduled(NOON + 60 * MINUTE)
    other = add_technician(world.here, world.ct)
    actions.begin_exam(actor=world.technician(), request_id=request.pk, technician_id=other.pk)
    now.advance(4 * MINUTE)
    row = actions.undo_begin(actor=world.technician(), request_id=request.pk)
    assert row is not None
    assert (row.start, row.end) == (NOON + 60 * MINUTE, NOON + 70 * MINUTE)
    assert not Booking.objects.filter(state="active").exists()
    actions.begin_exam(actor=world.technician(), request_id=request.pk)
    actions.finish_exam(actor=world.technician(), request_id=request.pk, at=clock.now() + MINUTE)


def test_when_nothing_is_free_the_order_waits(world: Radiology) -> None:
    """Without anybody to work the device the order waits for another time, and says so by its state."""
    request = world.scheduled(NOON)
    actions.begin_exam(actor=world.technician(), request_id=request.pk)
    Technician.objects.update(in_use=False)
    assert actions.undo_begin(actor=world.technician(), request_id=request.pk) is None
    assert state_of(request.pk) == RequestState.WAITING


@pytest.mark.parametrize("why", ["exam_undo_late", "exam_undo_imaged", "exam_order_step", "role"])
def test_what_has_begun_stays_begun(world: Radiology, now: FrozenClock, why: str) -> None:
    """After five minutes, with images, before any begin, or without the right: refused, and nothing changes."""
    request = world.scheduled(NOON)
    if why != "exam_order_step":
        actions.begin_exam(actor=world.technician(), request_id=request.pk)
    if why == "exam_undo_late":
        now.advance(6 * MINUTE)
    if why == "exam_undo_imaged":
        accession = request.exam_order.accession
        actions.attach_study(actor=SYSTEM, study_id=found(uid="1.2.70").pk, accession=accession, anyway=True)
    before = list(Booking.objects.order_by("pk").values()), Event.objects.count()
    with pytest.raises(Refused if why == "role" else Conflict) as refusal:
        actions.undo_begin(actor=world.doctor if why == "role" else world.technician(), request_id=request.pk)
    assert why == "role" or refusal.value.code == why
    assert (list(Booking.objects.order_by("pk").values()), Event.objects.count()) == before


def test_the_button_is_there_for_five_minutes(world: Radiology, now: FrozenClock) -> None:
    """A running examination can be taken back on the worklist; later the button is gone, and a press is answered."""
    request = world.scheduled(NOON)
    user = User.objects.create(username="deng")
    Grant.objects.create(user=user, role=Role.TECHNICIAN, organisation=world.here.organisation)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    sheet, button = f"{reverse('exam-worklist')}?site={world.here.site.code}", reverse("exam-undo", args=[request.pk])
    actions.begin_exam(actor=world.technician(), request_id=request.pk)
    assert button in client.get(sheet).content.decode()
    answer = client.post(button, {"next": sheet}, follow=True).content.decode()
    assert "The begin is taken back; the patient is expected" in answer
    assert state_of(request.pk) == RequestState.CONFIRMED
    actions.begin_exam(actor=world.technician(), request_id=request.pk)
    now.advance(6 * MINUTE)
    assert button not in client.get(sheet).content.decode()
    assert "for five minutes only" in client.post(button, {"next": sheet}, follow=True).content.decode()
    assert state_of(request.pk) == RequestState.ACTIVE
