"""Second readings: which wait, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yipan.base.access import Actor, scope
from yipan.kernel.errors import NotFound
from yipan.lines.exams.models import PeerReview, Reader

READ = "exams.read"
CENTRE = "report__order__reading__centre"
DISCREPANT = 3
"""From this score on the author and the head hear of it."""


def reviews(actor: Actor, verb: str = READ) -> QuerySet[PeerReview]:
    """Second readings of the centres where the actor reads."""
    rows = PeerReview.objects.filter(scope(actor, verb, f"{CENTRE}__site__organisation__path"))
    return rows.select_related(
        "report__order__item",
        "report__order__request__patient",
        "report__order__request__site",
        "report__order__reading__centre__site__organisation",
        "report__author__practitioner",
        "report__signer__practitioner",
        "reviewer__practitioner",
    )


def review_of(actor: Actor, report_id: UUID) -> PeerReview:
    """One of them. Raises Refused, NotFound("peer_unknown")."""
    actor.require(READ)
    found = reviews(actor).filter(pk=report_id).first()
    if found is None:
        raise NotFound("peer_unknown")
    return found


def waiting(actor: Actor, me: Reader) -> QuerySet[PeerReview]:
    """What this reader may read a second time: nobody's yet or their own, of others, in their sub-specialties."""
    rows = reviews(actor).filter(**{f"{CENTRE}_id": me.centre_id}, done_at=None)
    rows = rows.exclude(Q(report__author=me) | Q(report__signer=me)).filter(Q(reviewer=None) | Q(reviewer=me))
    return rows.filter(report__order__item__specialty__in=["", *me.specialties]).order_by("drawn_at", "pk")


def discrepancies(actor: Actor, me: Reader) -> QuerySet[PeerReview]:
    """Scores from 3 on that concern this reader: own reports, and for the head all of the centre; the newest first."""
    mine = Q(report__author=me) | Q(report__signer=me)
    if me.head:
        mine |= Q(**{f"{CENTRE}_id": me.centre_id})
    return reviews(actor).filter(mine, score__gte=DISCREPANT).order_by("-done_at")


def unseen(actor: Actor, me: Reader) -> int:
    """How many discrepancies this reader has not read yet."""
    own = (Q(report__author=me) | Q(report__signer=me)) & Q(author_seen_at=None)
    head = Q(head_seen_at=None) if me.head else Q(pk__in=[])
    return discrepancies(actor, me).filter(own | head).count()


@dataclass(frozen=True, slots=True)
class Scores:
    """How many second readings had each score, and the share that agreed."""

    by_score: dict[int, int]
    drawn: int

    @property
    def done(self) -> int:
        return sum(self.by_score.values())

    @property
    def discrepant(self) -> float | None:
        """Share from score 3 on."""
        return sum(n for s, n in self.by_score.items() if s >= DISCREPANT) / self.done if self.done else None


def scores(actor: Actor, centre_id: UUID, since: datetime, until: datetime) -> Scores:
    """The scores of the reports drawn in a period."""
    rows = reviews(actor, "exams.reading_figures").filter(
        **{f"{CENTRE}_id": centre_id}, drawn_at__gte=since, drawn_at__lt=until
    )
    counted = dict(rows.exclude(score=None).values_list("score").annotate(n=Count("pk")).order_by("score"))
    return Scores({s: counted.get(s, 0) for s in range(1, 5)}, rows.count())
