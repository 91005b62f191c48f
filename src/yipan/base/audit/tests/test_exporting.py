"""The trail as FHIR AuditEvents."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import RequestFactory

from yipan.base import audit
from yipan.base.audit import exporting, labels, pages
from yipan.base.audit.journal import from_address
from yipan.base.audit.models import Entry
from yipan.base.audit.queries import Filter
from yipan.base.audit.tests.balp import check_balp, check_r4, role_of
from yipan.base.audit.tests.test_journal import Someone
from yipan.base.audit.tests.test_queries import Someone as Reader
from yipan.kernel import clock
from yipan.kernel.errors import Refused

pytestmark = pytest.mark.django_db

PATIENT = UUID(int=5)
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
ADDRESS = "10.1.2.3"


def written(action: str, kind: str = "person", **more: Any) -> dict[str, Any]:
    """The AuditEvent of one entry, checked against FHIR R4."""
    target = more.pop("target", ("request", "77"))
    with from_address(ADDRESS), clock.using(clock.FrozenClock(NOON)):
        audit.record(Someone(kind=kind), action, *target, path="0001.", **more)
    event = json.loads(list(exporting.lines(Reader(), Filter()))[-1])
    check_r4(event)
    return event


@pytest.mark.parametrize(
    ("action", "patient", "profile"),
    [
        ("patient.read", PATIENT, "PatientRead"),
        ("request.read", PATIENT, "PatientRead"),
        ("patient.register", PATIENT, "PatientCreate"),
        ("patient.update", PATIENT, "PatientUpdate"),
        ("row.delete", PATIENT, "PatientDelete"),
        ("row.update", None, "Update"),
        ("network.edited", None, "Update"),
        ("network.exported", None, "Read"),
        ("row.insert", None, "Create"),
        ("row.delete", None, "Delete"),
    ],
)
@pytest.mark.parametrize("kind", ["person", "interface", "system", "database"])
def test_shapes_of_balp(action: str, patient: UUID | None, profile: str, kind: str) -> None:
    """Reads and changes take the BALP profile of their kind, with everything that it requires, whoever acted."""
    event = written(action, kind, patient_id=patient, data={"why": "x", "empty": "", "changed": {"a": [1, None]}})
    assert check_balp(event) == profile


def test_lists_are_queries() -> None:
    """Looking at a list is a query, with the list as the query and the count in its description."""
    with clock.using(clock.FrozenClock(NOON)):
        audit.record_list(Someone(), "beds.ward", "W1", count=12)
    (event,) = map(json.loads, exporting.lines(Reader(), Filter()))
    check_r4(event)
    assert check_balp(event) == "Query"
    assert "count=12" in event["entity"][0]["description"]


def test_every_declared_action_has_a_shape() -> None:
    """No action that any room declares is exported in a form that FHIR R4 refuses."""
    for action, _label in labels.choices():
        event = written(action)
        if "meta" in event:
            check_balp(event)


@pytest.mark.parametrize(
    ("action", "type_", "subtype", "outcome"),
    [
        ("login", "110114", "110122", "0"),
        ("login.failed", "110114", "110122", "8"),
        ("logout", "110114", "110123", "0"),
        ("user.grant", "110113", "110136", "0"),
        ("user.password_reset", "110113", "110137", "0"),
        ("access.break_glass", "110113", "110127", "0"),
    ],
)
def test_what_balp_does_not_profile(action: str, type_: str, subtype: str, outcome: str) -> None:
    """Logins, rights and emergency overrides carry DICOM's codes and claim no profile."""
    event = written(action, target=("user", "7"))
    assert "meta" not in event
    assert (event["type"]["code"], event["subtype"][0]["code"], event["outcome"]) == (type_, subtype, outcome)


def test_who_and_from_where() -> None:
    """The person is the requestor with name and number, the machine has the network address."""
    event = written("patient.read", patient_id=PATIENT)
    client, server, user = event["agent"]
    assert client["network"] == {"address": ADDRESS, "type": "2"}
    assert server["requestor"] is False
    assert (user["name"], user["who"]["identifier"]["value"], user["requestor"]) == ("周敏", "7", True)
    assert role_of(user)[1] == "IRCP"
    assert event["entity"][0]["what"] == {"reference": f"Patient/{PATIENT}"}


def test_purpose_of_breaking_the_glass() -> None:
    """What is read under an emergency override says so, as purpose of the event and of the person's use."""
    event = written("patient.read", patient_id=PATIENT, data={"purpose": "break_glass"})
    assert check_balp(event) == "PatientRead"
    for purpose in (event["purposeOfEvent"], event["agent"][2]["purposeOfUse"]):
        assert purpose[0]["coding"][0]["code"] == "BTG"


def test_only_what_the_reader_may_see() -> None:
    """The export is cut by organisation and period like the page; who may read nothing is refused."""
    written("patient.read")
    audit.record(Someone(), "patient.read", "patient", 1, path="0002.")
    assert len(list(exporting.lines(Reader(), Filter()))) == 1
    assert list(exporting.lines(Reader(), Filter(until=NOON))) == []
    assert list(exporting.lines(Reader(), Filter(since=NOON + timedelta(seconds=1)))) == []
    with pytest.raises(Refused):
        exporting.lines(Reader(held=()), Filter())


def test_the_download_is_told() -> None:
    """Who downloads the trail leaves an entry with the filters; who may not gets nothing and leaves none."""
    written("patient.read")
    request = RequestFactory().get("/audit/export?action=patient.read")
    request.actor = Reader()  # type: ignore[attr-defined]
    response = pages.export(request)
    assert response["Content-Type"] == "application/fhir+ndjson"
    (line,) = response.streaming_content
    check_balp(json.loads(line))
    entry = Entry.objects.get(action="audit.exported")
    assert entry.data == {"filters": {"action": "patient.read"}}
    request.actor = Reader(held=())  # type: ignore[attr-defined]
    with pytest.raises(Refused):
        pages.export(request)
    assert Entry.objects.filter(action="audit.exported").count() == 1
