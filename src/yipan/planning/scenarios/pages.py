"""The scenario room: ask the twin, watch it, compare, keep and share, and put a policy in force."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yipan.base.access import Actor
from yipan.base.network import edits
from yipan.base.network.models import Organisation
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.planning.scenarios import actions, asking, queries, showing, words
from yipan.planning.scenarios.choosing import candidates
from yipan.planning.scenarios.models import Scenario
from yipan.planning.scenarios.telling import Result
from yipan.planning.scenarios.verbs import TRY
from yipan.ui import flash, messages

PER_PAGE = 20


@never_cache
@require_safe
def scenarios(request: HttpRequest) -> HttpResponse:
    """Scenarios of one's own and those that were shared, newest first."""
    actor = _actor(request)
    page = Paginator(queries.scenarios(actor), PER_PAGE).get_page(request.GET.get("page"))
    rows = [showing.row(found) for found in page]
    return render(request, "planning/scenarios.html", {"rows": rows, "page": page, "mine": actor.user_id})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form; asked for, it leads to the scenario being simulated."""
    actor = _actor(request)
    problem = ""
    if request.method == "POST":
        try:
            made = actions.start(actor=actor, **asking.read(request.POST))
        except (InvalidInput, Conflict, NotFound) as error:
            problem = messages.of_error(error)
        else:
            return redirect("planning:scenario", scenario_id=made.id)
    return render(request, "planning/scenario_ask.html", _form(request, actor, problem), status=422 if problem else 200)


@never_cache
@require_safe
def scenario(request: HttpRequest, scenario_id: UUID) -> HttpResponse:
    """One scenario; only its progress when htmx asks for it while it is being simulated."""
    actor = _actor(request)
    found = queries.scenario_of(actor, scenario_id)
    if request.headers.get("HX-Request") == "true":
        response = render(request, "planning/scenario_progress.html", {"found": found, **_progress(found)})
        if not found.is_open:
            response.headers["HX-Refresh"] = "true"
        return response
    context: dict[str, Any] = {
        "found": found,
        "mine": queries.is_author(actor, found),
        "title": showing.title(found),
        "names": showing.names(found),
        "address": request.build_absolute_uri(request.path),
        "asked": showing.asked(found),
        "applied": list(queries.policies_from(found)),
        **_progress(found),
    }
    if found.is_done:
        context |= showing.whole(found, Result(found.result))
        context |= {"outdated": actions.outdated(found), "may_apply": actor.may(edits.POLICY, found.organisation.path)}
    return render(request, "planning/scenario.html", context)


@require_POST
def stop(request: HttpRequest, scenario_id: UUID) -> HttpResponseRedirect:
    """End the simulation; what is finished counts."""
    actions.stop(actor=_actor(request), scenario_id=scenario_id)
    return redirect("planning:scenario", scenario_id=scenario_id)


@require_POST
def save(request: HttpRequest, scenario_id: UUID) -> HttpResponseRedirect:
    """Give it a name and keep it."""
    try:
        found = actions.save(actor=_actor(request), scenario_id=scenario_id, name=request.POST.get("name", ""))
    except InvalidInput as error:
        flash.say(request, messages.of_error(error), "warn")
    else:
        flash.say(request, _("Saved as “%(name)s”.") % {"name": found.name})
    return redirect("planning:scenario", scenario_id=scenario_id)


@require_POST
def share(request: HttpRequest, scenario_id: UUID) -> HttpResponseRedirect:
    """Show it to others, or to nobody any more."""
    shared = request.POST.get("shared") == "1"
    try:
        actions.share(actor=_actor(request), scenario_id=scenario_id, shared=shared)
    except Conflict as error:
        flash.say(request, messages.of_error(error), "warn")
    else:
        flash.say(
            request,
            _("Everybody who may try policies in this organisation can open the link now.")
            if shared
            else _("Only you can open it now."),
        )
    return redirect("planning:scenario", scenario_id=scenario_id)


@require_POST
def remove(request: HttpRequest, scenario_id: UUID) -> HttpResponseRedirect:
    """Remove it for good."""
    try:
        actions.remove(actor=_actor(request), scenario_id=scenario_id)
    except Conflict as error:
        flash.say(request, messages.of_error(error), "warn")
        return redirect("planning:scenario", scenario_id=scenario_id)
    flash.say(request, _("The scenario was removed."))
    return redirect("planning:scenarios")


@require_POST
def apply(request: HttpRequest, scenario_id: UUID) -> HttpResponseRedirect:
    """Put one of its policies in force."""
    try:
        policy = actions.apply(actor=_actor(request), scenario_id=scenario_id, key=request.POST.get("key", ""))
    except (Conflict, NotFound, InvalidInput) as error:
        flash.say(request, messages.of_error(error), "warn")
        return redirect("planning:scenario", scenario_id=scenario_id)
    flash.say(request, _("Version %(n)s of the policy is in force.") % {"n": policy.version})
    return redirect("network:policy", pk=policy.organisation_id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(TRY)
    return actor


def _progress(found: Scenario) -> dict[str, Any]:
    told = found.progress
    return {
        "phase": words.PHASES.get(told.get("phase", ""), ""),
        "share": told.get("share"),
        "done": told.get("done"),
        "failure": messages.sentence(found.failure, found.failure_params) if found.failure else "",
    }


def _form(request: HttpRequest, actor: Actor, problem: str) -> dict[str, Any]:
    known = queries.with_beds(actor)
    like = _like(request, actor)
    organisation = _organisation(request, known, like)
    if request.method == "POST":
        values, ticked = asking.typed(request.POST), request.POST.getlist("policies")
    elif like is not None:
        values, ticked = asking.like(like), [row["key"] for row in like.policies]
    else:
        values, ticked = {"days": "14", "seconds": "60"}, ["silo", "tiers", "reserve", "lookahead"]
    return {
        "problem": problem,
        "organisations": known,
        "organisation": organisation,
        "values": values,
        "ticked": ticked,
        "candidates": showing.candidates(candidates(organisation)) if organisation else [],
        "wards": showing.by_site(queries.wards(organisation)) if organisation else [],
        "departments": showing.by_site(queries.departments(organisation)) if organisation else [],
        "days": [(str(n), ngettext("%(n)s day", "%(n)s days", n) % {"n": n}) for n in actions.DAYS],
        "seconds": [(str(n), showing.span(n)) for n in actions.SECONDS],
        "highest": round(actions.HIGHEST_PENALTY * 100),
    }


def _like(request: HttpRequest, actor: Actor) -> Scenario | None:
    """The scenario that the form starts from."""
    if not (asked := request.GET.get("like")):
        return None
    return queries.scenario_of(actor, asking.identifier(asked))


def _organisation(request: HttpRequest, known: list[Organisation], like: Scenario | None) -> Organisation | None:
    """That of the form, of the scenario it starts from, or the first."""
    asked = request.POST.get("organisation") or request.GET.get("organisation")
    wanted = str(like.organisation_id) if like is not None and not asked else asked
    return next((o for o in known if str(o.pk) == wanted), known[0] if known else None)
