"""Reads of scenarios: one's own, and what others have shared, where one may plan."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from yipan.base.access import Actor, scope
from yipan.base.network.models import Bed, Department, Organisation, Policy, Ward
from yipan.kernel.errors import NotFound
from yipan.planning.scenarios.models import Scenario
from yipan.planning.scenarios.verbs import TRY


def scenarios(actor: Actor) -> QuerySet[Scenario]:
    """What the actor may see, newest first."""
    rows = Scenario.objects.filter(scope(actor, TRY, "organisation__path"))
    if actor.kind != "system":
        rows = rows.filter(Q(shared=True) | Q(author_id=actor.user_id, author__isnull=False))
    return rows.select_related("organisation").order_by("-created_at")


def scenario_of(actor: Actor, scenario_id: UUID) -> Scenario:
    """One scenario. Raises Refused outside the actor's organisations, and NotFound("scenario_unknown") also for what
    somebody else keeps to themselves: that it exists is theirs to tell."""
    found = Scenario.objects.select_related("organisation").filter(id=scenario_id).first()
    if found is None:
        raise NotFound("scenario_unknown")
    actor.require(TRY, found.organisation.path)
    if not found.shared and not is_author(actor, found):
        raise NotFound("scenario_unknown")
    return found


def is_author(actor: Actor, scenario: Scenario) -> bool:
    """Whether it is the actor's own."""
    return actor.kind == "system" or (actor.user_id is not None and scenario.author_id == actor.user_id)


def with_beds(actor: Actor) -> list[Organisation]:
    """Organisations of the actor's with beds in them or below, parents before children."""
    owners = set(Bed.objects.values_list("room__ward__site__organisation__path", flat=True).distinct())
    rows = Organisation.objects.filter(scope(actor, TRY, "path")).order_by("path")
    return [row for row in rows if any(path.startswith(row.path) for path in owners)]


def wards(organisation: Organisation) -> QuerySet[Ward]:
    """Wards with beds in the organisation's subtree."""
    rows = Ward.objects.filter(site__organisation__path__startswith=organisation.path, rooms__beds__isnull=False)
    return rows.distinct().select_related("site").order_by("site__code", "code")


def departments(organisation: Organisation) -> QuerySet[Department]:
    """Departments with beds in the organisation's subtree."""
    rows = Department.objects.filter(site__organisation__path__startswith=organisation.path, beds__isnull=False)
    return rows.distinct().select_related("site").order_by("site__code", "code")


def policies_from(scenario: Scenario) -> QuerySet[Policy]:
    """Versions of policies that were written with the scenario as their evidence, newest first."""
    return Policy.objects.filter(evidence=scenario.evidence).select_related("organisation").order_by("-edited_at")
