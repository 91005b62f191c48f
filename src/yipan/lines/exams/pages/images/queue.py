"""Studies that belong to no order yet: why each waits, which order may be meant, and what a person decides."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yipan.base import audit
from yipan.base.access import Actor, Role
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.exams import actions, words
from yipan.lines.exams.queries import studies as query
from yipan.lines.exams.wire import archive
from yipan.spine.registry import Page
from yipan.ui import flash, messages
from yipan.ui.navigation import Area, NavItem

PAGE_SIZE = 25
ASIDE = "aside"


@require_safe
def studies(request: HttpRequest) -> HttpResponse:
    """The queue, or what was set aside."""
    actor = _actor(request)
    which = ASIDE if request.GET.get("list") == ASIDE else "waiting"
    lists = {"waiting": query.waiting(actor), ASIDE: query.set_aside(actor)}
    page = Paginator(lists[which], PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    audit.record_list(actor, "studies.waiting", which, count=len(rows))
    explained = query.explained(actor, rows)
    context = {
        "which": which,
        "counts": {name: found.count() for name, found in lists.items()},
        "page": page,
        "rows": [(one, words.WAITS[one.reason]) for one in explained],
        "has_archive": archive.is_set(),
    }
    return render(request, "exams/studies.html", context)


@require_http_methods(["GET", "POST"])
def attach(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Say to which order a study belongs; where the patients differ, say it twice."""
    actor = _actor(request)
    study = query.one_waiting(actor, study_id)
    number = request.POST.get("accession", "") or request.GET.get("accession", "")
    error: Conflict | NotFound | None = None
    if request.method == "POST":
        try:
            actions.attach_study(
                actor=actor, study_id=study_id, accession=number, anyway=request.POST.get("anyway") == "1"
            )
        except (Conflict, NotFound) as refused:
            error = refused
        else:
            flash.say(request, _("The study belongs to order {number} now.").format(number=number.strip()))
            return HttpResponseRedirect(reverse("exam-studies"))
    (explained,) = query.explained(actor, [study])
    context = {
        "study": study,
        "waits": words.WAITS[explained.reason],
        "proposals": explained.proposals,
        "number": number,
        "error": messages.of_error(error) if error else "",
        "other": query.by_accession([number.strip()]).get(number.strip()) if _differs(error) else None,
    }
    status = 404 if isinstance(error, NotFound) else 409 if error else 200
    return render(request, "exams/study_attach.html", context, status=status)


@require_POST
def set_aside(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Decide that a study shall belong to no order."""
    try:
        actions.set_study_aside(actor=_actor(request), study_id=study_id, reason=request.POST.get("reason", ""))
    except InvalidInput as error:
        flash.say(request, messages.of_error(error), "warn")
    else:
        flash.say(request, _("The study is set aside."))
    return HttpResponseRedirect(reverse("exam-studies"))


@require_POST
def take_up(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Let a study that was set aside wait again."""
    actions.take_study_up(actor=_actor(request), study_id=study_id)
    flash.say(request, _("The study waits for an order again."))
    return HttpResponseRedirect(reverse("exam-studies"))


@require_POST
def detach(request: HttpRequest, study_id: UUID) -> HttpResponse:
    """Take a study from an order it does not belong to."""
    try:
        actions.detach_study(actor=_actor(request), study_id=study_id, reason=request.POST.get("reason", ""))
    except InvalidInput as error:
        flash.say(request, messages.of_error(error), "warn")
    else:
        flash.say(request, _("The study waits for an order again."))
    return HttpResponseRedirect(reverse("exam-studies"))


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(query.MATCH)
    return actor


def _differs(error: Conflict | NotFound | None) -> bool:
    """Whether the study tells another patient than the order's: the page then shows both."""
    return error is not None and error.code == "study_other_patient"


def _count(actor: Actor) -> int:
    return query.waiting(actor).count()


PAGES = (
    Page("exams/studies", studies, "exam-studies"),
    Page("exams/studies/<uuid:study_id>/attach", attach, "exam-study-attach"),
    Page("exams/studies/<uuid:study_id>/aside", set_aside, "exam-study-aside"),
    Page("exams/studies/<uuid:study_id>/again", take_up, "exam-study-again"),
    Page("exams/studies/<uuid:study_id>/detach", detach, "exam-study-detach"),
)
NAV = NavItem(
    "exam-studies",
    gettext_lazy("Studies without an order"),
    "image-off",
    order=78,
    verb=query.MATCH,
    area=Area.DIAGNOSTICS,
    daily=frozenset({Role.TECHNICIAN}),
    count=_count,
)
