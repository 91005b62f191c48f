"""Where a patient can be referred to."""

from __future__ import annotations

import math
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from yipan.base.access import Actor, wall
from yipan.base.network.models import Bed, Department, Organisation, Site
from yipan.base.network.queries import below, drive
from yipan.lines.referrals import policy
from yipan.lines.referrals.models import Referral
from yipan.lines.referrals.policy import Direction

SEND = "referrals.send"
GENERAL = "02"
"""全科医疗科: general practice takes what no specialty of a lower hospital does."""

REHABILITATION = "21"
"""康复医学科."""


def own_departments(actor: Actor) -> QuerySet[Department]:
    """Departments in whose name the actor may refer."""
    rows = Department.objects.filter(below(actor.paths(SEND), "site__organisation__path"))
    return rows.select_related("site__organisation", "specialty").order_by("site__code", "code")


def departments(sender: Organisation | None) -> QuerySet[Department]:
    """Departments of every other organisation, those with beds first named."""
    rows = Department.objects.select_related("site__organisation", "specialty")
    if sender is not None:
        rows = rows.exclude(site__organisation=sender)
    return rows.exclude(site__organisation__kind="village_clinic").order_by("site__organisation__path", "code")


@wall.passage("referrals.targets")
def came_from(site: Site, patient_id: UUID) -> Department | None:
    """The department that referred a patient to the organisation of a site last, if it has beds."""
    rows = Referral.objects.filter(
        request__patient_id=patient_id, to_department__site__organisation=site.organisation_id
    ).select_related("request__home_department__site__organisation")
    last = rows.order_by("-number").first()
    if last is None or not Bed.objects.filter(department=last.request.home_department).exists():
        return None
    return last.request.home_department


def nearest(site: Site, specialty_id: str) -> list[Department]:
    """Departments of lower hospitals with beds of a specialty, of rehabilitation or of general medicine: the nearest
    first, then in that order."""
    order = {specialty_id: 0, REHABILITATION: 1, GENERAL: 2}
    rows = Department.objects.filter(
        Exists(Bed.objects.filter(department=OuterRef("pk"))), specialty_id__in=list(order)
    ).select_related("site__organisation", "specialty")
    kind = site.organisation.kind
    found = [d for d in rows if policy.direction(kind, d.site.organisation.kind) is Direction.DOWN]
    minutes = {place.pk: drive(site, place).minutes or math.inf for place in {d.site for d in found}}
    return sorted(found, key=lambda d: (minutes[d.site_id], order[d.specialty_id], d.code))


def lower(site: Site, home: Department, patient_id: UUID) -> list[Department]:
    """Where a patient of `home` may go on, best first: where they came from, then the nearest, each once."""
    first = came_from(site, patient_id)
    found = [*([first] if first is not None else []), *nearest(site, home.specialty_id)]
    return list({d.pk: d for d in found}.values())
