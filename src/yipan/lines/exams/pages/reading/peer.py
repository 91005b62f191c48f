"""Second readings: the sample that waits, the blinded reading, the score, and discrepancies to be read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from yipan.base import audit
from yipan.base.access import Actor
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams import actions
from yipan.lines.exams.models import PeerReview, Reader
from yipan.lines.exams.pages.reading import show
from yipan.lines.exams.queries import peer as query
from yipan.lines.exams.queries import reading as readings
from yipan.spine.registry import Page
from yipan.ui import flash

VERB = query.READ
PAGE_SIZE = 50
LISTS = {"waiting": query.waiting, "discrepant": query.discrepancies}


@never_cache
@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """What waits for a second reading, and discrepancies that concern this reader."""
    actor = show.actor_of(request, VERB)
    me, which = readings.reader_of(actor), request.GET.get("list", "waiting")
    which = which if which in LISTS else "waiting"
    found = {name: rows(actor, me) if me else PeerReview.objects.none() for name, rows in LISTS.items()}
    page = Paginator(found[which], PAGE_SIZE).get_page(request.GET.get("page"))
    audit.record_list(actor, "exams.peer", which, count=len(page))
    context = {
        **show.base(actor),
        "me": me,
        "which": which,
        "page": page,
        "counts": {"waiting": found["waiting"].count(), "discrepant": query.unseen(actor, me) if me else 0},
    }
    return render(request, "exams/reading/peer.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, report_id: UUID) -> HttpResponseBase:
    """One second reading: first blind, then with the report."""
    actor = show.actor_of(request, VERB)
    row = query.review_of(actor, report_id)
    if request.method == "GET":
        show.told(actor, row.report.order)
        return _page(request, actor, row)
    try:
        return _write(request, actor, row)
    except InvalidInput as error:
        return _page(request, actor, row, errors=show.wrong(error), status=422)


def _write(request: HttpRequest, actor: Actor, row: PeerReview) -> HttpResponseBase:
    post, wish = request.POST, request.POST.get("do", "")
    if wish == "read":
        positive = show.yes_or_no(post.get("positive", ""))
        actions.read_blind(actor=actor, report_id=row.pk, impression=post.get("impression", ""), positive=positive)
        return redirect("peer-review", report_id=row.pk)
    if wish == "score":
        score = texts.whole(post.get("score", ""))
        actions.score_report(actor=actor, report_id=row.pk, score=score, comment=post.get("comment", ""))
        flash.say(request, _("Thank you. The score is written down."))
    else:
        actions.see_discrepancy(actor=actor, report_id=row.pk)
        flash.say(request, _("It is written down that you read this."))
    return redirect("peer")


def scores() -> list[tuple[str, str]]:
    """The scores with what they mean."""
    return [
        ("1", _("1 · agree")),
        ("2", _("2 · small or hard to see")),
        ("3", _("3 · should have been seen")),
        ("4", _("4 · obvious")),
    ]


def _page(
    request: HttpRequest,
    actor: Actor,
    row: PeerReview,
    *,
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    me = readings.reader_of(actor, row.report.order.reading.centre_id)
    context = {
        **show.base(actor),
        "row": row,
        "order": row.report.order,
        "record": row.report.order.request,
        "scores": scores(),
        "viewer": show.viewer(row.report.order),
        "errors": errors or {},
        "given": request.POST,
        **_roles(row, me),
    }
    return render(request, "exams/reading/peer_review.html", context, status=status)


def _roles(row: PeerReview, me: Reader | None) -> dict[str, Any]:
    """What this reader may do: read blind, score, see what came of it."""
    wrote = me is not None and me.pk in (row.report.author_id, row.report.signer_id)
    is_reviewer = me is not None and row.reviewer_id == me.pk
    discrepant = row.score is not None and row.score >= query.DISCREPANT
    concerned = discrepant and me is not None and (wrote or me.head)
    unseen = (wrote and row.author_seen_at is None) or (me is not None and me.head and row.head_seen_at is None)
    return {
        "blind": me is not None and not wrote and row.read_at is None,
        "scoring": is_reviewer and row.read_at is not None and row.done_at is None,
        "open": bool(row.done_at and (is_reviewer or concerned)),
        "to_see": concerned and unseen,
    }


PAGES = (
    Page("peer", reviews, "peer"),
    Page("peer/<uuid:report_id>", review, "peer-review"),
)
