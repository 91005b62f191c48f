"""Mutual recognition: what is at hand when ordering, what was decided, and the rules of the items."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yipan.base.access import Actor
from yipan.kernel import clock, texts
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams import actions
from yipan.lines.exams.models import REFUSALS, ExamItem, RecognitionArea
from yipan.lines.exams.pages.common import chosen
from yipan.lines.exams.queries import facts as known
from yipan.lines.exams.queries import savings as query
from yipan.lines.exams.queries.recognition import rule_of, usable
from yipan.spine.registry import Page
from yipan.ui import flash, messages
from yipan.ui.filters import localtime
from yipan.ui.navigation import Area, NavItem

if TYPE_CHECKING:
    from yipan.ui.charts import Chart

DAYS = 30
RULES = "exams.catalogue"


@require_GET
def at_hand(request: HttpRequest) -> HttpResponse:
    """`?patient=…&item=…&department=…`: results that may make the order needless. The order form includes it."""
    actor = _actor(request)
    patient_id, item_id = chosen(request.GET.get("patient", "")), chosen(request.GET.get("item", ""))
    department_id = request.GET.get("department", "")
    found = usable(actor, patient_id, item_id)
    context = {
        "candidates": [(c, messages.sentence(c.answer.reason, dict(c.answer.params))) for c in found],
        "patient_id": patient_id,
        "item": known.item(item_id),
        "department_id": department_id,
        "order_id": request.GET.get("order", ""),
        "refusals": [(str(reason), words) for reason, words in REFUSALS.items()],
        "may_decide": actor.may("exams.recognise") and bool(department_id),
    }
    whole = request.headers.get("HX-Request") != "true"
    return render(request, "exams/recognition.html" if whole else "exams/recognition_parts.html", context)


@require_POST
def recognise(request: HttpRequest) -> HttpResponse:
    """A result serves: no examination is ordered."""
    given, order_id = request.POST, request.POST.get("recognition_order", "")
    decision = actions.recognise(
        actor=_actor(request),
        **_asked(given),
        request_id=chosen(order_id) if order_id else None,
    )
    saved = _("{price} yuan saved").format(price=f"{decision.price:.0f}")
    flash.say(request, _("The result is recognised; nothing is ordered.") + f" {saved}")
    return HttpResponseRedirect(reverse("exam-results", args=[decision.patient_id]))


@require_POST
def refuse(request: HttpRequest) -> HttpResponse:
    """A result does not serve; the order goes on."""
    given = request.POST
    reason, text = given.get("recognition_reason", ""), given.get("recognition_text", "")
    asked = _asked(given)
    try:
        actions.refuse(actor=_actor(request), **asked, reason=reason, text=text)
    except InvalidInput as error:
        sentences = [messages.sentence(code) for code in error.params.get("fields", {}).values()]
        flash.say(request, _("The refusal needs a reason.") + " " + " ".join(sentences), "warn")
    else:
        flash.say(request, _("The refusal is written down; the examination can be ordered."))
    told = {name: str(asked[f"{name}_id"]) for name in ("patient", "item", "department")}
    query_string = "&".join(f"{name}={value}" for name, value in told.items())
    return HttpResponseRedirect(f"{reverse('exam-recognition')}?{query_string}")


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Recognised, refused by reason, money and radiation saved in a period."""
    actor = _actor(request)
    actor.require(query.VERB)
    first, last, error = _period(request)
    rows = query.decisions(actor, first, last)
    days = query.by_day(rows, first, last)
    context = {
        "first": first,
        "last": last,
        "error": error,
        "total": query.overall(rows),
        "reasons": [(REFUSALS[code], n) for code, n in query.by_reason(rows).items()],  # type: ignore[index]
        "items": query.by_item(rows),
        "sites": query.by_site(rows),
        "plots": _plots(days) if any(told.recognised + told.refused for _, told in days) else [],
        "may_edit": actor.may(RULES),
        "as_of": clock.now(),
    }
    return render(request, "exams/recognition_figures.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """What every item asks of a result, and the areas that the network lies in."""
    actor = _actor(request)
    actor.require("exams.view")
    if request.method == "POST":
        told = [line.partition("=") for line in request.POST.get("areas", "").splitlines() if line.strip()]
        scopes = {"省": "province", "地区": "region"}
        areas = [(name.strip(), scopes.get(scope.strip(), scope.strip() or "region")) for name, _eq, scope in told]
        try:
            actions.set_areas(actor=actor, areas=areas)
        except InvalidInput as wrong:
            flash.say(request, messages.of_error(wrong), "warn")
        else:
            flash.say(request, _("Saved."))
        return HttpResponseRedirect(reverse("exam-rules"))
    items = ExamItem.objects.filter(in_use=True).select_related("recognition").prefetch_related("codes")
    rows = [(item, rule_of(item, getattr(item, "recognition", None)), hasattr(item, "recognition")) for item in items]
    areas_told = "\n".join(f"{a.name} = {a.scope}" for a in RecognitionArea.objects.order_by("scope", "name"))
    context = {"rows": rows, "areas": areas_told, "may_edit": actor.may(RULES)}
    return render(request, "exams/recognition_rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The rule of one item, and what else the item is called."""
    actor = _actor(request)
    actor.require(RULES)
    item, errors = known.item(item_id), dict[str, str]()
    if request.method == "POST":
        try:
            _save(request, actor, item_id)
        except InvalidInput as error:
            fields = error.params.get("fields") or {"codes": error.code}
            errors = {n: messages.sentence(code, error.params) for n, code in fields.items()}
        else:
            flash.say(request, _("Saved."))
            return HttpResponseRedirect(reverse("exam-rules"))
    stored = getattr(item, "recognition", None)
    rule_now = rule_of(item, stored)
    value: dict[str, Any] = request.POST.dict() if errors else _shown(item, stored, rule_now.valid_hours)
    context = {"item": item, "value": value, "errors": errors, "own": stored is not None}
    return render(request, "exams/recognition_rule.html", context, status=422 if errors else 200)


def _save(request: HttpRequest, actor: Actor, item_id: UUID) -> None:
    given = request.POST
    actions.set_rule(
        actor=actor,
        item_id=item_id,
        **{name: _number(given.get(name, "")) for name in NUMBERS},
        recognisable=given.get("recognisable") == "1",
        mark_needed=given.get("mark_needed") == "1",
        for_critical=given.get("for_critical") == "1",
    )
    lines = [line.rpartition(":") for line in given.get("codes", "").splitlines() if line.strip()]
    actions.set_codes(actor=actor, item_id=item_id, codes=[(system, code) for system, _colon, code in lines])


NUMBERS = ("valid_hours", "valid_hours_ward", "internal_days", "external_days")


def _shown(item: ExamItem, stored: Any, valid_hours: int) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(stored, name, None) for name in NUMBERS}
    told["valid_hours"] = valid_hours
    told = {name: "" if value is None else str(value) for name, value in told.items()}
    for name, default in (("recognisable", True), ("mark_needed", False), ("for_critical", False)):
        told[name] = "1" if getattr(stored, name, default) else ""
    own = item.codes.filter(organisation=None).order_by("system", "code")
    return told | {"codes": "\n".join(f"{c.system}:{c.code}" if c.system else c.code for c in own)}


def _number(text: str) -> int | None:
    """A whole number; what is none of it is out of every range, nothing is None."""
    if not text.strip():
        return None
    found = texts.whole(text)
    return -1 if found is None else found


def _asked(given: Any) -> dict[str, UUID]:
    names = {"patient_id": "patient", "item_id": "item", "department_id": "department", "result_id": "result"}
    return {name: chosen(given.get(f"recognition_{field}", "")) for name, field in names.items()}


def _plots(days: list[tuple[date, query.Savings]]) -> list[Chart]:
    from yipan.ui.charts import bars

    labels = [f"{day:%m-%d}" for day, _told in days]
    counted = [
        (_("Recognised"), [float(told.recognised) for _day, told in days]),
        (_("Refused"), [float(told.refused) for _day, told in days]),
    ]
    money = [(_("Saved"), [told.price for _day, told in days])]
    return [
        bars(title=_("Decisions by day"), labels=labels, series=counted, stacked=True),
        bars(title=_("Money saved by day"), labels=labels, series=money, unit=_("yuan")),
    ]


def _period(request: HttpRequest) -> tuple[date, date, str]:
    today = (localtime(clock.now()) or clock.now()).date()
    try:
        last = texts.day(request.GET["to"]) if request.GET.get("to") else today
        first = texts.day(request.GET["from"]) if request.GET.get("from") else last - timedelta(days=DAYS - 1)
    except InvalidInput as error:
        return today - timedelta(days=DAYS - 1), today, messages.of_error(error)
    first = min(first, last)
    return max(first, last - timedelta(days=366)), last, ""


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


PAGES = (
    Page("exams/recognition", at_hand, "exam-recognition"),
    Page("exams/recognition/recognise", recognise, "exam-recognise"),
    Page("exams/recognition/refuse", refuse, "exam-refuse"),
    Page("exams/recognition/figures", figures, "exam-recognition-figures"),
    Page("exams/recognition/rules", rules, "exam-rules"),
    Page("exams/recognition/rules/<uuid:item_id>", rule, "exam-rule"),
)
NAV = NavItem(
    "exam-recognition-figures",
    gettext_lazy("Recognition"),
    "badge-check",
    order=76,
    verb=query.VERB,
    area=Area.DIAGNOSTICS,
)
