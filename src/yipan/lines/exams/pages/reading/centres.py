"""Keeping reading centres: the list, and the page of one with its rules, readers, coverage and templates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from yipan.base.access import Actor
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput
from yipan.lines.exams import actions
from yipan.lines.exams.models import Category, Grade, ReadingCentre
from yipan.lines.exams.pages.common import chosen
from yipan.lines.exams.pages.reading import show
from yipan.lines.exams.policy import critical
from yipan.lines.exams.policy import reading as policy
from yipan.lines.exams.queries import centres as query
from yipan.spine.registry import Page
from yipan.ui import flash, messages
from yipan.ui.navigation import Area, NavItem

PER_PAGE = 40
NUMBERS = ("keep_minutes", "most_claims")
WORK = {"CT": "CT", "MR": "MR", "DX": "DX", "MG": "MG", "ECG": "ECG", "US": "US", "ES": "ES"}
STEPS = {
    "told": gettext_lazy("Until somebody is told"),
    "acknowledged": gettext_lazy("Until it is acknowledged"),
    "acted": gettext_lazy("Until a doctor has acted"),
    "rung": gettext_lazy("Until the next person is asked"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def centres(request: HttpRequest) -> HttpResponse:
    """The centres that this person keeps, and a form to open one."""
    actor, errors = show.actor_of(request, query.VERB), dict[str, str]()
    given = request.POST
    if request.method == "POST":
        try:
            site = texts.identifier(given.get("site", ""))
            if site is None:
                raise InvalidInput("form_invalid", fields={"site": "choice_unknown"})
            told = {name: given.get(name, "") for name in ("code", "name", "name_en")}
            made = actions.make_centre(actor=actor, site_id=site, **told)
        except InvalidInput as error:
            errors = {name: messages.sentence(code) for name, code in error.params.get("fields", {}).items()}
        else:
            flash.say(request, _("The centre is open. Say what it reads, and who reads there."))
            return HttpResponseRedirect(reverse("exam-centre", args=[made.pk]))
    context = {
        **show.base(actor),
        "rows": query.centres(actor),
        "sites": [(str(s.pk), f"{s.label} · {s.code}") for s in query.sites(actor)],
        "value": given,
        "errors": errors,
    }
    return render(request, "exams/reading/centres.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def centre(request: HttpRequest, centre_id: UUID) -> HttpResponse:
    """One centre; a POST saves its name and rules."""
    actor = show.actor_of(request, query.VERB)
    found = query.centre(actor, centre_id)
    if request.method != "POST":
        return _shown(request, actor, found)
    given = request.POST
    try:
        actions.set_centre(
            actor=actor,
            centre_id=centre_id,
            name=given.get("name", ""),
            name_en=given.get("name_en", ""),
            in_use=given.get("in_use") == "1",
            body=_body(given),
        )
    except InvalidInput as error:
        return _shown(request, actor, found, error)
    flash.say(request, _("Saved."))
    return HttpResponseRedirect(reverse("exam-centre", args=[centre_id]))


@require_POST
def coverage(request: HttpRequest, centre_id: UUID) -> HttpResponse:
    """Save which of the sites that were shown the centre reads."""
    actor, given = show.actor_of(request, query.VERB), request.POST
    cells = [cell.partition(" ") for cell in given.getlist("cover")]
    wanted = [(chosen(site), category) for site, _space, category in cells]
    sites = [chosen(site) for site in given.getlist("shown")]
    changed = actions.cover(actor=actor, centre_id=centre_id, site_ids=sites, wanted=wanted)
    flash.say(request, _("Saved.") if changed else _("Nothing was different."))
    back = {name: given[name] for name in ("q", "page") if given.get(name)}
    return HttpResponseRedirect(reverse("exam-centre", args=[centre_id], query=back, fragment="coverage"))


@require_POST
def reader(request: HttpRequest, centre_id: UUID) -> HttpResponse:
    """Enter a reader, change one, or take one off the list."""
    actor, given = show.actor_of(request, query.VERB), request.POST
    known = chosen(given["reader"]) if given.get("reader") else None
    if known is not None and given.get("step") == "drop":
        actions.drop_reader(actor=actor, centre_id=centre_id, reader_id=known)
        flash.say(request, _("The reader is off the list."))
    else:
        try:
            actions.set_reader(
                actor=actor,
                centre_id=centre_id,
                reader_id=known,
                user_id=texts.whole(given.get("user", "")),
                grade=given.get("grade", ""),
                specialties=given.getlist("specialties"),
                head=given.get("head") == "1",
            )
        except InvalidInput as error:
            return _shown(request, actor, query.centre(actor, centre_id), error)
        flash.say(request, _("Saved."))
    return HttpResponseRedirect(reverse("exam-centre", args=[centre_id], fragment="readers"))


def _shown(request: HttpRequest, actor: Actor, found: ReadingCentre, error: InvalidInput | None = None) -> HttpResponse:
    fields = error.params.get("fields", {}) if error else {}
    errors = {name: messages.sentence(code) for name, code in fields.items()}
    text = request.GET.get("q", "").strip()[:100]
    page = Paginator(query.sites(actor, text), PER_PAGE).get_page(request.GET.get("page"))
    rules = "name" in request.POST
    context = {
        **show.base(actor),
        "centre": found,
        "value": request.POST if error and rules else _stored(found),
        "second_grades": request.POST.getlist("second_grades") if error and rules else _second(found),
        "errors": errors,
        "summary": [(f"f-{name}", text) for name, text in errors.items()],
        "categories": [(c, Category(c).label) for c in policy.READ],
        "urgencies": show.urgencies(),
        "work": WORK,
        "steps": STEPS,
        "grades": Grade.choices,
        "readers": list(query.reads(found)),
        "accounts": [(str(u.pk), f"{u.first_name or u.username} · {u.username}") for u in query.could_read(found)],
        "all_specialties": [(code, show.specialties().get(code, code)) for code in query.specialties()],
        "covered": query.covered(found, list(page.object_list)),
        "page": page,
        "q": text,
        "items": list(query.items()),
    }
    return render(request, "exams/reading/centre.html", context, status=422 if error else 200)


def _stored(found: ReadingCentre) -> dict[str, Any]:
    """The rules of a centre as the form shows them: what is said otherwise, else what is usual."""
    rules = policy.read(found.policy)
    steps = critical.read(found.policy.get("critical", {}))
    told: dict[str, Any] = {f"deadlines.{c}.{u}": n for c, by in rules.deadlines.items() for u, n in by.items()}
    told |= {f"work.{modality}": policy.minutes_of(rules, modality) for modality in WORK}
    told |= {f"critical.{name}": getattr(steps, name) for name in STEPS}
    told |= {name: getattr(rules, name) for name in NUMBERS}
    return told | {
        "name": found.name,
        "name_en": found.name_en,
        "in_use": "1" if found.in_use else "",
        "peer_rate": f"{rules.peer_rate * 100:g}",
        "second_items": " ".join(rules.second_items),
    }


def _second(found: ReadingCentre) -> list[str]:
    return list(policy.read(found.policy).second_grades)


def _body(given: QueryDict) -> dict[str, Any]:
    """The rules that were typed; what is no number is out of every range."""

    def number(name: str) -> int:
        found = texts.whole(given.get(name, ""))
        return -1 if found is None else found

    urgencies = [str(urgency) for urgency in policy.Urgency]
    try:
        share = round(float(given.get("peer_rate", "")) / 100, 4)
    except ValueError:
        share = -1
    return {
        "deadlines": {c: {u: number(f"deadlines.{c}.{u}") for u in urgencies} for c in policy.READ},
        "work": {modality: number(f"work.{modality}") for modality in WORK},
        "critical": {name: number(f"critical.{name}") for name in STEPS},
        "second_grades": given.getlist("second_grades"),
        "second_items": given.get("second_items", "").replace(",", " ").split(),
        "peer_rate": share,
        **{name: number(name) for name in NUMBERS},
    }


PAGES = (
    Page("reading/centres", centres, "exam-centres"),
    Page("reading/centres/<uuid:centre_id>", centre, "exam-centre"),
    Page("reading/centres/<uuid:centre_id>/coverage", coverage, "exam-centre-coverage"),
    Page("reading/centres/<uuid:centre_id>/readers", reader, "exam-centre-reader"),
)
NAV = NavItem(
    "exam-centres",
    gettext_lazy("Reading centres"),
    "building-2",
    order=80,
    verb=query.VERB,
    area=Area.DIAGNOSTICS,
)
