"""Agreements with other organisations, one by one and as a file; and the rules of one's own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from yipan.base.access import Actor
from yipan.base.network.models import Organisation, Specialty
from yipan.base.network.queries import below
from yipan.kernel import clock
from yipan.kernel.errors import InvalidInput, NotFound, YipanError
from yipan.lines.referrals import actions
from yipan.lines.referrals.actions.agreeing import VERB, Terms
from yipan.lines.referrals.models import Agreement, PathwayKind, RuleText
from yipan.lines.referrals.pages.common import NOBODY, Form, actor_of
from yipan.lines.referrals.policy import rules as decided
from yipan.spine.registry import Page
from yipan.ui import flash
from yipan.ui.filters import WEEKDAYS, localtime

VIEW = "referrals.view"
COLUMNS = (
    "sender", "receiver", "valid_from", "valid_until", "specialties", "pathways", "weekdays", "opens", "closes",
    "direct", "contact", "phone", "note",
)  # fmt: skip
NEEDED = ("sender", "receiver", "valid_from")
LARGEST = 1_000_000
MOST_ROWS = 2000
YES = frozenset({"1", "yes", "true", "y", "是"})
DEFAULTS = {"direct": ""}


@never_cache
@require_http_methods(["GET", "POST"])
def agreements(request: HttpRequest) -> HttpResponseBase:
    """Every agreement that concerns the actor's organisations; a posted file is taken in whole or not at all."""
    actor = actor_of(request)
    form = Form()
    if request.method == "POST":
        actor.require(VERB)
        try:
            count = actions.import_agreements(actor=actor, rows=read_csv(request))
        except (InvalidInput, YipanError) as error:
            form.take(error, "file")
        else:
            said = ngettext("%(n)s agreement was taken in.", "%(n)s agreements were taken in.", count)
            flash.say(request, said % {"n": count})
            return redirect("referral-agreements")
    today = (localtime(clock.now()) or clock.now()).date()
    paths = actor.paths(VIEW)
    rows = Agreement.objects.filter(below(paths, "sender__path") | below(paths, "receiver__path"))
    context = {
        "rows": [
            (row, _words(row), actor.may(VERB, row.receiver.path)) for row in rows.select_related("sender", "receiver")
        ],
        "today": today,
        "may_agree": bool(actor.paths(VERB)),
        "form": form,
        "columns": COLUMNS,
    }
    return render(request, "referrals/agreements.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def agreement(request: HttpRequest, agreement_id: UUID | None = None) -> HttpResponseBase:
    """Make or change one."""
    actor = actor_of(request, VERB)
    row = _row(actor, agreement_id)
    if request.method == "POST":
        form = Form.of(request.POST, DEFAULTS)
        terms = _terms(form)
        if not form.errors and terms is not None:
            try:
                actions.save_agreement(actor=actor, terms=terms, agreement_id=agreement_id)
            except YipanError as error:
                if error.code == "not_allowed_here":
                    raise
                form.take(error)
            else:
                flash.say(request, _("The agreement is kept."))
                return redirect("referral-agreements")
    else:
        form = _stored(row) if row is not None else Form({"valid_from": _today().isoformat()})
    known = [(o.code, f"{o.label} ({o.code})") for o in Organisation.objects.order_by("path")]
    mine = [
        (o.code, f"{o.label} ({o.code})")
        for o in Organisation.objects.filter(below(actor.paths(VERB))).order_by("path")
    ]
    context = {
        "form": form,
        "summary": form.summary(),
        "row": row,
        "senders": known,
        "receivers": mine,
        "specialties": [(s.pk, s.label) for s in Specialty.objects.all()],
        "pathways": PathwayKind.choices,
        "weekdays": [(str(n), WEEKDAYS[n - 1]) for n in range(1, 8)],
    }
    return render(request, "referrals/agreement.html", context, status=422 if form.errors else 200)


@require_POST
def end(request: HttpRequest, agreement_id: UUID) -> HttpResponseBase:
    """Let it end today."""
    actions.end_agreement(actor=actor_of(request, VERB), agreement_id=agreement_id)
    flash.say(request, _("The agreement ends today."))
    return redirect("referral-agreements")


@never_cache
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest, organisation_id: UUID) -> HttpResponseBase:
    """Deadlines and criteria of an organisation, as text; where it wrote none, those above or the defaults hold."""
    actor = actor_of(request, "referrals.rules")
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound("organisation_unknown", id=str(organisation_id))
    actor.require("referrals.rules", organisation.path)
    stored = RuleText.objects.filter(organisation=organisation).first()
    form = Form({"text": stored.text if stored else ""})
    if request.method == "POST":
        form = Form({"text": request.POST.get("text", "")})
        try:
            actions.set_rules(actor=actor, organisation_id=organisation_id, text=form["text"])
        except InvalidInput as error:
            form.take(error, "text")
        else:
            flash.say(request, _("The rules are kept."))
            return redirect("referral-rules", organisation_id=organisation_id)
    context = {"form": form, "organisation": organisation, "defaults": decided.default_text(), "stored": stored}
    return render(request, "referrals/rules.html", context, status=422 if form.errors else 200)


def read_csv(request: HttpRequest) -> list[Terms]:
    """The rows of an uploaded CSV file (UTF-8 or GB 18030). Raises InvalidInput("agreement_file"), "agreement_row"."""
    sent = request.FILES.get("file")
    raw = sent.read(LARGEST + 1) if sent is not None else b""
    wrong = InvalidInput("agreement_file", columns=", ".join(COLUMNS))
    if not raw or len(raw) > LARGEST:
        raise wrong
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error:
        raise wrong from None
    if not rows or len(rows) > MOST_ROWS or not set(NEEDED) <= set(rows[0]):
        raise wrong
    return [_of_row(n, row) for n, row in enumerate(rows, start=1)]


def _of_row(number: int, row: dict[str, Any]) -> Terms:
    form = Form({name: str(row.get(name) or "").strip() for name in COLUMNS})
    lists = {
        name: [p for p in form[name].replace(";", " ").split() if p] for name in ("specialties", "pathways", "weekdays")
    }
    form.lists = lists
    terms = _terms(form)
    if terms is None or form.errors:
        field, told = next(iter(form.errors.items()))
        raise InvalidInput("agreement_row", row=number, field=field, why=told[0])
    return terms


def _terms(form: Form) -> Terms | None:
    """What was typed; what is wrong is noted on the form."""
    begins, ends = form.day("valid_from"), form.day("valid_until")
    if begins is None and "valid_from" not in form.errors:
        form.wrong("valid_from", _("Write a date such as 1958-03-21."))
    opens, closes = _time(form, "opens"), _time(form, "closes")
    days = [d for d in form.several("weekdays") if d.isdecimal() and d.isascii() and len(d) == 1]
    if begins is None or form.errors:
        return None
    return Terms(
        sender=form["sender"],
        receiver=form["receiver"],
        valid_from=begins,
        valid_until=ends,
        specialties=tuple(form.several("specialties")),
        pathways=tuple(form.several("pathways")),
        weekdays=tuple(int(d) for d in days),
        opens=opens,
        closes=closes,
        direct=form["direct"].lower() in YES,
        contact=form["contact"],
        phone=form["phone"],
        note=form["note"],
    )


def _time(form: Form, name: str) -> time | None:
    try:
        return time.fromisoformat(form[name]).replace(tzinfo=None) if form[name] else None
    except ValueError:
        form.wrong(name, _("Write a time such as 08:30."))
        return None


def _row(actor: Actor, agreement_id: UUID | None) -> Agreement | None:
    if agreement_id is None:
        return None
    row = Agreement.objects.select_related("sender", "receiver").filter(pk=agreement_id or NOBODY).first()
    if row is None:
        raise NotFound("agreement_unknown", id=str(agreement_id))
    actor.require(VERB, row.receiver.path)
    return row


def _stored(row: Agreement) -> Form:
    def text(value: date | time | None) -> str:
        return "" if value is None else value.isoformat() if isinstance(value, date) else value.strftime("%H:%M")

    values = {
        "sender": row.sender.code,
        "receiver": row.receiver.code,
        "valid_from": text(row.valid_from),
        "valid_until": text(row.valid_until),
        "opens": text(row.opens),
        "closes": text(row.closes),
        "direct": "1" if row.direct else "",
        "contact": row.contact,
        "phone": row.phone,
        "note": row.note,
    }
    lists = {"specialties": row.specialties, "pathways": row.pathways, "weekdays": [str(d) for d in row.weekdays]}
    return Form(values, lists)


def _words(row: Agreement) -> dict[str, str]:
    """Lists and hours in words."""
    names = {s.pk: s.label for s in Specialty.objects.filter(pk__in=row.specialties)}
    green = dict(PathwayKind.choices)
    hours = f"{row.opens:%H:%M}–{row.closes:%H:%M}" if row.opens and row.closes else _("at any time")
    return {
        "specialties": _joined(names[s] for s in row.specialties if s in names) or _("every specialty"),
        "pathways": _joined(green[p] for p in row.pathways if p in green),
        "when": _joined(WEEKDAYS[d - 1] for d in row.weekdays) + (" " if row.weekdays else "") + hours,
    }


def _joined(words: Iterable[Any]) -> str:
    return _(", ").join(str(w) for w in words)


def _today() -> date:
    return (localtime(clock.now()) or clock.now()).date()


PAGES = (
    Page("referrals/agreements", agreements, "referral-agreements"),
    Page("referrals/agreements/new", agreement, "referral-agreement-new"),
    Page("referrals/agreements/<uuid:agreement_id>", agreement, "referral-agreement"),
    Page("referrals/agreements/<uuid:agreement_id>/end", end, "referral-agreement-end"),
    Page("referrals/rules/<uuid:organisation_id>", rules, "referral-rules"),
)
