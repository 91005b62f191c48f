"""Ordering an examination: whom, what, how soon, and where in the network it is done best."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from yipan.base.access import Actor
from yipan.base.network.models import Department
from yipan.base.patients.pages import picking
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.exams import actions, policy
from yipan.lines.exams.models import ExamItem
from yipan.lines.exams.pages import form as forms
from yipan.lines.exams.pages.form import Form
from yipan.lines.exams.pages.offering import shown
from yipan.lines.exams.policy.slots import Goal
from yipan.lines.exams.queries import catalogue
from yipan.lines.exams.queries import orders as query
from yipan.lines.exams.queries.repetitions import repetitions
from yipan.lines.exams.queries.slots import Wish, offers
from yipan.spine.models import Request
from yipan.spine.registry import Page
from yipan.ui import flash, messages

VERB = "exams.order"
FIND, SHOW = "find", "show"


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """The form; with `?patient=` and `?item=` for what is known already. A button of an offer orders and books."""
    actor = _actor(request)
    form = Form.of(request.POST if request.method == "POST" else request.GET)
    if request.method == "GET" or form["step"] in (FIND, SHOW):
        return _page(request, actor, form)
    made = _save(actor, form)
    if made is None:
        return _page(request, actor, form, status=422)
    if forms.slot_of(form["slot"]):
        flash.say(request, _("The examination is ordered and its time is kept."))
    else:
        flash.say(request, _("The examination is ordered."))
    return redirect("exam-order", request_id=made.pk)


@never_cache
@require_POST
def choices(request: HttpRequest) -> HttpResponse:
    """What is known of the order as it stands in the form: repetitions, results of others, and offers."""
    actor = _actor(request)
    form = Form.of(request.POST)
    return render(request, "exams/order_choices.html", _choices(actor, form))


def _save(actor: Actor, form: Form) -> Request | None:
    """Order, and keep the chosen time, both or neither; None when the form has errors."""
    home = forms.department_of(form, query.departments(actor))
    item = forms.item_of(form, catalogue.items(actor))
    patient_id = form.patient_id
    if patient_id is None:
        form.wrong("patient", _("Choose the patient from the list."))
    wanted = form.instant("not_before", home.site if home else None)
    slot = forms.slot_of(form["slot"])
    if form.errors or home is None or item is None or patient_id is None:
        return None
    post = query.own_post(actor)
    try:
        with transaction.atomic():
            made = actions.order_exam(
                actor=actor,
                patient_id=patient_id,
                item_id=item.pk,
                department_id=home.pk,
                priority=form["priority"],
                reason=form["reason"],
                attending_id=post.pk if post is not None else None,
                wanted_from=wanted,
                repeated=bool(form["repeated"]),
            )
            if slot is not None:
                actions.schedule_exam(actor=actor, request_id=made.pk, device_id=slot[0], start=slot[1])
            return made
    except InvalidInput as error:
        form.take(error, "item")
    except Conflict as error:
        _refused(form, error)
    return None


def _refused(form: Form, error: Conflict) -> None:
    """What stood against it, beside the field that it is about, in the sentence of its cause."""
    if error.code == "exam_repeated":
        form.wrong("repeated", messages.of_error(error))
    elif error.code == "exam_slot_refused":
        cause = messages.sentence(str(error.params["cause"]))
        form.wrong("slot", messages.sentence(error.code, {"cause": cause}))
    else:
        form.wrong("slot", messages.of_error(error))


def _page(request: HttpRequest, actor: Actor, form: Form, *, status: int = 200) -> HttpResponse:
    post = query.own_post(actor)
    homes = list(query.departments(actor))
    if not form["home"] and post is not None and post.department_id:
        form.values["home"] = str(post.department_id)
    known = _choices(actor, form)
    context = {
        "homes": _grouped(homes),
        "items": [(forms.item_name(i), i.get_category_display()) for i in catalogue.items(actor)],
        "priorities": [("emergency", _("Emergency")), ("urgent", _("Urgent")), ("elective", _("Elective"))],
        "goals": goals(),
        **known,
        **picking.choices(actor, form.values),
        "pick_errors": form.errors.get("patient", []),
        "summary": form.summary(),
    }
    return render(request, "exams/order.html", context, status=status)


def goals() -> list[tuple[str, str]]:
    """What the best offer is, in words."""
    return [
        (Goal.SOONEST.value, _("Earliest finish")),
        (Goal.NEAREST.value, _("Shortest way")),
        (Goal.BALANCED.value, _("Both")),
    ]


def _grouped(homes: list[Department]) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for home in homes:
        groups.setdefault(home.site.label, []).append((str(home.pk), home.label))
    return list(groups.items())


def _choices(actor: Actor, form: Form) -> dict[str, Any]:
    """Hints and offers for what is in the form so far. Nothing is wrong yet with what is still missing."""
    quiet = Form(dict(form.values))
    item = forms.item_of(quiet, catalogue.items(actor)) if form["item"] else None
    home = forms.department_of(quiet, query.departments(actor)) if form["home"] else None
    context: dict[str, Any] = {"form": form, "item": item, "earlier": [], "recognition": ""}
    patient_id = form.patient_id
    if item is None or home is None or patient_id is None:
        return context
    context["earlier"] = repetitions(actor=actor, patient_id=patient_id, item=item)
    context["recognition"] = _recognition(patient_id, item, home)
    if policy.needs_slot(item.category):
        wish = Wish(
            item=item,
            patient_id=patient_id,
            home_site_id=home.site_id,
            ordered_at=clock.now(),
            not_before=quiet.instant("not_before", home.site),
            goal=form.goal,
        )
        context |= {"searched": True, **shown(offers(actor=actor, wish=wish))}
    return context


def _recognition(patient_id: Any, item: ExamItem, home: Department) -> str:
    """Where results of others for this order are told, and recognised by the department that orders."""
    return f"{reverse('exam-recognition')}?patient={patient_id}&item={item.pk}&department={home.pk}"


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(VERB)
    return actor


PAGES = (
    Page("exams/new", new, "exam-new"),
    Page("exams/new/choices", choices, "exam-choices"),
)
