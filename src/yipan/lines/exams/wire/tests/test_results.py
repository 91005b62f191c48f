"""Results that laboratories send."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from yipan.base import unit
from yipan.codecs.hl7v2 import parse
from yipan.codecs.hl7v2.results import result_event
from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams.models import CriticalRule, CriticalValue, ExamOrder, RecognitionArea, Result
from yipan.lines.exams.wire import take_results
from yipan.lines.exams.wire.tests.hospital import ZONE, Hospital
from yipan.spine.models import Event, OutboxMessage, Request

pytestmark = pytest.mark.django_db

OBR = "OBR|1||L-9^LIS|CBC^血细胞分析^L|||20260302073000|||||||||||||||20260302081000|||{status}"
K = "OBX|1|NM|K^血钾^L^2823-3^Potassium^LN||{value}|mmol/L|3.5-5.3|H|||{status}"


@pytest.fixture
def hospital(time: FrozenClock) -> Hospital:
    return Hospital()


def rows(**where: object) -> list[Result]:
    return list(Result.objects.filter(superseded_at=None, **where).order_by("position"))


def test_a_report_is_stored(hospital: Hospital) -> None:
    """Item, value, unit, flags, times, site and mark of a report are kept; it is told to receivers once."""
    RecognitionArea.objects.create(name="云南省", scope="province")
    more = ("OBX|2|ST|CMT^备注^L||溶血轻微||||||F", "NTE|1||互认标识：云南省HR")
    told = hospital.send("ORU^R01", OBR.format(status="F"), K.format(value="5.90", status="F"), *more)
    assert told.code == "result_stored"
    potassium, remark = rows()
    assert (potassium.item, potassium.analyte) == (hospital.count_, hospital.potassium)
    assert (potassium.value, potassium.unit, potassium.flags, potassium.status) == (Decimal("5.9"), "mmol/L", "H", "F")
    assert (potassium.loinc, potassium.code, potassium.reference_range) == ("2823-3", "K", "3.5-5.3")
    assert potassium.performed_at == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert potassium.reported_at == datetime(2026, 3, 2, 0, 10, tzinfo=UTC)
    assert (remark.text, remark.value) == ("溶血轻微", None)
    assert {(r.mark_scope, r.mark_area) for r in rows()} == {("province", "云南省")}
    assert {r.patient_id for r in rows()} == {told.patient_id}
    assert len(OutboxMessage.objects.get(topic="hl7.out").key) <= 20
    assert Event.objects.get(kind="result.stored").patient_id == told.patient_id


def test_told_twice_is_told_once(hospital: Hospital) -> None:
    """The same report again stores nothing, writes no event and is told to nobody."""
    message = (OBR.format(status="F"), K.format(value="5.9", status="F"))
    hospital.send("ORU^R01", *message)
    assert hospital.send("ORU^R01", *message).code == "already_so"
    counts = (Result.objects.count(), OutboxMessage.objects.count(), Event.objects.filter(kind__startswith="result"))
    assert (*counts[:2], counts[2].count()) == (1, 1, 1)


def test_a_correction_keeps_what_it_replaces(hospital: Hospital) -> None:
    """Preliminary, final and corrected are a chain: one is in force, each knows the one before."""
    for status, value in (("P", "5.5"), ("F", "5.9"), ("C", "4.9")):
        hospital.send("ORU^R01", OBR.format(status=status), K.format(value=value, status=status))
    (now,) = rows()
    assert (now.status, now.value) == ("C", Decimal("4.9"))
    assert now.replaces is not None
    assert now.replaces.replaces is not None
    assert (now.replaces.status, now.replaces.replaces.status) == ("F", "P")
    assert Event.objects.filter(kind="result.corrected").count() == 2
    assert OutboxMessage.objects.filter(topic="hl7.out").count() == 2  # not the preliminary one


def test_preliminary_never_replaces_final(hospital: Hospital) -> None:
    """A preliminary value that comes late changes nothing."""
    hospital.send("ORU^R01", OBR.format(status="F"), K.format(value="5.9", status="F"))
    assert hospital.send("ORU^R01", OBR.format(status="P"), K.format(value="5.5", status="P")).code == "already_so"
    assert [r.status for r in rows()] == ["F"]


def test_a_result_answers_its_order(hospital: Hospital) -> None:
    """By the number of the ordering system, or by our accession number, the result belongs to the order."""
    hospital.send("ORM^O01", "ORC|NW|A-1", "OBR|1|||K^钾^L")
    request = Request.objects.get(line="exams")
    hospital.send("ORU^R01", "OBR|1|A-1||X^^L|||20260302073000", K.format(value="5.9", status="F"))
    number = request.exam_order.accession
    hospital.send("ORU^R01", f"OBR|1|{number}||Y^^L|||20260302073000", K.format(value="4.9", status="F"))
    assert [(r.request_id, r.item) for r in Result.objects.order_by("stored_at", "pk")] == [
        (request.pk, hospital.potassium)
    ] * 2


def test_a_critical_number_is_raised_once(hospital: Hospital) -> None:
    """A number outside a rule that answers an order opens a loop, once for each number however often it is told."""
    CriticalRule.objects.create(loinc="2823-3", name="血钾", unit="mmol/L", low=2.5, high=6.5)
    hospital.send("ORM^O01", "ORC|NW|A-1", "OBR|1|||K^钾^L")

    def told(value: str, status: str = "F") -> list[tuple[float | None, str]]:
        hospital.send("ORU^R01", "OBR|1|A-1||X^^L|||20260302073000", K.format(value=value, status=status))
        return list(CriticalValue.objects.order_by("-value").values_list("value", "raised_by"))

    assert told("6.5") == []
    assert told("7.1", "C") == told("7.1", "C") == [(7.1, "HL7 LIS")]
    assert told("7.10", "F") == [(7.1, "HL7 LIS")]
    assert [value for value, _ in told("1.9", "C")] == [7.1, 1.9]
    assert told("", "X") == told("1.9", "C")
    order = ExamOrder.objects.get()
    assert {value.order for value in CriticalValue.objects.all()} == {order}
    assert Event.objects.filter(kind="critical.raised", request_id=order.pk).count() == 2


def test_a_critical_number_without_an_order_is_raised_once(hospital: Hospital) -> None:
    """A number that names no order of ours opens a loop of its patient; the order that comes later opens no second."""
    CriticalRule.objects.create(loinc="2823-3", name="血钾", unit="mmol/L", low=2.5, high=6.5)
    local = K.replace("^2823-3^Potassium^LN", "")  # the catalogue knows what this laboratory calls K
    with unit.together():  # as a batch of messages is applied: the patient is not written yet
        for status in "FFC":
            hospital.send("ORU^R01", "OBR|1|A-1||X^^L|||20260302073000", local.format(value="7.1", status=status))
    hospital.send("ORM^O01", "ORC|NW|A-1", "OBR|1|||K^钾^L")
    hospital.send("ORU^R01", "OBR|1|A-1||X^^L|||20260302073000", local.format(value="7.1", status="F"))
    value = CriticalValue.objects.get()
    assert Result.objects.get(superseded_at=None).request is not None
    assert (value.order, value.value, value.raised_by) == (None, 7.1, "HL7 LIS")
    assert (value.organisation, value.site) == (hospital.network.organisation, hospital.network.site)
    assert Event.objects.filter(kind="critical.raised", patient_id=value.patient_id).count() == 1
    hospital.send("ORU^R01", "OBR|1|A-1||X^^L|||20260302073000", local.format(value="1.9", status="C"))
    assert CriticalValue.objects.count() == 2


def test_a_result_from_elsewhere(hospital: Hospital) -> None:
    """A performer that is no site of the network is kept by name; one that is a site by its code is that site."""
    site = hospital.network.site
    tail = "||F||||||||||||省检验中心^^^^^^^^^P1"
    hospital.send("ORU^R01", "OBR|1||1|K|||20260302", "OBX|1|NM|K||5|mmol/L|||" + tail)
    hospital.send("ORU^R01", "OBR|1||2|K|||20260302", f"OBX|1|NM|K||5|mmol/L|||||F||||{site.code}")
    hospital.send("ORU^R01", "OBR|1||3|K|||20260302", "OBX|1|NM|K||5|mmol/L|||||F")
    told = {r.report.split(":")[1]: (r.site, r.performer) for r in rows()}
    assert told == {"1": (None, "省检验中心"), "2": (site, ""), "3": (site, "")}


def test_what_is_no_result_yet(hospital: Hospital) -> None:
    """A value that is still at work is no result, and a message of such ones is ignored; nobody is made known."""
    told = hospital.send("ORU^R01", OBR.format(status="I"), "OBX|1|NM|K||||||||I")
    assert (told.code, told.ignored) == ("result_empty", True)
    assert Result.objects.count() == 0


def test_signs_and_withdrawn_values(hospital: Hospital) -> None:
    """A sign before a number is kept apart from it; a value that cannot be had is stored as such."""
    hospital.send("ORU^R01", "OBR|1||1|X|||20260302", "OBX|1|SN|TNI||<^0.01||||||F", "OBX|2|NM|GLU||||||||X")
    troponin, sugar = rows()
    assert (troponin.comparator, troponin.value) == ("<", Decimal("0.01"))
    assert (sugar.status, sugar.value, sugar.text) == ("X", None, "")


def test_a_result_without_any_time(hospital: Hospital) -> None:
    """A report that does not say when it was made is refused, and nothing is stored."""
    raw = hospital.raw("ORU^R01", "OBR|1||1|K", "OBX|1|NM|K||5||||||F").replace(b"|20260301080000|", b"||")
    with pytest.raises(InvalidInput, match="event_time_missing"):
        take_results(result_event(parse(raw), ZONE), source=hospital.sender, actor=hospital.actor)
    assert Result.objects.count() == 0
