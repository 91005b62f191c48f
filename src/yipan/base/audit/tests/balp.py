"""What IHE BALP (1.1.3, ITI TF-3 5.7.3) and FHIR R4 require of an AuditEvent, stated apart from the builder."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import Any

DCM = "http://dicom.nema.org/resources/ontology/DCM"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
ENTITY = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
SOURCE, DESTINATION = (DCM, "110153"), (DCM, "110152")
AUTHORS = {(PARTICIPATION, code) for code in ("AUT", "INF", "CST")}  # value set DataSources
PREFIX = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."

# profile: action, subtypes, role of the client, role of the server, roles that a user may have
PROFILES = {
    "Read": ("R", {"read", "vread"}, DESTINATION, SOURCE, {(PARTICIPATION, "IRCP")}),
    "Query": ("E", {"search", "search-type", "search-system"}, SOURCE, DESTINATION, {(PARTICIPATION, "IRCP")}),
    "Create": ("C", {"create"}, SOURCE, DESTINATION, AUTHORS),
    "Update": ("U", {"update", "patch"}, SOURCE, DESTINATION, AUTHORS),
    "Delete": (
        "D",
        {"delete"},
        (DCM, "110150"),
        ("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "custodian"),
        AUTHORS,
    ),
}


def code(coding: dict[str, str]) -> tuple[str, str]:
    return coding["system"], coding["code"]


def role_of(agent: dict[str, Any]) -> tuple[str, str]:
    return code(agent["type"]["coding"][0])


def check_r4(event: dict[str, Any]) -> None:
    """FHIR R4 6.4.3: cardinalities, and the constraint sev-1 on entities."""
    assert event["resourceType"] == "AuditEvent"
    assert re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", event["id"])
    assert {"type", "recorded", "agent", "source"} <= event.keys()
    assert datetime.fromisoformat(event["recorded"]).tzinfo is not None
    assert event["outcome"] in {"0", "4", "8", "12"}
    assert "observer" in event["source"]
    for agent in event["agent"]:
        assert isinstance(agent["requestor"], bool)
        assert agent.get("network", {}).get("type", "1") in {"1", "2", "3", "4", "5"}
    for entity in event.get("entity", []):
        assert not ("name" in entity and "query" in entity)
        for detail in entity.get("detail", []):
            assert detail["type"]
            assert detail["valueString"]
    assert "" not in list(strings(event)), "FHIR has no empty strings"


def check_balp(event: dict[str, Any]) -> str:
    """The profile that the event claims, by its name, after everything that it requires was found."""
    (url,) = event["meta"]["profile"]
    assert url.startswith(PREFIX)
    name = url.removeprefix(PREFIX)
    about_patient = name.startswith("Patient")
    action, subtypes, client, server, users = PROFILES[name.removeprefix("Patient")]
    assert code(event["type"]) == ("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest")
    assert code(event["subtype"][0])[0] == "http://hl7.org/fhir/restful-interaction"
    assert code(event["subtype"][0])[1] in subtypes
    assert (event["action"], event["outcome"]) == (action, "0")
    agents = {role_of(agent): agent for agent in event["agent"]}
    assert len(agents) == len(event["agent"]) >= 2
    for role in (client, server):
        assert agents[role]["who"]
        assert agents[role]["network"]["address"]
        assert "media" not in agents[role]
    for role in agents.keys() - {client, server}:
        assert role in users
        assert agents[role]["who"]
        assert agents[role]["requestor"] is True
        assert "network" not in agents[role]
    check_entities(event, name, about_patient)
    return name


def check_entities(event: dict[str, Any], name: str, about_patient: bool) -> None:
    """5.7.3, slices of entity: patient, and data or query."""
    people = [e for e in event["entity"] if code(e["type"]) == (ENTITY, "1")]
    things = [e for e in event["entity"] if code(e["type"]) == (ENTITY, "2")]
    assert len(people) == int(about_patient)
    for person in people:
        assert code(person["role"]) == (ROLE, "1")
        assert person["what"]["reference"].startswith("Patient/")
    (thing,) = things
    if name.endswith("Query"):
        assert code(thing["role"]) == (ROLE, "24")
        assert base64.b64decode(thing["query"], validate=True)
        assert not thing.keys() & {"what", "lifecycle", "detail"}
        return
    assert code(thing["role"]) in {(ROLE, "4"), (ROLE, "3"), (ROLE, "20")}  # value set RestObjectRoles
    assert thing["what"]
    if name.endswith("Delete"):
        assert not thing.keys() & {"lifecycle", "name", "query", "detail"}


def strings(value: Any) -> Any:
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value
