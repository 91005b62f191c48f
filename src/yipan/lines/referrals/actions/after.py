"""What both parties write while a referral lives and after it: messages, progress, documents, tasks, milestones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.referrals.actions import stepping
from yipan.lines.referrals.models import Document, Mark, Note, NoteKind, Recovery, Referral, Task, TaskKind
from yipan.lines.referrals.policy import PATHWAYS, Side, State
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.queries.facts import Parties

LARGEST = 10 * 1024 * 1024
MOST_DOCUMENTS = 20
MOST_TASKS = 30
BEGINNINGS = {
    "application/pdf": (b"%PDF-",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
}
"""Kinds of files that travel with a patient, and how each begins: what a file is called proves nothing."""


def write_message(*, actor: Actor, referral_id: UUID, text: str) -> Note:
    """Write to the other party."""
    return _note(actor, referral_id, NoteKind.MESSAGE, text)


def record_progress(*, actor: Actor, referral_id: UUID, text: str, recovery: str) -> Note:
    """How the patient fares, for those who sent them."""
    if recovery not in Recovery.values:
        raise InvalidInput("form_invalid", fields={"recovery": "choice_unknown"})
    return _note(actor, referral_id, NoteKind.PROGRESS, text, recovery)


def add_document(*, actor: Actor, referral_id: UUID, name: str, content: bytes) -> Document:
    """Add a file: PDF, JPEG or PNG, at most 10 MB. What it is, its first bytes tell."""
    media_type = next((kind for kind, starts in BEGINNINGS.items() if content.startswith(starts)), "")
    with transaction.atomic():
        found, side = _taking_part(actor, referral_id)
        if not media_type or len(content) > LARGEST:
            code = "document_too_large" if len(content) > LARGEST else "document_kind"
            raise InvalidInput("form_invalid", fields={"file": code})
        if found.documents.count() >= MOST_DOCUMENTS:
            raise InvalidInput("form_invalid", fields={"file": "document_too_many"})
        row = Document.objects.create(
            referral=found,
            name=_plain(name)[:120] or "–",
            media_type=media_type,
            size=len(content),
            content=content,
            at=clock.now(),
            by=actor.name[:120],
        )
        stepping.tell(actor, found, "document", side, row.at, document=str(row.pk), media_type=media_type)
    return row


def mark_milestone(*, actor: Actor, referral_id: UUID, code: str, at: datetime | None = None) -> Mark:
    """Write down when a milestone of the green channel was reached; again corrects it, the event keeps the old time."""
    at, now = at or clock.now(), clock.now()
    if at > now:
        raise InvalidInput("form_invalid", fields={"at": "time_in_future"})
    with transaction.atomic():
        found, side = _taking_part(actor, referral_id)
        pathway = PATHWAYS.get(found.pathway)
        if pathway is None or code not in {m.code for m in pathway.milestones} - {"door"}:
            raise InvalidInput("form_invalid", fields={"code": "choice_unknown"})
        row = Mark.objects.filter(referral=found, code=code).first()
        before = row.at.isoformat() if row is not None else None
        row = row or Mark(referral=found, code=code)
        row.at, row.by = at, actor.name[:120]
        row.save()
        stepping.tell(actor, found, "milestone", side, at, code=code, before=before)
    return row


def plan_tasks(*, actor: Actor, referral_id: UUID, tasks: Sequence[Mapping[str, Any]]) -> list[Task]:
    """Follow-up for the receiver: {"kind", "title", "due_on"}; the sender's to say, until the referral is over."""
    with transaction.atomic():
        found = known.locked(referral_id)
        actor.require("referrals.send", Parties(found).sender.path)
        if len(tasks) + found.tasks.count() > MOST_TASKS:
            raise InvalidInput("form_invalid", fields={"tasks": "tasks_too_many"})
        rows = [_task(found, told) for told in tasks]
        Task.objects.bulk_create(rows)
        if rows:
            stepping.tell(actor, found, "tasks", Side.SENDER, clock.now(), count=len(rows))
    return rows


def tick_task(*, actor: Actor, task_id: UUID, result: str = "") -> Task:
    """The lower hospital has done a task. Raises Conflict("task_done") when somebody was quicker."""
    with transaction.atomic():
        row = Task.objects.select_for_update().filter(pk=task_id).first()
        if row is None:
            raise NotFound("task_unknown", id=str(task_id))
        found = known.locked(row.referral_id)
        actor.require("referrals.care", Parties(found).receiver.path)
        if row.done_at is not None:
            raise Conflict("task_done", by=row.done_by)
        row.done_at, row.done_by, row.result = clock.now(), actor.name[:120], result.strip()[:2000]
        row.save(update_fields=["done_at", "done_by", "result"])
        stepping.tell(actor, found, "task", Side.RECEIVER, row.done_at, task=str(row.pk))
    return row


def _note(actor: Actor, referral_id: UUID, kind: str, text: str, recovery: str = "") -> Note:
    if not text.strip():
        raise InvalidInput("form_invalid", fields={"text": "field_required"})
    if len(text) > 4000:
        raise InvalidInput("form_invalid", fields={"text": "text_too_long"})
    with transaction.atomic():
        found, side = _taking_part(actor, referral_id)
        ends = Parties(found)
        row = Note.objects.create(
            referral=found,
            kind=kind,
            recovery=recovery,
            text=text.strip(),
            at=clock.now(),
            by=actor.name[:120],
            organisation=ends.sender if side is Side.SENDER else ends.receiver,
        )
        stepping.tell(actor, found, str(kind), side, row.at, **({"recovery": recovery} if recovery else {}))
    return row


def _taking_part(actor: Actor, referral_id: UUID) -> tuple[Referral, Side]:
    """The referral under a lock and the actor's side; a draft is the sender's alone. Refused for everybody else."""
    found = known.locked(referral_id)
    ends = Parties(found)
    sides = [side for side in Side if actor.may("referrals.care", ends.path(side))]
    if found.state == State.DRAFTED:  # type: ignore[attr-defined]
        sides = [side for side in sides if side is Side.SENDER]
    if not sides:
        actor.require("referrals.care", ends.sender.path)
    return found, sides[0] if sides else Side.SENDER


def _task(found: Referral, told: Mapping[str, Any]) -> Task:
    kind, title, due = told.get("kind"), str(told.get("title", "")).strip(), told.get("due_on")
    if kind not in TaskKind.values or not title or not isinstance(due, date):
        raise InvalidInput("form_invalid", fields={"tasks": "task_incomplete"})
    return Task(referral=found, kind=kind, title=title[:200], due_on=due)


def _plain(name: str) -> str:
    """The last part of a file's name, without what is not printable."""
    return "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip()
