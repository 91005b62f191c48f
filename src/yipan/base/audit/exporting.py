"""The trail as FHIR AuditEvents in the shapes of IHE BALP, one JSON object a line (NDJSON)."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from typing import Any

from yipan.base.audit import queries
from yipan.base.audit.models import Entry
from yipan.codecs.fhir.audit_event import Event, Shape, build

SHAPES = {
    "login": Shape.LOGIN,
    "login.failed": Shape.LOGIN,
    "logout": Shape.LOGOUT,
    "list.read": Shape.QUERY,
    "user.grant": Shape.ROLES_CHANGED,
    "user.revoke": Shape.ROLES_CHANGED,
    "user.create": Shape.USER_CHANGED,
    "user.activate": Shape.USER_CHANGED,
    "user.deactivate": Shape.USER_CHANGED,
}
ENDINGS = {
    "read": Shape.READ,
    "exported": Shape.READ,
    "register": Shape.CREATE,
    "create": Shape.CREATE,
    "insert": Shape.CREATE,
    "delete": Shape.DELETE,
    "truncate": Shape.DELETE,
}
"""What the last word of an action means; everything else is a change."""

OVERRIDE = "break_glass"
"""Stands in the action of an emergency override, or as `purpose` in the data of an entry made under it."""


def lines(reader: queries.Reader, wanted: queries.Filter) -> Iterator[str]:
    """Oldest first, as far as the reader may read the trail. Raises Refused at once when that is nothing."""
    rows = queries.stream(reader, wanted)
    server = platform.node()
    return (json.dumps(build(event(entry, server)), ensure_ascii=False) + "\n" for entry in rows)


def event(entry: Entry, server: str) -> Event:
    """What an entry says, for the codec."""
    person = entry.actor_kind in ("person", "database")
    return Event(
        id=f"yipan-audit-{entry.pk}",
        recorded=entry.at,
        shape=shape(entry.action),
        client=str(entry.data.get("application") or "browser") if person else entry.actor_name or entry.actor_kind,
        server=server,
        target=(entry.object_type, entry.object_id),
        user=entry.actor_name if person else "",
        user_id=str(entry.actor_user_id or "") if person else "",
        address=entry.address or "",
        patient=str(entry.patient_id or ""),
        emergency=OVERRIDE in entry.action or entry.data.get("purpose") == OVERRIDE,
        failed=entry.action.endswith((".failed", ".refused")),
        details={"action": entry.action} | {name: _text(value) for name, value in entry.data.items() if value != ""},
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def shape(action: str) -> Shape:
    """The kind of event that an action is."""
    if action in SHAPES:
        return SHAPES[action]
    if OVERRIDE in action:
        return Shape.OVERRIDE
    if action.startswith("user."):
        return Shape.USER_CHANGED
    return ENDINGS.get(action.rpartition(".")[2], Shape.UPDATE)
