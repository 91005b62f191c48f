"""Why a bed that a hospital's system chose counts as own, allied, similar or nearest."""

from __future__ import annotations

from yipan.base import unit
from yipan.base.network.models import Alliance, Bed, LevelOfCare, SpecialtySimilarity
from yipan.base.network.queries import placement_policy
from yipan.lines.beds.actions.stays import wish_for_call
from yipan.lines.beds.models import Placement, Tier
from yipan.lines.beds.queries.facts import BedPlace
from yipan.spine.models import Booking, Request


def note(row: Booking, request: Request, place: BedPlace) -> None:
    """Record the placement of a stay, once, and wish for the day-3 call when the bed is outside the home department."""
    noted = Placement(
        booking=row,
        home_department_id=request.home_department_id,
        host_department_id=place.department_id,
        tier=tier_of(request, place),
        reasons=[{"code": "placed_by_his", "params": {}}],
    )
    unit.insert([noted], ignore_conflicts=True)
    wish_for_call(row, place)


def tier_of(request: Request, place: BedPlace) -> Tier:
    """The tier of a bed for a request, by departments: the engine's rule, asked of one bed whatever the limits."""
    if place.department_id == request.home_department_id:
        return Tier.OWN
    home = request.home_department
    bed = Bed.objects.select_related("department").get(pk=place.bed_id)
    host = bed.department
    tiers = placement_policy(home.site.organisation.path)[0].tiers
    same = host.specialty_id == home.specialty_id
    reached = tiers.own_reach == "network" or (tiers.own_reach == "site" and host.site_id == home.site_id)
    if same and reached:
        return Tier.OWN
    if bed.level_of_care == LevelOfCare.INTENSIVE:
        return Tier.INTENSIVE
    if Alliance.objects.filter(department=home, ally=host).exists():
        return Tier.ALLIED
    near = SpecialtySimilarity.objects.filter(
        specialty=home.specialty_id, other=host.specialty_id, similarity__gte=tiers.min_similarity
    )
    return Tier.SIMILAR if same or near.exists() else Tier.NEAREST
