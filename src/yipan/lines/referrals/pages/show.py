"""One referral: where it stands, what may be done next, and everything that travels with the patient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yipan.base.access import Actor
from yipan.base.patients import queries as people
from yipan.kernel.errors import InvalidInput, NotFound, YipanError
from yipan.lines.referrals import actions, policy, words
from yipan.lines.referrals.actions import after
from yipan.lines.referrals.models import Document, PathwayKind, Recovery, Refusal, StepKind
from yipan.lines.referrals.pages import form as forms
from yipan.lines.referrals.pages import wishes
from yipan.lines.referrals.pages.common import Form, actor_of, chosen, line_name
from yipan.lines.referrals.policy import Verb
from yipan.lines.referrals.queries import facts as known
from yipan.lines.referrals.queries import showing
from yipan.lines.referrals.queries.showing import Shown
from yipan.spine import registry
from yipan.spine.registry import Page
from yipan.ui import flash

SYMBOLS = {
    "drafted": "pencil",
    "sent": "send",
    "returned": "circle-question-mark",
    "accepted": "circle-check",
    "booked": "calendar-check",
    "in_transit": "ambulance",
    "arrived": "map-pin-check",
    "treated": "heart-pulse",
    "sent_back": "undo-2",
    "closed": "flag",
    "refused": "ban",
    "withdrawn": "undo",
}
TONES = {"refused": "warn", "returned": "held", "withdrawn": "held", "arrived": "free", "booked": "free"}


@never_cache
@require_GET
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The page of one referral; its moving parts alone when a live update asks."""
    actor = actor_of(request)
    fragment = request.headers.get("HX-Request") == "true"
    return _page(request, actor, showing.show(actor, referral_id), fragment=fragment)


def _page(
    request: HttpRequest, actor: Actor, shown: Shown, *, form: Form | None = None, fragment: bool = False
) -> HttpResponse:
    form = form or Form()
    knows = actor.may("patients.view")
    row = shown.referral
    patient = people.get(actor, row.request.patient_id) if knows and not fragment else row.request.patient
    places = wishes.offers(actor, row, form) if _reserves(shown) else []
    context: dict[str, Any] = {
        "s": shown,
        "row": row,
        "ends": shown.ends,
        "patient": patient,
        "knows": knows,
        "form": form,
        "summary_errors": form.summary(),
        "verbs": {str(v) for v in shown.verbs},
        "places": places,
        "told": [(words.SUMMARY[name], row.summary[name]) for name in policy.SUMMARY if row.summary.get(name)],
        "timeline": [_step(step) for step in reversed(shown.steps)],
        "state_words": StepKind(shown.state).label,
        "tone": TONES.get(str(shown.state), "accent"),
        "pathway_words": PathwayKind(row.pathway).label if row.pathway else "",
        "direction_words": words.DIRECTIONS[str(shown.ends.direction)],
        "urgency_words": words.URGENCIES,
        "milestones": words.MILESTONES,
        "mark_options": [
            (k.milestone.code, words.MILESTONES[k.milestone.code]) for k in shown.clocks if k.milestone.code != "door"
        ],
        "hrefs": _hrefs(actor, shown),
        "wished": [line_name(need["line"]) for need in row.needs],
        "reasons": Refusal.choices,
        "recoveries": Recovery.choices,
        "verb_words": words.VERBS,
    }
    status = 422 if form.errors else 200
    return render(
        request, "referrals/referral_body.html" if fragment else "referrals/referral.html", context, status=status
    )


def _reserves(shown: Shown) -> bool:
    """Whether this reader may now choose places for it."""
    wanted = {Verb.ACCEPT, Verb.BOOK} & set(shown.verbs)
    return bool(wanted) and bool(shown.referral.needs)


def _hrefs(actor: Actor, shown: Shown) -> dict[UUID, str]:
    """The pages of the reserved parts, where this reader may open them."""
    found = {}
    for part in shown.parts:
        shows = registry.line(part.request.line).shows
        if shows is not None and actor.may(shows[1], part.request.site.organisation.path):
            found[part.request.pk] = reverse(shows[0], args=[part.request.pk])
    return found


def _step(step: Any) -> dict[str, Any]:
    text = str(StepKind(step.state).label)
    if step.reason:
        text = f"{text}: {Refusal(step.reason).label}"
    if step.agreement_id:
        text = _("%(step)s, by agreement") % {"step": text}
    if step.note:
        text = f"{text} – {step.note}"
    return {
        "at": step.at,
        "text": text,
        "who": step.by,
        "symbol": SYMBOLS[step.state],
        "tone": TONES.get(step.state, "neutral"),
    }


@require_POST
def step(request: HttpRequest, referral_id: UUID, verb: str) -> HttpResponseBase:
    """Take one step; what is wrong comes back beside what was typed."""
    actor = actor_of(request)
    form = Form.of(request.POST)
    take = STEPS.get(verb)
    if take is None:
        raise NotFound("referral_unknown", id=str(referral_id))
    try:
        take(actor, referral_id, form)
    except InvalidInput as error:
        form.take(error)
    except YipanError as error:
        if "part" not in error.params:
            raise
        form.take(error, "places")
    if form.errors:
        return _page(request, actor, showing.show(actor, referral_id), form=form)
    flash.say(request, _("Written down. The other side is told."))
    return redirect("referral", referral_id=referral_id)


def _accept(actor: Actor, referral_id: UUID, form: Form) -> None:
    count = len(known.referral(actor, referral_id).needs)
    actions.accept_referral(actor=actor, referral_id=referral_id, offers=chosen(form, count), note=form["note"])


def _book(actor: Actor, referral_id: UUID, form: Form) -> None:
    count = len(known.referral(actor, referral_id).needs)
    actions.reserve_places(actor=actor, referral_id=referral_id, offers=chosen(form, count))


def _depart(actor: Actor, referral_id: UUID, form: Form) -> None:
    site = known.referral(actor, referral_id).to_department.site
    eta = form.instant("eta", site)
    if not form.errors:
        actions.depart(actor=actor, referral_id=referral_id, eta=eta)


STEPS: dict[str, Callable[[Actor, UUID, Form], Any]] = {
    "send": lambda actor, i, form: actions.send_referral(actor=actor, referral_id=i, note=form["note"]),
    "accept": _accept,
    "book": _book,
    "return": lambda actor, i, form: actions.return_referral(actor=actor, referral_id=i, note=form["note"]),
    "refuse": lambda actor, i, form: actions.refuse_referral(
        actor=actor, referral_id=i, reason=form["reason"], note=form["note"]
    ),
    "depart": _depart,
    "arrive": lambda actor, i, form: actions.arrive(actor=actor, referral_id=i),
    "treat": lambda actor, i, form: actions.treat(actor=actor, referral_id=i, note=form["note"]),
    "close": lambda actor, i, form: actions.close_referral(actor=actor, referral_id=i, note=form["note"]),
    "withdraw": lambda actor, i, form: actions.withdraw_referral(actor=actor, referral_id=i, note=form["note"]),
    "message": lambda actor, i, form: actions.write_message(actor=actor, referral_id=i, text=form["text"]),
    "progress": lambda actor, i, form: actions.record_progress(
        actor=actor, referral_id=i, text=form["text"], recovery=form["recovery"]
    ),
    "milestone": lambda actor, i, form: actions.mark_milestone(
        actor=actor,
        referral_id=i,
        code=form["code"],
        at=form.instant("at", known.referral(actor, i).to_department.site),
    ),
}
"""What a form of the page may do, by the last word of its address."""


@never_cache
@require_http_methods(["GET", "POST"])
def back(request: HttpRequest, referral_id: UUID) -> HttpResponseBase:
    """Send the patient back with a plan, medicines, next tests and tasks."""
    actor = actor_of(request, "referrals.receive")
    found = known.referral(actor, referral_id)
    actor.require("referrals.receive", found.to_department.site.organisation.path)
    if request.method == "POST":
        form = Form.of(request.POST, forms.DEFAULTS)
        try:
            made = actions.send_back(
                actor=actor, referral_id=referral_id, facts=forms.facts_of(form), tasks=forms.tasks_of(form)
            )
        except InvalidInput as error:
            form.take(error)
        else:
            flash.say(request, _("The patient goes back; plan and tasks are sent along."))
            return redirect("referral", referral_id=made.pk)
    else:
        form = Form(_back(found))
    context = {
        "form": form,
        "summary": form.summary(),
        "row": found,
        "ends": known.Parties(found),
        "parts": [(name, words.SUMMARY[name]) for name in policy.ASKED],
        "kinds": forms.TaskKind.choices,
        "task_rows": range(forms.TASK_ROWS),
        "urgencies": list(words.URGENCIES.items()),
    }
    return render(request, "referrals/back.html", context, status=422 if form.errors else 200)


def _back(found: Any) -> dict[str, str]:
    return {
        "diagnosis_code": found.diagnosis_code,
        "diagnosis": found.diagnosis,
        "urgency": "elective",
        "allergies": found.summary.get("allergies", ""),
        "history": found.summary.get("history", ""),
    }


@require_POST
def add_document(request: HttpRequest, referral_id: UUID) -> HttpResponseBase:
    """Take a file; what it is, its content decides."""
    actor = actor_of(request)
    form, sent = Form.of(request.POST), request.FILES.get("file")
    name, content = (sent.name or "", sent.read(after.LARGEST + 1)) if sent is not None else ("", b"")
    try:
        actions.add_document(actor=actor, referral_id=referral_id, name=name, content=content)
    except InvalidInput as error:
        form.take(error)
        return _page(request, actor, showing.show(actor, referral_id), form=form)
    flash.say(request, _("The document travels with the patient."))
    return redirect("referral", referral_id=referral_id)


@never_cache
@require_GET
def document(request: HttpRequest, referral_id: UUID, document_id: UUID) -> HttpResponse:
    """A file as it was added; opening it is a read of the patient's record."""
    actor = actor_of(request, "patients.view")
    found = known.referral(actor, referral_id)
    row = Document.objects.filter(referral=found, pk=document_id).first()
    if row is None:
        raise NotFound("document_unknown", id=str(document_id))
    people.get(actor, found.request.patient_id)
    answer = HttpResponse(row.content, content_type=row.media_type)
    ending = row.media_type.rpartition("/")[2]
    answer["Content-Disposition"] = f'attachment; filename="{found.number}-{str(row.pk)[-6:]}.{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
def tick(request: HttpRequest, referral_id: UUID, task_id: UUID) -> HttpResponseBase:
    """The lower hospital has done a task."""
    actor = actor_of(request)
    actions.tick_task(actor=actor, task_id=task_id, result=request.POST.get("result", ""))
    flash.say(request, _("The task is done; those who sent the patient see it."))
    return redirect("referral", referral_id=referral_id)


PAGES = (
    Page("referrals/<uuid:referral_id>", referral, "referral"),
    Page("referrals/<uuid:referral_id>/back", back, "referral-back"),
    Page("referrals/<uuid:referral_id>/documents", add_document, "referral-documents"),
    Page("referrals/<uuid:referral_id>/documents/<uuid:document_id>", document, "referral-document"),
    Page("referrals/<uuid:referral_id>/tasks/<uuid:task_id>", tick, "referral-task"),
    Page("referrals/<uuid:referral_id>/step/<slug:verb>", step, "referral-step"),
)
