"""Tomorrow's plan: ask for one, watch it being made, read it, accept what is wanted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.network.models import Ward
from yipan.kernel import texts
from yipan.kernel.errors import InvalidInput, YipanError
from yipan.lines.beds.queries.desk import recorded_reasons
from yipan.planning import actions, queries, words
from yipan.planning.drawing import timeline
from yipan.planning.models import Run, Status
from yipan.planning.queries import Shown, Whole
from yipan.planning.verbs import ACCEPT, RUN, VIEW
from yipan.ui import flash, messages

GROUPS = ("day", "ward")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plans(request: HttpRequest) -> HttpResponse:
    """The newest plan, the form for another, and those before."""
    actor = _actor(request)
    problem = ""
    if request.method == "POST":
        try:
            run = _start(actor, request)
        except (InvalidInput, ValueError) as error:
            problem = messages.of_error(error) if isinstance(error, YipanError) else str(error)
        except YipanError as error:
            if error.code != "plan_under_way":
                raise
            problem = messages.of_error(error)
        else:
            return redirect("planning:plan", run_id=run.id)
    rows = list(queries.runs(actor))
    context = {"runs": rows, "problem": problem, **_form(actor)}
    return render(request, "planning/plans.html", context, status=409 if problem else 200)


@never_cache
@require_safe
def plan(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One plan; only its progress when htmx asks for it while the plan is being made."""
    actor = _actor(request)
    run = queries.run_of(actor, run_id)
    if request.headers.get("HX-Request") == "true":
        response = render(request, "planning/progress.html", {"run": run, **_progress(run)})
        if not run.is_open:
            response.headers["HX-Refresh"] = "true"
        return response
    return _page(request, actor, queries.whole(actor, run))


@require_POST
def stop(request: HttpRequest, run_id: UUID) -> HttpResponseRedirect:
    """End the search and keep the best plan so far."""
    actions.stop_run(actor=_actor(request), run_id=run_id)
    return redirect("planning:plan", run_id=run_id)


@require_POST
def accept(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Hold what was ticked; whatever could not be held says why beside its row."""
    actor = _actor(request)
    chosen = {}
    for ticked in request.POST.getlist("accept"):
        key, _colon, seen = ticked.partition(":")
        chosen[_uuid(key)] = seen
    if not chosen:
        flash.say(request, _("Nothing was ticked."), "warn")
        return redirect("planning:plan", run_id=run_id)
    answers = actions.accept(actor=actor, run_id=run_id, chosen=chosen)
    held = sum(not answer.code for answer in answers)
    if held:
        text = ngettext("%(n)s bed is held.", "%(n)s beds are held.", held) % {"n": held}
        flash.say(request, text)
    if held < len(answers):
        lost = len(answers) - held
        text = ngettext(
            "%(n)s proposal could not be held; the reason stands beside it.",
            "%(n)s proposals could not be held; the reasons stand beside them.",
            lost,
        )
        flash.say(request, text % {"n": lost}, "warn")
    return redirect("planning:plan", run_id=run_id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(VIEW)
    return actor


def _start(actor: Actor, request: HttpRequest) -> Run:
    where = request.POST.get("where", "")
    kind, _colon, key = where.partition(":")
    site = None
    if kind == "site":
        site = queries.sites(actor).filter(pk=_uuid(key)).first()
        if site is None:
            raise InvalidInput("form_invalid", fields={"where": "choice_unknown"})
    organisation = site.organisation_id if site is not None else _uuid(key)
    return actions.start_run(
        actor=actor,
        organisation_id=organisation,
        site_id=site.pk if site is not None else None,
        days=texts.whole(request.POST.get("days", "14")) or 0,
        seconds=texts.whole(request.POST.get("seconds", "10")) or 0,
    )


def _form(actor: Actor) -> dict[str, Any]:
    organisations = [(f"organisation:{o.pk}", o.label) for o in queries.organisations(actor)]
    sites = [(f"site:{s.pk}", s.label) for s in queries.sites(actor)]
    where = [(_("Organisations, with all below them"), organisations), (_("One site"), sites)]
    return {
        "where": [group for group in where if group[1]],
        "days": [(str(n), ngettext("%(n)s day", "%(n)s days", n) % {"n": n}) for n in reversed(actions.DAYS)],
        "seconds": [(str(n), ngettext("%(n)s second", "%(n)s seconds", n) % {"n": n}) for n in actions.SECONDS],
        "may_run": bool(actor.paths(RUN)),
    }


def _page(request: HttpRequest, actor: Actor, whole: Whole) -> HttpResponse:
    run = whole.run
    names = actor.may("patients.view")
    if names and whole.proposals:
        audit.record_list(actor, "planning.plan", str(run.id), count=len(whole.proposals))
    by = request.GET.get("by", "day")
    wards = _wards(run) if run.status == Status.DONE else []
    context = {
        "run": run,
        "whole": whole,
        "names": names,
        "by": by if by in GROUPS else "day",
        "groups": _groups(whole.proposals, by),
        "components": _components(run),
        "wards": wards,
        "same": len(run.wards) - len(wards),
        "last": run.taken_at + timedelta(days=run.days) if run.taken_at else None,
        "changed": [words.change(c.code, c.params) for c in whole.changed],
        "stale": sum(bool(s.changes) for s in whole.proposals),
        "open": sum(s.is_open for s in whole.proposals),
        "held": sum(s.is_held for s in whole.proposals),
        "may_accept": actor.may(ACCEPT, run.organisation.path),
        "end": words.ENDS.get(run.reason, ""),
        "reasons": recorded_reasons([s.row for s in whole.proposals]),
        "change": words.change,
        "moment_of": words.moment,
        "answer": _answer,
        **_progress(run),
    }
    return render(request, "planning/plan.html", context)


def _progress(run: Run) -> dict[str, Any]:
    told = run.progress
    return {
        "phase": words.PHASES.get(told.get("phase", ""), ""),
        "share": told.get("share"),
        "cost": told.get("cost"),
        "failure": messages.sentence(run.failure) if run.failure else "",
    }


def _groups(proposals: Iterable[Shown], by: str) -> list[tuple[Any, list[Shown]]]:
    """Proposals by day, or by the ward of the bed; the headings are instants or wards."""
    found: dict[Any, list[Shown]] = {}
    if by == "ward":
        for shown in sorted(proposals, key=lambda s: (s.bed.room.ward.site.code, s.bed.room.ward.code, s.row.start)):
            found.setdefault(shown.bed.room.ward, []).append(shown)
    else:
        for shown in proposals:
            found.setdefault(shown.row.start, []).append(shown)
    return list(found.items())


def _components(run: Run) -> list[tuple[str, float]]:
    """What the plan costs, part by part; the outliers' days and what moves save of them are told as one."""
    parts = dict(run.components)
    return [(str(words.COMPONENTS[name]), parts[name]) for name in words.COMPONENTS if parts.get(name)]


def _wards(run: Run) -> list[dict[str, Any]]:
    """Each ward that the plan changes, the most changed first."""
    wards = Ward.objects.select_related("site").in_bulk([UUID(w["ward"]) for w in run.wards])
    rows = []
    for told in run.wards:
        ward = wards.get(UUID(told["ward"]))
        if ward is None or told["after"] == told["before"]:
            continue
        gain = sum(a - b for a, b in zip(told["after"], told["before"], strict=True))
        drawing = timeline(told["open"], told["before"], told["after"], _in_words(ward, told))
        rows.append(told | {"ward": ward, "gain": gain, "drawing": drawing})
    return sorted(rows, key=lambda r: (-abs(r["gain"]), r["ward"].code))


def _in_words(ward: Ward, told: dict[str, Any]) -> str:
    """What a ward's drawing shows."""
    text = _("%(ward)s: %(open)s beds, %(now)s taken now; at the end %(before)s without the plan, %(after)s with it")
    numbers = {"open": told["open"][0], "now": told["before"][0], "before": told["before"][-1]}
    return text % {"ward": ward.label, "after": told["after"][-1], **numbers}


def _answer(shown: Shown) -> str:
    """Why the last attempt to hold it failed."""
    return messages.sentence(shown.row.answer, shown.row.answer_params) if shown.row.answer else ""


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput("form_invalid", fields={"where": "choice_unknown"}) from None
