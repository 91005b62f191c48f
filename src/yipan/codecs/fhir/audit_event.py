"""AuditEvent (FHIR R4 6.4) in the shapes of IHE Basic Audit Log Patterns (BALP 1.1.3, ITI TF-3 5.7.3).

What BALP profiles are RESTful activities: reading a page counts as a read, looking at a list as a query. What it does
not profile (login, rights, emergency override) follows FHIR's own AuditEvent with DICOM codes (PS3.16 CID 400 to 403).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
DCM = "http://dicom.nema.org/resources/ontology/DCM"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
INTERACTION = "http://hl7.org/fhir/restful-interaction"

Json = dict[str, Any]


def coding(system: str, code: str, display: str) -> Json:
    return {"system": system, "code": code, "display": display}


SOURCE_ROLE = coding(DCM, "110153", "Source Role ID")
DESTINATION_ROLE = coding(DCM, "110152", "Destination Role ID")
APPLICATION = coding(DCM, "110150", "Application")
CUSTODIAN = coding(TERMINOLOGY + "provenance-participant-type", "custodian", "Custodian")
RECIPIENT = coding(TERMINOLOGY + "v3-ParticipationType", "IRCP", "information recipient")
AUTHOR = coding(TERMINOLOGY + "v3-ParticipationType", "AUT", "author (originator)")
HUMAN = coding(TERMINOLOGY + "extra-security-role-type", "humanuser", "human user")
REST = coding(TERMINOLOGY + "audit-event-type", "rest", "Restful Operation")
AUTHENTICATION = coding(DCM, "110114", "User Authentication")
SECURITY_ALERT = coding(DCM, "110113", "Security Alert")
BREAK_THE_GLASS = coding(TERMINOLOGY + "v3-ActReason", "BTG", "break the glass")


@dataclass(frozen=True, slots=True)
class Pattern:
    """What the kinds of event differ in. `balp` names the profile, "" where BALP has none."""

    type: Json
    subtype: Json
    action: str
    balp: str = ""
    client: Json = field(default_factory=lambda: SOURCE_ROLE)
    server: Json = field(default_factory=lambda: DESTINATION_ROLE)
    user: Json = field(default_factory=lambda: HUMAN)


def _rest(code: str, action: str, profile: str, user: Json, **roles: Json) -> Pattern:
    return Pattern(REST, coding(INTERACTION, code, code), action, profile, user=user, **roles)


class Shape(Enum):
    """The kinds of event."""

    READ = _rest("read", "R", "Read", RECIPIENT, client=DESTINATION_ROLE, server=SOURCE_ROLE)
    QUERY = _rest("search", "E", "Query", RECIPIENT)
    CREATE = _rest("create", "C", "Create", AUTHOR)
    UPDATE = _rest("update", "U", "Update", AUTHOR)
    DELETE = _rest("delete", "D", "Delete", AUTHOR, client=APPLICATION, server=CUSTODIAN)
    LOGIN = Pattern(AUTHENTICATION, coding(DCM, "110122", "Login"), "E")
    LOGOUT = Pattern(AUTHENTICATION, coding(DCM, "110123", "Logout"), "E")
    ROLES_CHANGED = Pattern(SECURITY_ALERT, coding(DCM, "110136", "Security Roles Changed"), "E")
    USER_CHANGED = Pattern(SECURITY_ALERT, coding(DCM, "110137", "User security Attributes Changed"), "E")
    OVERRIDE = Pattern(SECURITY_ALERT, coding(DCM, "110127", "Emergency Override Started"), "E")


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. `user` is empty when a program acted for nobody; `client` and `server` name machines or programs.

    `address` is the client's network address, "" when not known. `target` is (type, identifier) of what was touched;
    a target of type "patient" and `patient` are logical identifiers of Patient resources. `details` become strings.
    """

    id: str
    recorded: datetime
    shape: Shape
    client: str
    server: str
    target: tuple[str, str]
    user: str = ""
    user_id: str = ""
    address: str = ""
    patient: str = ""
    emergency: bool = False
    failed: bool = False
    details: dict[str, str] = field(default_factory=dict)


def build(event: Event) -> Json:
    """The resource. Empty elements are left out, as FHIR wants it."""
    pattern = event.shape.value
    found: Json = {
        "resourceType": "AuditEvent",
        "id": event.id,
        "meta": {"profile": [_profile(event)]},
        "type": pattern.type,
        "subtype": [pattern.subtype],
        "action": pattern.action,
        "recorded": event.recorded.isoformat(),
        "outcome": "8" if event.failed else "0",
        "purposeOfEvent": [{"coding": [BREAK_THE_GLASS]}] if event.emergency else [],
        "agent": list(_agents(event)),
        "source": {
            "site": event.server,
            "observer": {"identifier": {"value": event.server}, "display": "Yipan"},
            "type": [coding(TERMINOLOGY + "security-source-type", "4", "Application Server")],
        },
        "entity": list(_entities(event)),
    }
    if not pattern.balp or event.failed:
        del found["meta"]
    return {name: value for name, value in found.items() if value != []}


def _profile(event: Event) -> str:
    return BALP + ("Patient" if event.patient else "") + event.shape.value.balp


def _agents(event: Event) -> Any:
    pattern = event.shape.value
    yield {
        "type": {"coding": [pattern.client]},
        "who": {"identifier": {"value": event.client}},
        "requestor": not event.user,
        "network": _network(event.address or event.client, is_address=bool(event.address)),
    }
    yield {
        "type": {"coding": [pattern.server]},
        "who": {"identifier": {"value": event.server}},
        "requestor": False,
        "network": _network(event.server, is_address=False),
    }
    if event.user:
        who: Json = {"display": event.user}
        if event.user_id:
            who["identifier"] = {"system": "urn:yipan:user", "value": event.user_id}
        user: Json = {"type": {"coding": [pattern.user]}, "who": who, "name": event.user, "requestor": True}
        if event.emergency:
            user["purposeOfUse"] = [{"coding": [BREAK_THE_GLASS]}]
        yield user


def _network(address: str, *, is_address: bool) -> Json:
    """A machine's name (network type 1) or its IP address (2)."""
    return {"address": address, "type": "2" if is_address else "1"}


def _entities(event: Event) -> Any:
    if event.patient:
        yield {
            "what": {"reference": f"Patient/{event.patient}"},
            "type": coding(TERMINOLOGY + "audit-entity-type", "1", "Person"),
            "role": coding(TERMINOLOGY + "object-role", "1", "Patient"),
        }
    kind, number = event.target
    thing = {"type": coding(TERMINOLOGY + "audit-entity-type", "2", "System Object")}
    if event.shape is Shape.QUERY:
        text = f"{kind}?{number}"
        role = coding(TERMINOLOGY + "object-role", "24", "Query")
        said = " ".join([text, *(f"{name}={value}" for name, value in event.details.items())])
        yield thing | {"role": role, "description": said, "query": base64.b64encode(text.encode()).decode()}
        return
    identifier = {"identifier": {"system": f"urn:yipan:{kind}", "value": number or "-"}}
    what = {"reference": f"Patient/{number}"} if kind == "patient" else identifier
    entity: Json = thing | {"what": what, "role": coding(TERMINOLOGY + "object-role", "4", "Domain Resource")}
    if event.details and event.shape is not Shape.DELETE:  # BALP allows a deletion no detail
        entity["detail"] = [{"type": name, "valueString": value} for name, value in event.details.items()]
    yield entity
