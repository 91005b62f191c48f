"""Reading centres as their keepers see them: rules, what they cover, who reads, what reports start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet

from yipan.base.access import Actor, Role, scope
from yipan.base.access.models import Grant
from yipan.base.network.models import Site
from yipan.kernel import clock
from yipan.kernel.errors import NotFound
from yipan.lines.exams.models import Coverage, ExamItem, Reader, ReadingCentre
from yipan.lines.exams.policy.reading import READ

VERB = "exams.centre"
PATH = "site__organisation__path"


@dataclass(frozen=True, slots=True)
class Covered:
    """A site, and for each category who reads it: this centre, the label of another one, or nobody ("")."""

    site: Site
    own: frozenset[str]
    others: Mapping[str, str]


def centres(actor: Actor) -> list[ReadingCentre]:
    """Centres that the actor keeps, with how many `sites` they cover, `who` reads there and how many are `present`."""
    rows = ReadingCentre.objects.filter(scope(actor, VERB, PATH)).select_related("site__organisation")
    on_duty = Q(readers__duty_until__gt=clock.now())
    told = rows.annotate(
        sites=Count("coverage__site", distinct=True),
        who=Count("readers", distinct=True),
        present=Count("readers", filter=on_duty, distinct=True),
    )
    return list(told.order_by("-in_use", "code"))


def centre(actor: Actor, centre_id: UUID) -> ReadingCentre:
    """A centre that the actor keeps. Raises Refused, NotFound("centre_unknown")."""
    actor.require(VERB)
    rows = ReadingCentre.objects.filter(scope(actor, VERB, PATH), pk=centre_id)
    found = rows.select_related("site__organisation").first()
    if found is None:
        raise NotFound("centre_unknown")
    return found


def sites(actor: Actor, text: str = "") -> QuerySet[Site]:
    """Sites that the actor may give to a centre, by organisation and code."""
    rows = Site.objects.select_related("organisation").filter(scope(actor, VERB, "organisation__path"))
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(name_en__icontains=word) | Q(code__icontains=word))
    return rows.order_by("organisation__path", "code")


def covered(found: ReadingCentre, shown: list[Site]) -> list[Covered]:
    """Who reads what of these sites."""
    rows = Coverage.objects.filter(site__in=shown, category__in=READ).select_related("centre")
    by: dict[UUID, dict[str, ReadingCentre]] = {}
    for row in rows:
        by.setdefault(row.site_id, {})[row.category] = row.centre
    return [
        Covered(
            site,
            frozenset(c for c, who in by.get(site.pk, {}).items() if who.pk == found.pk),
            {c: who.label for c, who in by.get(site.pk, {}).items() if who.pk != found.pk},
        )
        for site in shown
    ]


def reads(found: ReadingCentre) -> QuerySet[Reader]:
    """Everybody who reads at a centre, heads first."""
    rows = Reader.objects.filter(centre=found).select_related("practitioner")
    return rows.order_by("-head", "practitioner__code")


def could_read(found: ReadingCentre) -> QuerySet[User]:
    """Accounts with the role of a reading doctor that reaches the centre, and who read nowhere yet."""
    path = found.site.organisation.path
    above = [path[:end] for end in range(len(path) + 1) if end == 0 or path[end - 1] == "."]
    holders = Grant.objects.filter(role=Role.READER, organisation__path__in=above).values("user_id")
    return User.objects.filter(pk__in=holders, is_active=True, practitioner__reader=None).order_by("username")


def items() -> QuerySet[ExamItem]:
    """Items that somebody has to read, with their templates."""
    return ExamItem.objects.filter(in_use=True, category__in=READ).select_related("template")


def specialties() -> list[str]:
    """Sub-specialties that the catalogue names."""
    rows = ExamItem.objects.filter(category__in=READ).exclude(specialty="")
    return sorted(rows.values_list("specialty", flat=True).distinct())
