"""Reads for the message pages.

A sender belongs to an organisation; one that nobody has mapped yet belongs to every integrator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.network.models import Bed, Organisation
from yipan.interop import verbs
from yipan.interop.models import InboundMessage, MessageState, Source
from yipan.interop.queue import source_for, visible
from yipan.interop.reading import person_key
from yipan.kernel import clock
from yipan.kernel.errors import NotFound

PER_PAGE = 50
RECENT = timedelta(hours=24)
RATE_OVER = timedelta(minutes=10)
STANDING = (MessageState.WAITING, MessageState.RECEIVED)
"""States that are counted whenever the message came; the others are counted over the last day."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked of the queue; empty means any."""

    state: str = ""
    kind: str = ""
    source_id: UUID | None = None
    day: date | None = None
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the queue, newest first. `newer` and `older` are identifiers to go on from, or None at an end."""

    messages: list[InboundMessage]
    newer: int | None
    older: int | None


@dataclass(frozen=True, slots=True)
class SenderRow:
    """A sender in the list. `per_minute` is measured over RATE_OVER."""

    source: Source
    waiting: int
    per_minute: float
    last_at: datetime | None


def page(actor: Actor, wanted: Filter, *, before: int | None = None, after: int | None = None) -> Page:
    """Messages before or after an identifier. Never counts: the table may hold millions of rows."""
    rows = _wanted(actor, wanted).select_related("source").defer("raw")
    if after is not None:
        found = list(rows.filter(id__gt=after).order_by("id")[: PER_PAGE + 1])
        more_newer, more_older = len(found) > PER_PAGE, True
        shown = list(reversed(found[:PER_PAGE]))
    else:
        if before is not None:
            rows = rows.filter(id__lt=before)
        found = list(rows.order_by("-id")[: PER_PAGE + 1])
        more_newer, more_older = before is not None, len(found) > PER_PAGE
        shown = found[:PER_PAGE]
    return Page(
        shown,
        newer=shown[0].pk if shown and more_newer else None,
        older=shown[-1].pk if shown and more_older else None,
    )


def counts(actor: Actor) -> dict[str, int]:
    """How many messages are in each state: waiting and received in all, the others of the last day."""
    rows = InboundMessage.objects.filter(visible(actor, verbs.VIEW))
    standing = Q(state__in=STANDING)
    recent = rows.filter(received_at__gte=clock.now() - RECENT).exclude(standing)
    told = {str(state): 0 for state in MessageState}
    for part in (rows.filter(standing), recent):
        told |= dict(part.order_by().values_list("state").annotate(n=Count("id")))
    return told


def kinds(actor: Actor) -> list[str]:
    """Kinds of message of the last week."""
    rows = InboundMessage.objects.filter(visible(actor, verbs.VIEW), received_at__gte=clock.now() - timedelta(days=7))
    return sorted(k for k in rows.order_by().values_list("kind", flat=True).distinct() if k)


def reasons(actor: Actor) -> list[tuple[str, int]]:
    """Why messages wait, most frequent first."""
    rows = InboundMessage.objects.filter(visible(actor, verbs.VIEW), state=MessageState.WAITING).order_by()
    found = rows.values_list("error_code").annotate(n=Count("id")).order_by("-n", "error_code")
    return list(found)


def message(actor: Actor, message_id: int) -> InboundMessage:
    """One message with its bytes. Raises Refused, NotFound("message_unknown")."""
    found = InboundMessage.objects.select_related("source__organisation").filter(
        visible(actor, verbs.VIEW), pk=message_id
    )
    row = found.first()
    if row is None:
        raise NotFound("message_unknown")
    return row


def may_see_patient(actor: Actor, row: InboundMessage) -> bool:
    """Whether the message is shown with the patient's data; the reading is audited, masked or whole."""
    organisation = row.source.organisation
    path = organisation.path if organisation else ""
    allowed = actor.may("patients.view", path or None)
    told = {} if allowed else {"masked": True}
    audit.record(actor, "message.read", "message", row.pk, patient_id=row.patient_id, path=path, data=told)
    return allowed


def neighbours(actor: Actor, row: InboundMessage) -> tuple[int | None, int | None]:
    """The message before and the one after about the same person, as the sender numbers people."""
    if not row.patient_key:
        return None, None
    same = InboundMessage.objects.filter(
        visible(actor, verbs.VIEW), source_id=row.source_id, patient_key=row.patient_key
    )
    before = same.filter(id__lt=row.pk).order_by("-id").values_list("id", flat=True).first()
    after = same.filter(id__gt=row.pk).order_by("id").values_list("id", flat=True).first()
    return before, after


def senders(actor: Actor) -> list[SenderRow]:
    """Every sender, and how lively it is."""
    rows = Source.objects.filter(visible(actor, verbs.VIEW, "")).select_related("organisation")
    found = list(rows.order_by("application", "facility"))
    waits = _counted(_waiting(found))
    recent = InboundMessage.objects.filter(source__in=found, received_at__gte=clock.now() - RATE_OVER)
    rates = _counted(recent)
    minutes = RATE_OVER.total_seconds() / 60
    return [SenderRow(s, waits.get(s.pk, 0), rates.get(s.pk, 0) / minutes, _last_at(s)) for s in found]


def sender_names(actor: Actor) -> list[tuple[str, str]]:
    """Identifier and label of every sender."""
    rows = Source.objects.filter(visible(actor, verbs.VIEW, "")).order_by("application", "facility")
    return [(str(s.pk), s.label) for s in rows]


def sender(actor: Actor, source_id: UUID) -> Source:
    """One sender. Raises Refused, NotFound("source_unknown")."""
    return source_for(actor, verbs.VIEW, source_id)


def untold(source: Source, code: str, param: str) -> list[tuple[str, int]]:
    """What a sender names and nobody has mapped, by how many messages wait for it: locations, services."""
    rows = _waiting([source]).filter(error_code__in=code.split())
    told = rows.annotate(name=KeyTextTransform(param, "error_params")).values_list("name").annotate(n=Count("id"))
    return [(name or "", n) for name, n in told.order_by("-n", "name")[:200]]


def likely_beds(source: Source, location: str) -> list[tuple[str, str]]:
    """Beds of the sender's organisation whose label ends a location, as (code, where it stands); at most twenty."""
    label = location.rpartition("^")[2].strip()
    if source.organisation is None or not label:
        return []
    rows = Bed.objects.filter(
        label__in={label, label.lstrip("0"), label.zfill(2)},
        room__ward__site__organisation__path__startswith=source.organisation.path,
    ).select_related("room__ward")
    return [(b.code, f"{b.room.ward.label} · {b.room.label} · {b.label}") for b in rows.order_by("code")[:20]]


def reasons_of(source: Source) -> list[tuple[str, int]]:
    """Why messages of one sender wait, most frequent first."""
    return list(_waiting([source]).values_list("error_code").annotate(n=Count("id")).order_by("-n", "error_code"))


def organisations(actor: Actor) -> list[tuple[str, str]]:
    """Organisations that the actor may give a sender to, indented by depth."""
    paths = actor.paths(verbs.EDIT)
    rows = Organisation.objects.filter(_below(paths)).exclude(kind="village_clinic").order_by("path")
    return [(str(o.pk), "\u2003" * o.depth + o.label) for o in rows]


def _below(paths: Iterable[str]) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(path__startswith=path)
    return condition


def _counted(rows: QuerySet[InboundMessage]) -> dict[UUID, int]:
    return dict(rows.order_by().values_list("source_id").annotate(n=Count("id")))


def _last_at(source: Source) -> datetime | None:
    rows = InboundMessage.objects.filter(source=source).order_by("-id")
    return rows.values_list("received_at", flat=True).first()


def _waiting(sources: list[Source]) -> QuerySet[InboundMessage]:
    return InboundMessage.objects.filter(source__in=sources, state=MessageState.WAITING).order_by()


def _wanted(actor: Actor, wanted: Filter) -> QuerySet[InboundMessage]:
    rows = InboundMessage.objects.filter(visible(actor, verbs.VIEW))
    plain: dict[str, Any] = {
        "state": wanted.state,
        "kind": wanted.kind,
        "source_id": wanted.source_id,
        "error_code": wanted.reason,
    }
    rows = rows.filter(**{field: value for field, value in plain.items() if value})
    if wanted.day is not None:
        start = datetime.combine(wanted.day, time.min, timezone.get_current_timezone())
        rows = rows.filter(received_at__gte=start, received_at__lt=start + timedelta(days=1))
    if wanted.text:
        named = Q(control_id=wanted.text) | Q(patient_key=person_key(wanted.text))
        rows = rows.filter(
            named | Q(id=int(wanted.text)) if wanted.text.isdecimal() and len(wanted.text) < 19 else named
        )
    return rows
