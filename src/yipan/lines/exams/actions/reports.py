"""Writing reports: preliminary, signed, amended, added to. Every verb appends a version; none changes one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.exams.actions.reading import given
from yipan.lines.exams.actions.telling import tell
from yipan.lines.exams.models import PeerReview, Reader, Reading, ReadingClaim, Report, Stage
from yipan.lines.exams.policy import reading as policy
from yipan.lines.exams.queries import reading as known
from yipan.lines.exams.queries import reports as written
from yipan.spine import outbox

READ = known.READ
TOPIC = "exams.report"
"""What others do with a signed report: payload {"report": id}, a wish for each version."""
LONGEST = 8000


@dataclass(frozen=True, slots=True)
class Wording:
    """What a reader writes. `positive` says whether something is found; None is not said yet."""

    findings: str = ""
    impression: str = ""
    positive: bool | None = None
    answers: dict[str, Any] = field(default_factory=dict)


def save_preliminary(*, actor: Actor, order_id: UUID, wording: Wording, seen: int | None = None) -> Report:
    """Keep what is written so far, for everybody to read as preliminary; the same words again make no version.

    `seen` is the version the writer had before them. Raises Refused, NotFound, Conflict("reading_done"),
    Conflict("reading_not_yours") without a claim, Conflict("report_changed") when there is a later version,
    InvalidInput("form_invalid").
    """
    row = known.reading_of(actor, order_id)
    me = known.own_reader(actor, row.centre_id)
    _check(wording)
    with transaction.atomic():
        _mine(row, me)
        before = _last(row, seen)
        if before is not None and _same(before, wording):
            return before
        made = _append(row, Stage.PRELIMINARY, wording, author=me)
        tell(actor, "report.preliminary", row.order.request, report=str(made.pk), version=str(made.version))
    return made


def sign(*, actor: Actor, order_id: UUID, wording: Wording, seen: int | None = None) -> Report:
    """Make a report final: one's own, or as second doctor the one that a colleague left as preliminary.

    Who wrote the first version stays the author. Raises as `save_preliminary`; Conflict("report_second") when another
    doctor has to sign, Conflict("report_grade") when this one may sign nothing.
    """
    row = known.reading_of(actor, order_id)
    me = known.own_reader(actor, row.centre_id)
    _check(wording, final=True)
    with transaction.atomic():
        _mine(row, me)
        before = _last(row, seen)
        author = before.author if before is not None else me
        rules, item = policy.read(row.centre.policy), row.order.item.code
        reason = policy.why_not_sign(rules, item, (author.pk, author.grade), (me.pk, me.grade))
        if reason is not None:
            raise Conflict(reason)
        now = clock.now()
        made = _append(row, Stage.FINAL, wording, author=author, signer=me, at=now)
        Reading.objects.filter(pk=row.pk).update(done_at=now)
        ReadingClaim.objects.filter(pk=row.pk).delete()
        _publish(actor, row, made, "report.final")
        if policy.drawn(rules.peer_rate, made.pk):
            PeerReview.objects.create(report=made, drawn_at=now)
            tell(actor, "peer.drawn", row.order.request, report=str(made.pk))
    return made


def amend(*, actor: Actor, order_id: UUID, wording: Wording, reason: str, seen: int | None = None) -> Report:
    """Correct a signed report with a reason; the versions before stay to be read.

    Raises Refused, NotFound, Conflict("report_not_final"), Conflict("report_changed"), Conflict("report_grade"),
    Conflict("report_same") when nothing is different, InvalidInput("reason_missing"), InvalidInput("form_invalid").
    """
    row, me, rules = _signing(actor, order_id)
    why = given(reason)
    _check(wording, final=True)
    with transaction.atomic():
        before = _signed(row, seen)
        if _same(before, wording):
            raise Conflict("report_same")
        if policy.why_not_sign(rules, "", (me.pk, me.grade), (me.pk, me.grade)) is not None:
            raise Conflict("report_grade")
        made = _append(row, Stage.AMENDED, wording, author=me, signer=me, reason=why)
        _publish(actor, row, made, "report.amended")
    return made


def add(*, actor: Actor, order_id: UUID, text: str) -> Report:
    """Add to a signed report without touching it. Errors as of `amend`."""
    row, me, rules = _signing(actor, order_id)
    added = text.strip()[:LONGEST]
    if not added:
        raise InvalidInput("form_invalid", fields={"addendum": "field_required"})
    with transaction.atomic():
        before = _signed(row, None)
        if policy.why_not_sign(rules, "", (me.pk, me.grade), (me.pk, me.grade)) is not None:
            raise Conflict("report_grade")
        wording = Wording(findings=added, positive=before.positive)
        made = _append(row, Stage.ADDENDUM, wording, author=me, signer=me)
        _publish(actor, row, made, "report.amended")
    return made


def _signing(actor: Actor, order_id: UUID) -> tuple[Reading, Reader, policy.ReadingPolicy]:
    row = known.reading_of(actor, order_id)
    return row, known.own_reader(actor, row.centre_id), policy.read(row.centre.policy)


def _check(wording: Wording, *, final: bool = False) -> None:
    wrong = {name: "text_long" for name in ("findings", "impression") if len(getattr(wording, name)) > LONGEST}
    if final:
        wrong |= {name: "field_required" for name in ("findings", "impression") if not getattr(wording, name).strip()}
        if wording.positive is None:
            wrong["positive"] = "field_required"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)


def _mine(row: Reading, me: Reader) -> None:
    """Lock a reading that this reader holds, and give a sign of life."""
    if not Reading.objects.select_for_update().filter(pk=row.pk, done_at=None).exists():
        raise Conflict("reading_done")
    if not ReadingClaim.objects.filter(pk=row.pk, reader=me).update(seen_at=clock.now()):
        raise Conflict("reading_not_yours")


def _last(row: Reading, seen: int | None) -> Report | None:
    """The latest version. Raises Conflict("report_changed") when the writer has not seen it."""
    last = written.versions(row.pk).last()
    if seen is not None and seen != (last.version if last else 0):
        raise Conflict("report_changed")
    return last


def _signed(row: Reading, seen: int | None) -> Report:
    """Lock a signed reading; its last whole version."""
    if not Reading.objects.select_for_update().filter(pk=row.pk, done_at__isnull=False).exists():
        raise Conflict("report_not_final")
    _last(row, seen)
    whole = written.versions(row.pk).exclude(stage=Stage.ADDENDUM).last()
    assert whole is not None, "what is done has a final version"
    return whole


def _same(before: Report, wording: Wording) -> bool:
    old = (before.findings, before.impression, before.positive, before.answers)
    return old == (wording.findings.strip(), wording.impression.strip(), wording.positive, wording.answers)


def _append(
    row: Reading,
    stage: Stage,
    wording: Wording,
    *,
    author: Reader,
    signer: Reader | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> Report:
    last, now = written.versions(row.pk).last(), at or clock.now()
    return Report.objects.create(
        order=row.order,
        version=last.version + 1 if last else 1,
        stage=stage,
        findings=wording.findings.strip(),
        impression=wording.impression.strip(),
        positive=wording.positive,
        answers=wording.answers,
        reason=reason,
        author=author,
        written_at=now,
        signer=signer,
        signed_at=now if signer else None,
    )


def _publish(actor: Actor, row: Reading, made: Report, kind: str) -> None:
    """Write down that a version counts now, and wish for it to be sent out."""
    tell(actor, kind, row.order.request, report=str(made.pk), version=str(made.version))
    outbox.put(topic=TOPIC, key=f"report:{made.pk}:{made.version}", payload={"report": str(made.pk)})
