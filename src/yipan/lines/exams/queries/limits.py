"""What counts as critical, and heads of departments, as their keepers see them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from yipan.base.access import Actor, scope
from yipan.base.access.models import Practitioner
from yipan.base.network.models import Department, Organisation
from yipan.kernel.errors import NotFound
from yipan.lines.exams.models import CriticalFinding, CriticalRule

VERB = "exams.catalogue"
PATH = "site__organisation__path"


def keeps(actor: Actor) -> bool:
    """Whether the actor may say what counts as critical: for everybody, so at the top of every tree."""
    tops = Organisation.objects.filter(parent=None).values_list("path", flat=True)
    return actor.may(VERB) and all(actor.may(VERB, path) for path in tops)


def limits() -> QuerySet[CriticalRule]:
    """Every limit, those in use first, by name."""
    return CriticalRule.objects.order_by("-in_use", "name", "loinc")


def findings() -> QuerySet[CriticalFinding]:
    """Every finding, those in use first, by category and code."""
    return CriticalFinding.objects.order_by("-in_use", "category", "code")


def limit(rule_id: UUID) -> CriticalRule:
    """Raises NotFound("limit_unknown")."""
    found = CriticalRule.objects.filter(pk=rule_id).first()
    if found is None:
        raise NotFound("limit_unknown")
    return found


def finding(finding_id: UUID) -> CriticalFinding:
    """Raises NotFound("finding_unknown")."""
    found = CriticalFinding.objects.filter(pk=finding_id).first()
    if found is None:
        raise NotFound("finding_unknown")
    return found


def departments(actor: Actor, text: str = "", *, without: bool = False) -> QuerySet[Department]:
    """Departments whose heads the actor names, with them; `without`: only those that have none. Raises Refused."""
    actor.require(VERB)
    rows = Department.objects.filter(scope(actor, VERB, PATH)).select_related(
        "site__organisation", "head__practitioner"
    )
    if without:
        rows = rows.filter(head=None)
    for word in text.split():
        named = Q(name__icontains=word) | Q(name_en__icontains=word) | Q(code__icontains=word)
        rows = rows.filter(named | Q(site__name__icontains=word) | Q(head__practitioner__name__icontains=word))
    return rows.order_by("site__organisation__path", "site__code", "code")


def department(actor: Actor, department_id: UUID) -> Department:
    """A department whose head the actor names. Raises Refused, NotFound("department_unknown")."""
    actor.require(VERB)
    rows = Department.objects.select_related("site__organisation", "head__practitioner")
    found = rows.filter(pk=department_id).first()
    if found is None:
        raise NotFound("department_unknown", id=str(department_id))
    actor.require(VERB, found.site.organisation.path)
    return found


def could_head(actor: Actor, text: str = "") -> QuerySet[Practitioner]:
    """Whom the actor may name: practitioners of the departments of their organisations, by name or number."""
    rows = Practitioner.objects.filter(scope(actor, VERB, f"department__{PATH}"), department__isnull=False)
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(name_en__icontains=word) | Q(code__icontains=word))
    return rows.select_related("department__site").order_by("name", "code")
