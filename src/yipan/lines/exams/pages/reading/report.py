"""The report of an examination as the wards see it: what counts, what it was before, and on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yipan.base.access import Actor
from yipan.kernel import clock, texts
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.exams import actions
from yipan.lines.exams.models import ReportTemplate
from yipan.lines.exams.pages.reading import show
from yipan.lines.exams.pages.reading.editor import wording_of
from yipan.lines.exams.queries import critical
from yipan.lines.exams.queries import reading as readings
from yipan.lines.exams.queries import reports as query
from yipan.spine.registry import Page
from yipan.ui import flash, messages


@never_cache
@require_GET
def report(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """The report with its history; on paper with ?print."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown = query.shown(actor, order_id)
    show.told(actor, shown.order)
    template = "exams/reading/report_print.html" if "print" in request.GET else "exams/reading/report.html"
    return render(request, template, _context(actor, shown))


@never_cache
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """Correct a signed report, with a reason."""
    actor = show.actor_of(request, "exams.read")
    readings.reading_of(actor, order_id)
    shown = query.shown(actor, order_id)
    if request.method == "GET":
        show.told(actor, shown.order)
        return _form(request, actor, shown, {"wording": shown.current, "reason": ""})
    template = ReportTemplate.objects.filter(pk=shown.order.item_id).first()
    wording, reason = wording_of(request, template), request.POST.get("reason", "")
    seen = texts.whole(request.POST.get("seen", ""))
    given = {"wording": wording, "reason": reason}
    try:
        actions.amend(actor=actor, order_id=order_id, wording=wording, reason=reason, seen=seen)
    except InvalidInput as error:
        wrong = {"reason": [messages.of_error(error)]} if error.code == "reason_missing" else show.wrong(error)
        return _form(request, actor, shown, given | {"errors": wrong}, status=422)
    except Conflict as error:
        return _form(request, actor, shown, given | {"problem": messages.of_error(error)}, status=409)
    flash.say(request, _("The report is amended; the version before can still be read."))
    return redirect("report", order_id=order_id)


@require_POST
def add(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """Add to a signed report."""
    actor = show.actor_of(request, "exams.read")
    actions.add(actor=actor, order_id=order_id, text=request.POST.get("addendum", ""))
    flash.say(request, _("The addendum is part of the report now."))
    return redirect("report", order_id=order_id)


def _form(
    request: HttpRequest, actor: Actor, shown: query.Shown, given: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {"errors": {}, "problem": "", **_context(actor, shown), **given}
    return render(request, "exams/reading/amend.html", context, status=status)


def _context(actor: Actor, shown: query.Shown) -> dict[str, Any]:
    reading, current = shown.reading, shown.current
    me = readings.reader_of(actor, reading.centre_id) if reading and actor.may("exams.read") else None
    template = ReportTemplate.objects.filter(pk=shown.order.item_id).first()
    return {
        **show.base(actor),
        "shown": shown,
        "order": shown.order,
        "record": shown.order.request,
        "reading": reading,
        "current": current,
        "addenda": shown.addenda,
        "history": query.history(shown.versions),
        "criticals": critical.rows_of(critical.whole(shown.order.criticals.all()), clock.now()),
        "seen": shown.versions[-1].version if shown.versions else 0,
        "parts": show.parts(template),
        "answers": show.answered(template, current.answers if current else {}),
        "may_amend": me is not None and shown.is_final,
        "viewer": show.viewer(shown.order),
        "printed_at": clock.now(),
    }


PAGES = (
    Page("reports/<uuid:order_id>", report, "report"),
    Page("reports/<uuid:order_id>/amend", amend, "report-amend"),
    Page("reports/<uuid:order_id>/add", add, "report-add"),
)
