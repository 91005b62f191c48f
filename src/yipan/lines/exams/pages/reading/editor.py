"""The desk of a reader: one examination, what is asked, what was seen before, and the report being written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from yipan.base.access import Actor
from yipan.kernel import clock, texts
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.exams import actions
from yipan.lines.exams.actions.reports import Wording
from yipan.lines.exams.models import CriticalFinding, Reader, Reading, ReportTemplate
from yipan.lines.exams.pages.reading import show
from yipan.lines.exams.policy import reading as policy
from yipan.lines.exams.queries import critical, reports
from yipan.lines.exams.queries import reading as query
from yipan.spine.registry import Page
from yipan.ui import flash, messages

VERB = query.READ


@never_cache
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """One examination on the desk: read, write, save, sign."""
    actor = show.actor_of(request, VERB)
    row = query.reading_of(actor, order_id)
    if request.method == "GET":
        show.told(actor, row.order)
        return _page(request, actor, row)
    try:
        return _write(request, actor, row)
    except InvalidInput as error:
        return _page(request, actor, row, errors=show.wrong(error), status=422)
    except Conflict as error:
        return _page(request, actor, query.reading_of(actor, order_id), problem=messages.of_error(error), status=409)


@require_POST
def claim(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """Take an examination in hand."""
    actor = show.actor_of(request, VERB)
    actions.claim(actor=actor, order_id=order_id)
    return redirect("reading-order", order_id=order_id)


@require_POST
def give_back(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """Put it back on the worklist."""
    actor = show.actor_of(request, VERB)
    actions.give_back(actor=actor, order_id=order_id)
    flash.say(request, _("It waits for everybody again."))
    return redirect("reading")


@require_POST
def take_over(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """Take it from a colleague, with a reason."""
    actor = show.actor_of(request, VERB)
    actions.take_over(actor=actor, order_id=order_id, reason=request.POST.get("reason", ""))
    return redirect("reading-order", order_id=order_id)


@require_POST
def alive(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """A sign of life of whoever has it in hand: the script sends one while somebody writes."""
    actor = show.actor_of(request, VERB)
    actions.claim(actor=actor, order_id=order_id)
    return HttpResponse(status=204)


@require_POST
def raise_critical(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """Raise a critical value on what is being read."""
    actor = show.actor_of(request, "exams.raise")
    try:
        finding_id = UUID(request.POST.get("finding", ""))
    except ValueError:
        raise InvalidInput("finding_unknown") from None
    value = actions.raise_critical(
        actor=actor,
        order_id=order_id,
        finding_id=finding_id,
        note=request.POST.get("note", ""),
        told_to=request.POST.get("told_to", ""),
    )
    flash.say(request, _("The critical value is raised. It stays open until somebody has acted."), "warn")
    return redirect("critical-value", value_id=value.pk)


def wording_of(request: HttpRequest, template: ReportTemplate | None) -> Wording:
    """What the form says. Line ends as everywhere else in Yipan: a browser sends those of Windows."""
    post = request.POST
    answers = {part["key"]: post.get(f"a-{part['key']}", "").strip()[:200] for part in show.parts(template)}
    return Wording(
        findings=post.get("findings", "").replace("\r\n", "\n"),
        impression=post.get("impression", "").replace("\r\n", "\n"),
        positive=show.yes_or_no(post.get("positive", "")),
        answers={key: text for key, text in answers.items() if text},
    )


def _write(request: HttpRequest, actor: Actor, row: Reading) -> HttpResponseBase:
    wish, seen = request.POST.get("do", "save"), texts.whole(request.POST.get("seen", ""))
    wording = wording_of(request, _template(row))
    if wish in ("sign", "sign-next"):
        actions.sign(actor=actor, order_id=row.pk, wording=wording, seen=seen)
        flash.say(request, _("Signed: %(item)s") % {"item": row.order.item.label})
        following = query.next_for(actor, row.centre, after=row.pk) if wish == "sign-next" else None
        if following is None:
            return redirect("report", order_id=row.pk)
        actions.claim(actor=actor, order_id=following)
        return redirect("reading-order", order_id=following)
    actions.save_preliminary(actor=actor, order_id=row.pk, wording=wording, seen=seen)
    if wish == "leave":
        actions.give_back(actor=actor, order_id=row.pk)
        flash.say(request, _("It waits for the second signature."))
        return redirect("reading")
    flash.say(request, _("Saved as preliminary."))
    return redirect("reading-order", order_id=row.pk)


def _page(
    request: HttpRequest,
    actor: Actor,
    row: Reading,
    *,
    errors: dict[str, list[str]] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    now, me, held = clock.now(), query.reader_of(actor, row.centre_id), getattr(row, "claim", None)
    shown, template = reports.shown(actor, row.pk), _template(row)
    context = {
        **show.base(actor),
        "row": row,
        "order": row.order,
        "record": row.order.request,
        "at": now,
        "me": me,
        "claim": held,
        "mine": bool(held and me and held.reader_id == me.pk and row.done_at is None),
        "wording": wording_of(request, template) if request.method == "POST" else _begun(shown, template),
        "parts": show.parts(template),
        "shown": shown,
        "seen": shown.versions[-1].version if shown.versions else 0,
        "earlier": list(reports.earlier(row.order)),
        "sees_results": actor.may("exams.results"),
        "refusal": _refusal(row, shown.current.author if shown.current else me, me),
        "finding_options": [(str(f.pk), f.label) for f in _findings(row)],
        "criticals": critical.rows_of(critical.whole(row.order.criticals.all()), now),
        "viewer": show.viewer(row.order),
        "errors": errors or {},
        "problem": problem,
    }
    return render(request, "exams/reading/editor.html", context, status=status)


def _findings(row: Reading) -> QuerySet[CriticalFinding]:
    return CriticalFinding.objects.filter(in_use=True, category=row.order.item.category)


def _template(row: Reading) -> ReportTemplate | None:
    return ReportTemplate.objects.filter(pk=row.order.item_id).first()


def _begun(shown: reports.Shown, template: ReportTemplate | None) -> Wording:
    """What the form starts from: the last version, else the usual words of the item."""
    last = shown.current
    if last is not None:
        return Wording(last.findings, last.impression, last.positive, last.answers)
    return Wording(template.findings, template.impression) if template else Wording()


def _refusal(row: Reading, author: Reader | None, me: Reader | None) -> str:
    """Why this reader may not sign, as a sentence; "" when they may."""
    if author is None or me is None:
        return ""
    rules: Any = policy.read(row.centre.policy)
    code = policy.why_not_sign(rules, row.order.item.code, (author.pk, author.grade), (me.pk, me.grade))
    return messages.sentence(code) if code else ""


PAGES = (
    Page("reading/<uuid:order_id>", order, "reading-order"),
    Page("reading/<uuid:order_id>/claim", claim, "reading-claim"),
    Page("reading/<uuid:order_id>/give-back", give_back, "reading-give-back"),
    Page("reading/<uuid:order_id>/take-over", take_over, "reading-take-over"),
    Page("reading/<uuid:order_id>/alive", alive, "reading-alive"),
    Page("reading/<uuid:order_id>/critical", raise_critical, "reading-critical"),
)
