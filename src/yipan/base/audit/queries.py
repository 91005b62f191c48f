"""Reading the audit trail, newest first, scoped by organisation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db.models import Q, QuerySet

from yipan.base.audit.models import Entry
from yipan.kernel.errors import Refused


class Reader(Protocol):
    """What this room needs to know of who reads: `access.Actor` is one."""

    def paths(self, verb: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show. `since`/`until` are aware instants, [since, until); empty fields do not restrict."""

    actor_name: str = ""
    action: str = ""
    patient_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


def entries(reader: Reader, wanted: Filter, *, before: int | None = None, limit: int = 100) -> list[Entry]:
    """At most `limit` entries older than entry `before`.

    Shown are entries of the reader's organisations and those that belong to none (logins, patient identities, which
    the whole network shares). Raises Refused when the reader may read none.
    """
    rows = _rows(reader, wanted)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def stream(reader: Reader, wanted: Filter) -> Iterator[Entry]:
    """All of them, oldest first, without holding them in memory. Raises Refused at once."""
    return _rows(reader, wanted).order_by("id").iterator(chunk_size=1000)


def _rows(reader: Reader, wanted: Filter) -> QuerySet[Entry]:
    paths = reader.paths("audit.view")
    if not paths:
        raise Refused("not_allowed_here", verb="audit.view")
    scope = Q(organisation_path="")
    for path in paths:
        scope |= Q(organisation_path__startswith=path)
    rows = Entry.objects.filter(scope)
    if wanted.actor_name:
        rows = rows.filter(actor_name__icontains=wanted.actor_name)
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.patient_id:
        rows = rows.filter(patient_id=wanted.patient_id)
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lt=wanted.until)
    return rows
