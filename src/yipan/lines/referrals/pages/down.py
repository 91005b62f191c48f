"""Patients who could go on at a lower hospital, as the criteria propose them; and follow-up that is due."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yipan.base import audit
from yipan.base.network.models import Department
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, YipanError
from yipan.lines.referrals import actions, policy, words
from yipan.lines.referrals.models import Candidate, TaskKind
from yipan.lines.referrals.pages import form as forms
from yipan.lines.referrals.pages.common import NOBODY, Form, actor_of
from yipan.lines.referrals.policy import Criterion
from yipan.lines.referrals.queries import down, lists
from yipan.lines.referrals.queries import facts as known
from yipan.spine.registry import Page
from yipan.ui import flash, messages
from yipan.ui.filters import localtime

PER_PAGE = 30
WORDS = {
    "general": gettext_lazy("General"),
    "serious": gettext_lazy("Serious"),
    "critical": gettext_lazy("Critical"),
    "special": gettext_lazy("Special care"),
    "1": gettext_lazy("Level I care"),
    "2": gettext_lazy("Level II care"),
    "3": gettext_lazy("Level III care"),
}
"""Severities and nursing levels, of which criteria speak."""


@never_cache
@require_GET
def candidates(request: HttpRequest) -> HttpResponse:
    """Proposals of this and earlier mornings that nobody has decided, and tasks that are due."""
    actor = actor_of(request)
    page = Paginator(lists.candidates(actor), PER_PAGE).get_page(request.GET.get("page"))
    today = (localtime(clock.now()) or clock.now()).date()
    names = actor.may("patients.view")
    if names:
        audit.record_list(actor, "referrals.candidates", count=len(page))
    context: dict[str, Any] = {
        "page": page,
        "rows": [(row, criterion_words(_criterion(row)), _verdicts(row)) for row in page.object_list],
        "tasks": list(lists.tasks(actor, today)[:50]),
        "today": today,
        "names": names,
        "may_send": bool(actor.paths("referrals.send")),
    }
    return render(request, "referrals/candidates.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def refer(request: HttpRequest, candidate_id: UUID) -> HttpResponseBase:
    """Write the way down: plan, medicines, next tests and tasks are filled in from the criterion, and sent along."""
    actor = actor_of(request, "referrals.send")
    row = down.candidate(actor, candidate_id)
    criterion = _criterion(row)
    if request.method == "POST":
        form = Form.of(request.POST, forms.DEFAULTS)
        made = _send(actor, row, form)
        if made is not None:
            flash.say(request, _("The patient is offered to the lower hospital; plan and tasks travel along."))
            return redirect("referral", referral_id=made.pk)
    else:
        form = Form(_filled(row, criterion))
    context = {
        "form": form,
        "summary": form.summary(),
        "row": row,
        "criterion": criterion_words(criterion),
        "verdicts": _verdicts(row),
        "targets": [(str(d.pk), f"{d.label} · {d.site.label}") for d in down.below(row)],
        "parts": [(name, words.SUMMARY[name]) for name in policy.ASKED],
        "kinds": TaskKind.choices,
        "task_rows": range(forms.TASK_ROWS),
        "urgencies": list(words.URGENCIES.items()),
    }
    return render(request, "referrals/candidate.html", context, status=422 if form.errors else 200)


def _send(actor: Any, row: Candidate, form: Form) -> Any:
    target = Department.objects.filter(pk=form.uuid("to") or NOBODY).first()
    if target is None:
        form.wrong("to", messages.sentence("field_required"))
    facts, tasks = forms.facts_of(form), forms.tasks_of(form)
    if form.errors or target is None:
        return None
    try:
        with transaction.atomic():
            return actions.refer_candidate(
                actor=actor, candidate_id=row.pk, to_department_id=target.pk, facts=facts, tasks=tasks
            )
    except YipanError as error:
        form.take(error)
    return None


@require_POST
def dismiss(request: HttpRequest, candidate_id: UUID) -> HttpResponseBase:
    """The patient stays, with the reason."""
    actor = actor_of(request, "referrals.send")
    try:
        actions.dismiss_candidate(actor=actor, candidate_id=candidate_id, reason=request.POST.get("reason", ""))
    except InvalidInput as error:
        flash.say(request, messages.sentence(next(iter(error.params["fields"].values()))), "error")
    else:
        flash.say(request, _("The patient stays."))
    return redirect("referral-candidates")


def criterion_words(criterion: Criterion | None) -> str:
    if criterion is None:
        return "–"
    return criterion.name if (get_language() or "").startswith("zh") else criterion.name_en


def _criterion(row: Candidate) -> Criterion | None:
    rules = known.rules(row.request.home_department.site.organisation)
    return next((c for c in rules.criteria if c.code == row.criterion), None)


def _verdicts(row: Candidate) -> list[str]:
    return [messages.sentence(v["code"], {"found": WORDS.get(v["found"], v["found"])}) for v in row.verdicts]


def _filled(row: Candidate, criterion: Criterion | None) -> dict[str, str]:
    """The form as the criterion proposes it."""
    today = (localtime(clock.now()) or clock.now()).date()
    facts = down.facts_of(row)
    told = {
        "to": str(row.target_id or ""),
        "urgency": "elective",
        "reason": criterion_words(criterion) if criterion else "",
        "diagnosis_code": facts.diagnosis_code if facts else "",
    }
    for n, follow in enumerate(criterion.follow[: forms.TASK_ROWS] if criterion else ()):
        told[f"task-{n}-kind"], told[f"task-{n}-title"] = follow.kind, follow.title
        told[f"task-{n}-due"] = (today + down.days(follow.days)).isoformat()
    return told


PAGES = (
    Page("referrals/down", candidates, "referral-candidates"),
    Page("referrals/down/<uuid:candidate_id>", refer, "referral-candidate"),
    Page("referrals/down/<uuid:candidate_id>/dismiss", dismiss, "referral-candidate-dismiss"),
)
