"""Orders that hospital systems send."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.exams.models import ItemCode
from yipan.lines.exams.wire.tests.hospital import Hospital
from yipan.spine.models import Event, Request
from yipan.spine.testing import NOON

pytestmark = pytest.mark.django_db
CT = "OBR|1|A-1||CT01^头颅CT^L|||||||||突发偏瘫"


@pytest.fixture
def hospital(time: FrozenClock) -> Hospital:
    return Hospital()


def orders() -> list[Request]:
    return list(Request.objects.filter(line="exams").select_related("exam_order__item").order_by("created_at"))


@pytest.mark.parametrize("kind", ["ORM^O01", "OML^O21", "OMG^O19"])
def test_an_order_is_made(hospital: Hospital, kind: str) -> None:
    """A new order becomes a request with item, number, priority, reason, time and doctor."""
    told = hospital.send(kind, "ORC|NW|A-1^HIS|||||^^^20260302140000^^S|||||D9^赵^医生", CT)
    (request,) = orders()
    order = request.exam_order
    assert (told.code, told.patient_id) == ("exam_ordered", request.patient_id)
    assert (order.item, order.placer_number, order.reason) == (hospital.ct, "A-1", "突发偏瘫")
    assert (request.priority, request.source, request.home_department) == ("emergency", "hl7", hospital.department)
    assert request.attending is not None
    assert (request.attending.name, request.patient.name) == ("赵医生", "李建国")
    assert request.wanted_from == datetime(2026, 3, 2, 6, tzinfo=UTC)


def test_told_twice_is_told_once(hospital: Hospital) -> None:
    """The same number for the same item is the same order, and another item another one."""
    both = ("ORC|NW|A-1", "OBR|1|A-1||CT01", "OBR|2|A-1||K^钾^L")
    assert hospital.send("ORM^O01", *both).code == "exam_ordered"
    assert hospital.send("ORM^O01", *both).code == "already_so"
    assert sorted(r.exam_order.item.code for r in orders()) == ["CT01", "K"]


def test_an_order_is_changed(hospital: Hospital) -> None:
    """A change replaces priority, reason and time; what it does not say stays; an event keeps what was changed."""
    hospital.send("ORM^O01", "ORC|NW|A-1", CT)
    assert hospital.send("ORM^O01", "ORC|XO|A-1|||||^^^^^S", "OBR|1|A-1||CT01").code == "exam_changed"
    assert hospital.send("ORM^O01", "ORC|XO|A-1|||||^^^^^S", "OBR|1|A-1||CT01").code == "already_so"
    (request,) = orders()
    assert (request.priority, request.exam_order.reason) == ("emergency", "突发偏瘫")
    assert Event.objects.get(kind="exam.revised").data == {"changed": ["priority"]}
    with pytest.raises(Conflict, match="exam_item_differs"):
        hospital.send("ORM^O01", "ORC|XO|A-1", "OBR|1|A-1||K^钾^L")


def test_an_order_is_withdrawn(hospital: Hospital) -> None:
    """A cancelled order is over, once; one that nobody has told yet waits for the message that makes it."""
    with pytest.raises(Conflict, match="exam_order_not_told"):
        hospital.send("ORM^O01", "ORC|CA|A-1", CT)
    hospital.send("ORM^O01", "ORC|NW|A-1", CT)
    assert hospital.send("ORM^O01", "ORC|CA|A-1", CT).code == "exam_cancelled"
    assert hospital.send("ORM^O01", "ORC|CA|A-1", CT).code == "already_so"
    assert orders()[0].cancelled_at == NOON
    with pytest.raises(Conflict, match="exam_order_step"):
        hospital.send("ORM^O01", "ORC|XO|A-1|||||^^^^^S", "OBR|1|A-1||CT01")


@pytest.mark.parametrize(
    ("segments", "code"),
    [
        (("ORC|NW", "OBR|1|||CT01"), "order_number_missing"),
        (("ORC|NW|A-1", "OBR|1|||X99^未知^L"), "exam_item_untold"),
        (("ORC|NW|A-1", "OBR|1"), "exam_item_untold"),
    ],
)
def test_what_cannot_be_ordered_says_why(hospital: Hospital, segments: tuple[str, ...], code: str) -> None:
    """An order without a number or a known item is refused with the reason, and nothing is made."""
    with pytest.raises(InvalidInput, match=code):
        hospital.send("ORM^O01", *segments)
    assert orders() == []


def test_department_nobody_mapped(hospital: Hospital) -> None:
    """An order of a department that is not known here waits for the mapping."""
    hospital.department.__class__.objects.update(code="OTHER")
    with pytest.raises(InvalidInput, match="department_untold"):
        hospital.send("ORM^O01", "ORC|NW|A-1||||||||||||||||NOWHERE", CT)
    assert orders() == []


def test_codes_of_the_sender(hospital: Hospital) -> None:
    """A local code written beside an item, LOINC, and the catalogue's own code all name the item; the nearest wins."""
    ItemCode.objects.create(item=hospital.potassium, system="", code="77")
    ItemCode.objects.create(item=hospital.ct, organisation=hospital.network.organisation, system="L", code="77")
    for number, code in enumerate(("77^x^L", "77^x^Z", "1^x^L^24725-4^x^LN", "CT01")):
        hospital.send("ORM^O01", f"ORC|NW|B-{number}", f"OBR|1|||{code}")
    assert [r.exam_order.item.code for r in orders()] == ["CT01", "K", "CT01", "CT01"]


def test_other_codes_change_nothing(hospital: Hospital) -> None:
    """A status question is ignored."""
    assert hospital.send("ORM^O01", "ORC|SC|A-1", CT).ignored
    assert orders() == []
