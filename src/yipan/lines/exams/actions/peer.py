"""Second readings of a sample: first without seeing the report, then a score."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yipan.base.access import Actor
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.exams.actions.telling import tell
from yipan.lines.exams.models import PeerReview, Reader, Report
from yipan.lines.exams.queries import peer as known
from yipan.lines.exams.queries import reading as readings

DISCREPANT = known.DISCREPANT


def read_blind(*, actor: Actor, report_id: UUID, impression: str, positive: bool | None) -> PeerReview:
    """Write what a reviewer sees, before the report is shown to them; that also takes the review.

    Raises Refused, NotFound("peer_unknown"), Conflict("reader_unknown"), Conflict("peer_own") for the author or the
    signer, Conflict("peer_step") when a colleague was quicker, InvalidInput("form_invalid").
    """
    row = known.review_of(actor, report_id)
    me = readings.own_reader(actor, row.report.order.reading.centre_id)
    wrong = {}
    if not impression.strip():
        wrong["impression"] = "field_required"
    if positive is None:
        wrong["positive"] = "field_required"
    if wrong:
        raise InvalidInput("form_invalid", fields=wrong)
    _not_own(row.report, me)
    with transaction.atomic():
        taken = PeerReview.objects.filter(pk=row.pk, read_at=None).update(
            reviewer=me, impression=impression.strip()[:8000], positive=positive, read_at=clock.now()
        )
        if not taken:
            raise Conflict("peer_step")
        tell(actor, "peer.read", row.report.order.request, report=str(row.pk))
    return known.review_of(actor, report_id)


def score_report(*, actor: Actor, report_id: UUID, score: int | None, comment: str = "") -> PeerReview:
    """Give the score after both were seen; from 3 on with words for the author. Errors as of `read_blind`."""
    row = known.review_of(actor, report_id)
    me = readings.own_reader(actor, row.report.order.reading.centre_id)
    if score is None or not 1 <= score <= 4:
        raise InvalidInput("form_invalid", fields={"score": "peer_score_range"})
    words = comment.strip()[:600]
    if score >= DISCREPANT and not words:
        raise InvalidInput("form_invalid", fields={"comment": "peer_comment"})
    with transaction.atomic():
        mine = PeerReview.objects.filter(pk=row.pk, reviewer=me, read_at__isnull=False, done_at=None)
        if not mine.update(score=score, comment=words, done_at=clock.now()):
            raise Conflict("peer_step")
        tell(actor, "peer.scored", row.report.order.request, report=str(row.pk), score=str(score))
    return known.review_of(actor, report_id)


def see_discrepancy(*, actor: Actor, report_id: UUID) -> PeerReview:
    """The author or the head of the centre has read a discrepancy. Raises Refused, NotFound, Conflict("peer_step")."""
    row = known.review_of(actor, report_id)
    me = readings.own_reader(actor, row.report.order.reading.centre_id)
    now = clock.now()
    with transaction.atomic():
        told = PeerReview.objects.select_for_update().get(pk=row.pk)
        mine = Q(pk=row.pk, score__gte=DISCREPANT)
        columns = _columns(row.report, me)
        if told.score is None or told.score < DISCREPANT or not columns:
            raise Conflict("peer_step")
        for column in columns:
            PeerReview.objects.filter(mine, **{column: None}).update(**{column: now})
    return known.review_of(actor, report_id)


def _columns(report: Report, me: Reader) -> list[str]:
    found = ["author_seen_at"] if me.pk in (report.author_id, report.signer_id) else []
    return found + (["head_seen_at"] if me.head else [])


def _not_own(report: Report, me: Reader) -> None:
    if me.pk in (report.author_id, report.signer_id):
        raise Conflict("peer_own")
