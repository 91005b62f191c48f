"""The tree, and one page for each organisation, site, ward and room."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from yipan.base.network import edits, forms, queries
from yipan.base.network.actors import Actor, actor_of
from yipan.base.network.models import Bed, Department, Organisation, OrganisationKind, Room, Site, Ward
from yipan.base.network.problems import InvalidFile
from yipan.base.network.schema import SCHEMA
from yipan.base.network.stored import one_row
from yipan.kernel.errors import NotFound

M = TypeVar("M", bound=Model)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The tree of organisations that this person sees; village clinics on demand."""
    actor = actor_of(request)
    actor.require(edits.VIEW)
    nodes = queries.tree(actor.paths(edits.VIEW))
    kind = request.GET.get("kind", "")
    text = request.GET.get("q", "").strip()
    counts: dict[str, int] = defaultdict(int)
    for node in nodes:
        counts[node.organisation.kind] += 1
    shown = [
        node
        for node in nodes
        if (
            node.organisation.kind == kind
            if kind
            else text or node.organisation.kind != OrganisationKind.VILLAGE_CLINIC
        )
        and (not text or _matches(node.organisation, text))
    ]
    context = {
        "nodes": shown,
        "hidden": 0 if kind or text else len(nodes) - len(shown),
        "flat": bool(kind or text),
        "text": text,
        "kinds": [(value, label, counts[value]) for value, label in OrganisationKind.choices if counts[value]],
        "whole": may_whole(actor, edits.EDIT),
        "whole_view": may_whole(actor, edits.VIEW),
    }
    return render(request, "network/home.html", context)


@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One organisation: names, sites, what is below, its policy."""
    actor = actor_of(request)
    found = seen(actor, Organisation.objects.select_related("parent"), pk, "path")
    nodes = queries.tree([found.path])
    context = {
        "node": nodes[0],
        "below": [node for node in nodes[1:] if node.depth == 1],
        "sites": found.sites.all(),
        "policy": queries.policies_above(found.path),
        "may_policy": actor.may(edits.POLICY, found.path),
    }
    return edited(request, "network/organisation.html", "organisations", found, found.path, context)


@require_http_methods(["GET", "POST"])
def site(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One site: names, place, departments, wards."""
    actor = actor_of(request)
    found = seen(actor, Site.objects.select_related("organisation"), pk, "organisation__path")
    wards = found.wards.select_related("department")
    beds: dict[UUID, int] = defaultdict(int)
    for ward_id in Bed.objects.filter(room__ward__site=found).values_list("room__ward", flat=True):
        beds[ward_id] += 1
    context = {
        "site": found,
        "departments": found.departments.select_related("specialty"),
        "wards": [(ward, beds[ward.pk]) for ward in wards],
    }
    return edited(request, "network/site.html", "sites", found, found.organisation.path, context)


@require_http_methods(["GET", "POST"])
def ward(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One ward: names, floor, nurses, reserve, its rooms and beds."""
    actor = actor_of(request)
    found = seen(actor, Ward.objects.select_related("site__organisation", "department"), pk, "site__organisation__path")
    beds = Bed.objects.order_by("label").select_related("department")
    context = {
        "ward": found,
        "rooms": found.rooms.order_by("label").prefetch_related(Prefetch("beds", beds)),
        "competences": found.competences.select_related("specialty").order_by("-nurses_qualified"),
    }
    return edited(request, "network/ward.html", "wards", found, found.site.organisation.path, context)


@require_http_methods(["GET", "POST"])
def room(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One room and its beds, each with its attributes; two forms on one page."""
    actor = actor_of(request)
    found = seen(actor, Room.objects.select_related("ward__site__organisation"), pk, "ward__site__organisation__path")
    path = found.ward.site.organisation.path
    beds = list(found.beds.order_by("label"))
    departments = Department.objects.filter(site=found.ward.site)
    options = {"department": [(d.code, f"{d.label} ({d.code})") for d in departments]}
    rows = [one_row("beds", bed.pk) for bed in beds]
    given: list[dict[str, str]] = [{} for _ in rows]
    problems: InvalidFile | None = None
    of_beds = request.POST.get("table") == "beds"
    if request.method == "POST" and of_beds:
        given = [forms.given_cells("beds", request.POST, f"{n}-") for n in range(len(rows))]
        changed = [forms.key_cells("beds", (bed.code,)) | cells for bed, cells in zip(beds, given, strict=True)]
        try:
            edits.edit(actor=actor, table="beds", rows=changed)
            return redirect(f"{request.path}?saved=1")
        except InvalidFile as wrong:
            problems = wrong
    bed_forms = [
        forms.row_form(
            "beds",
            row,
            given=given[n],
            problems=[p for p in (problems.problems if problems else ()) if p.row == n + 2],
            options=options,
            prefix=f"{n}-",
        )
        for n, row in enumerate(rows)
    ]
    context = {"room": found, "beds": list(zip(beds, bed_forms, strict=True)), "wrong_beds": problems is not None}
    return edited(request, "network/room.html", "rooms", found, path, context, skip=of_beds, bad=problems is not None)


def edited(
    request: HttpRequest,
    template: str,
    table: str,
    found: Model,
    path: str,
    context: dict[str, Any],
    *,
    skip: bool = False,
    bad: bool = False,
) -> HttpResponse:
    """The page of one object with its form; a good form is saved and shown again. `skip`: another form was sent."""
    actor = actor_of(request)
    row = one_row(table, found.pk)
    given: dict[str, str] = {}
    problems: tuple[Any, ...] = ()
    if request.method == "POST" and not skip:
        given = forms.given_cells(table, request.POST)
        key = forms.key_cells(table, SCHEMA[table].key_of(row))
        try:
            edits.edit(actor=actor, table=table, rows=[key | given])
            return redirect(f"{request.path}?saved=1")
        except InvalidFile as wrong:
            problems = wrong.problems
    context |= {
        "form": forms.row_form(table, row, given=given, problems=problems),
        "other_problems": [p for p in problems if p.column not in given],
        "may_edit": actor.may(edits.EDIT, path),
        "saved": "saved" in request.GET,
    }
    return render(request, template, context, status=422 if problems or bad else 200)


def seen(actor: Actor, among: QuerySet[M], pk: Any, field: str) -> M:
    """The object, if the actor may see it; NotFound tells not which of the two it was."""
    found = among.filter(queries.below(actor.paths(edits.VIEW), field), pk=pk).first()
    if found is None:
        raise NotFound("network_object_unknown")
    return found


def may_whole(actor: Actor, verb: str) -> bool:
    """True when the actor may do the verb at the top of every tree."""
    tops = list(Organisation.objects.filter(parent=None).values_list("path", flat=True))
    return all(actor.may(verb, path) for path in tops) and actor.may(verb)


def _matches(organisation: Organisation, text: str) -> bool:
    wanted = text.casefold()
    return any(wanted in word.casefold() for word in (organisation.name, organisation.name_en, organisation.code))
