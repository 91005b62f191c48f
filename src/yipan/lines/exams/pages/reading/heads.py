"""Heads of departments: who is asked when the attending does not answer, and choosing one."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yipan.kernel.errors import InvalidInput
from yipan.lines.exams import actions
from yipan.lines.exams.pages.common import chosen
from yipan.lines.exams.pages.reading import show
from yipan.lines.exams.queries import limits as query
from yipan.spine.registry import Page
from yipan.ui import flash

PER_PAGE, MOST = 40, 30


@require_GET
def heads(request: HttpRequest) -> HttpResponse:
    """Departments of one's own organisations with their heads."""
    actor = show.actor_of(request, query.VERB)
    text, without = request.GET.get("q", "").strip()[:100], request.GET.get("list") == "without"
    page = Paginator(query.departments(actor, text, without=without), PER_PAGE).get_page(request.GET.get("page"))
    missing = query.departments(actor, without=True).count()
    context = {**show.critical_base(actor), "page": page, "q": text, "without": without, "missing": missing}
    return render(request, "exams/reading/heads.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def head(request: HttpRequest, department_id: UUID) -> HttpResponse:
    """One department: who heads it, and whom one may name; a POST names somebody, or nobody."""
    actor, errors = show.actor_of(request, query.VERB), dict[str, list[str]]()
    found = query.department(actor, department_id)
    text = request.GET.get("q", "").strip()[:100]
    if request.method == "POST":
        given = request.POST.get("practitioner", "")
        try:
            person = None if request.POST.get("step") == "nobody" else chosen(given)
            actions.set_head(actor=actor, department_id=department_id, practitioner_id=person)
        except InvalidInput as error:
            errors = show.wrong(error)
        else:
            flash.say(request, _("Saved."))
            return HttpResponseRedirect(reverse("critical-heads"))
    people = query.could_head(actor, text)
    if not text:
        people = people.filter(department=found)
    context = {
        "department": found,
        "head": getattr(found, "head", None),
        "people": list(people[:MOST]),
        "more": people.count() > MOST,
        "q": text,
        "errors": errors,
    }
    return render(request, "exams/reading/head.html", context, status=422 if errors else 200)


PAGES = (
    Page("critical/heads", heads, "critical-heads"),
    Page("critical/heads/<uuid:department_id>", head, "critical-head"),
)
