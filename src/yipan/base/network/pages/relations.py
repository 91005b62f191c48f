"""Pages of what lies between places: alliances, competences, similarities, walks and roads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yipan.base.network import edits, queries, relations, words
from yipan.base.network.actors import actor_of
from yipan.base.network.columns import plain
from yipan.base.network.distance import great_circle_km, road_minutes, walk_minutes
from yipan.base.network.models import Alliance, Department, Road, Site, Specialty, SpecialtySimilarity, Walk, Ward
from yipan.base.network.pages.places import edited, may_whole, seen
from yipan.kernel.errors import NotFound


@require_http_methods(["GET", "POST"])
def department(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One department: its names, and its allies in their order."""
    actor = actor_of(request)
    found = seen(
        actor, Department.objects.select_related("site__organisation", "specialty"), pk, "site__organisation__path"
    )
    path = found.site.organisation.path
    allies = Alliance.objects.filter(department=found).select_related("ally__site").order_by("rank")
    partners = [(a.ally.code, f"{a.ally.label} · {a.ally.site.label}", "") for a in allies]
    others = _possible_allies(actor.paths(edits.VIEW), found, {a.ally_id for a in allies})
    chosen = request.POST.get("ally", "")
    if chosen in {d.code for d in others}:
        ally = next(d for d in others if d.code == chosen)
        partners.append((chosen, f"{ally.label} · {ally.site.label}", ""))
    form = relations.relation("alliances", found.code, partners, {a.ally.code: a.rank for a in allies})
    bad = False
    sent = request.POST.get("table") == "alliances"
    if sent:
        given = request.POST.dict() | ({f"v-{chosen}": request.POST.get("rank", "")} if chosen else {})
        if relations.save(form, given, actor=actor):
            return redirect(f"{request.path}?saved=1")
        bad = True
    context = {
        "department": found,
        "allies": form,
        "others": [(d.code, f"{d.label} · {d.site.label}") for d in others],
        "next_rank": max((a.rank for a in allies), default=0) + 1,
        "chosen": chosen,
        "wards": found.wards.all(),
    }
    return edited(request, "network/department.html", "departments", found, path, context, skip=sent, bad=bad)


def _possible_allies(paths: tuple[str, ...], found: Department, known: set[UUID]) -> list[Department]:
    """Departments with a ward that the reader sees, those of the same organisation first."""
    among = Department.objects.filter(queries.below(paths, "site__organisation__path"), wards__isnull=False).distinct()
    here = found.site.organisation_id
    others = among.exclude(pk__in=[found.pk, *known]).select_related("site__organisation")
    return sorted(others, key=lambda d: (d.site.organisation_id != here, d.site.organisation.path, d.code))


@require_http_methods(["GET", "POST"])
def competences(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How many nurses of a ward are qualified for each specialty."""
    actor = actor_of(request)
    found = seen(actor, Ward.objects.select_related("site__organisation"), pk, "site__organisation__path")
    stored = dict(found.competences.values_list("specialty_id", "nurses_qualified"))
    partners = [(s.code, f"{s.label} ({s.code})", "") for s in Specialty.objects.all()]
    partners.sort(key=lambda partner: -stored.get(partner[0], -1))
    form = relations.relation("competences", found.code, partners, stored)
    return _page(
        request,
        form,
        path=found.site.organisation.path,
        title=_("Nursing competences"),
        sub=found.label,
        back=reverse("network:ward", args=[pk]),
        about=_(
            "Of the ward's %(total)s nurses, how many are qualified for each specialty. Empty: none that we know of."
        )
        % {"total": found.nurses_total},
        head=_("Specialty"),
    )


@require_http_methods(["GET", "POST"])
def walks(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Minutes on foot from a ward to the other wards of its site."""
    actor = actor_of(request)
    found = seen(actor, Ward.objects.select_related("site__organisation"), pk, "site__organisation__path")
    stored = dict(Walk.objects.filter(from_ward=found).values_list("to_ward__code", "minutes"))
    others = Ward.objects.filter(site=found.site).exclude(pk=found.pk).order_by("building", "floor", "code")
    partners = [
        (
            w.code,
            f"{w.label} · {w.building} {w.floor}F",
            _minutes(walk_minutes(found.building, found.floor, w.building, w.floor)),
        )
        for w in others
    ]
    form = relations.relation("walks", found.code, partners, stored)
    return _page(
        request,
        form,
        path=found.site.organisation.path,
        title=_("Walking times"),
        sub=found.label,
        back=reverse("network:ward", args=[pk]),
        about=_(
            "Measured minutes on foot from this ward. They count both ways unless the way back has a time of its own. "
            "Empty: the estimate from building and floor counts."
        ),
        head=_("To ward"),
    )


@require_http_methods(["GET", "POST"])
def roads(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Minutes by road from a site to the other sites that have wards, or a stored time."""
    actor = actor_of(request)
    found = seen(actor, Site.objects.select_related("organisation"), pk, "organisation__path")
    stored = dict(Road.objects.filter(from_site=found).values_list("to_site__code", "minutes"))
    with_wards = set(Ward.objects.values_list("site", flat=True))
    visible = Site.objects.filter(queries.below(actor.paths(edits.VIEW), "organisation__path")).exclude(pk=found.pk)
    others = [s for s in visible if s.pk in with_wards or s.code in stored]
    form = relations.relation("roads", found.code, [(s.code, s.label, _drive(found, s)) for s in others], stored)
    return _page(
        request,
        form,
        path=found.organisation.path,
        title=_("Road times"),
        sub=found.label,
        back=reverse("network:site", args=[pk]),
        about=_(
            "Measured minutes by car or ambulance from this site. They count both ways unless the way back has a time "
            "of its own. Empty: the estimate from the coordinates counts."
        ),
        head=_("To site"),
    )


@require_GET
def specialties(request: HttpRequest) -> HttpResponse:
    """All specialties, each with those that resemble it."""
    actor = actor_of(request)
    actor.require(edits.VIEW)
    similar: dict[str, list[SpecialtySimilarity]] = {}
    for row in SpecialtySimilarity.objects.select_related("other").order_by("-similarity", "other__code"):
        similar.setdefault(row.specialty_id, []).append(row)
    rows = [(s, similar.get(s.pk, [])) for s in Specialty.objects.all()]
    return render(request, "network/specialties.html", {"rows": rows, "may_edit": may_whole(actor, edits.EDIT)})


@require_http_methods(["GET", "POST"])
def specialty(request: HttpRequest, code: str) -> HttpResponse:
    """One specialty: how well wards of the others care for its patients."""
    actor = actor_of(request)
    actor.require(edits.VIEW)
    found = the_specialty(code)
    stored = dict(found.similarities.values_list("other_id", "similarity"))
    others = Specialty.objects.exclude(pk=code)
    partners = [(s.code, f"{s.label} ({s.code})", "") for s in others]
    partners.sort(key=lambda partner: -stored.get(partner[0], -1))
    form = relations.relation("similarities", code, partners, stored)
    return _page(
        request,
        form,
        path=None,
        title=found.label,
        sub=_("Similar specialties"),
        back=reverse("network:specialties"),
        about=_(
            "How well a ward of each other specialty can care for patients of this one: 1 as well as its own, 0 or "
            "empty not at all. The policy says from which value on such beds are asked."
        ),
        head=_("Specialty"),
    )


def the_specialty(code: str) -> Specialty:
    """The specialty; raises NotFound."""
    found = Specialty.objects.filter(pk=code).first()
    if found is None:
        raise NotFound("network_object_unknown")
    return found


def _page(request: HttpRequest, form: relations.Relation, *, path: str | None, **about: Any) -> HttpResponse:
    """Show or save a form of numbers; `path` None means that it concerns the whole network."""
    actor = actor_of(request)
    bad = False
    if request.method == "POST":
        if relations.save(form, request.POST.dict(), actor=actor):
            return redirect(f"{request.path}?saved=1")
        bad = True
    may_edit = may_whole(actor, edits.EDIT) if path is None else actor.may(edits.EDIT, path)
    context = about | {"words": words, "form": form, "may_edit": may_edit, "saved": "saved" in request.GET}
    return render(request, "network/relation.html", context, status=422 if bad else 200)


def _minutes(minutes: float) -> str:
    return _("about %(minutes)s min") % {"minutes": plain(minutes)}


def _drive(start: Site, end: Site) -> str:
    if start.latitude is None or start.longitude is None or end.latitude is None or end.longitude is None:
        return ""
    return _minutes(road_minutes(great_circle_km(start.latitude, start.longitude, end.latitude, end.longitude)))
