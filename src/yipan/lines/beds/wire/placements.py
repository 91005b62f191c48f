"""Why a bed that a hospital's system chose counts as own, allied, similar or nearest."""

from __future__ import annotations

from yipan.base import unit
from yipan.base.network.models import Alliance, Bed, Department, LevelOfCare, SpecialtySimilarity
from yipan.base.network.queries import placement_policy
from yipan.lines.beds.actions.stays import wish_for_call
from yipan.lines.beds.models import Placement, Tier
from yipan.lines.beds.queries.facts import BedPlace
from yipan.spine.models import Booking, Request

Noted = tuple[Booking, Request, BedPlace]


def note(row: Booking, request: Request, place: BedPlace) -> None:
    """Record the placement of a stay, once, and wish for the day-3 call when the bed is outside the home department."""
    unit.later(_write, (row, request, place))
    wish_for_call(row, place)


def _write(noted: list[Noted]) -> None:
    placements = [
        Placement(
            booking=row,
            home_department_id=request.home_department_id,
            host_department_id=place.department_id,
            tier=tier,
            reasons=[{"code": "placed_by_his", "params": {}}],
        )
        for (row, request, place), tier in zip(noted, _tiers(noted), strict=True)
    ]
    unit.insert(placements, ignore_conflicts=True)


def _tiers(noted: list[Noted]) -> list[Tier]:
    """The tier of each bed for its request, by departments: the engine's rule, asked of one bed whatever the limits."""
    abroad = [(request, place) for _, request, place in noted if request.home_department_id != place.department_id]
    if not abroad:
        return [Tier.OWN] * len(noted)
    beds = Bed.objects.select_related("department").in_bulk([place.bed_id for _, place in abroad])
    near = _Near([request.home_department for request, _ in abroad], [bed.department for bed in beds.values()])
    return [
        Tier.OWN
        if request.home_department_id == place.department_id
        else near.tier(request.home_department, beds[place.bed_id])
        for _, request, place in noted
    ]


class _Near:
    """Which departments are allied, and how alike specialties are, of those that some placements are about."""

    def __init__(self, homes: list[Department], hosts: list[Department]) -> None:
        allies = Alliance.objects.filter(department__in=homes, ally__in=hosts)
        alike = SpecialtySimilarity.objects.filter(
            specialty__in={home.specialty_id for home in homes}, other__in={host.specialty_id for host in hosts}
        )
        self._allied = set(allies.values_list("department_id", "ally_id"))
        self._similarity = {(one, other): s for one, other, s in alike.values_list("specialty", "other", "similarity")}

    def tier(self, home: Department, bed: Bed) -> Tier:
        host, tiers = bed.department, placement_policy(home.site.organisation.path)[0].tiers
        same = host.specialty_id == home.specialty_id
        reached = tiers.own_reach == "network" or (tiers.own_reach == "site" and host.site_id == home.site_id)
        if host.pk == home.pk or (same and reached):
            return Tier.OWN
        if bed.level_of_care == LevelOfCare.INTENSIVE:
            return Tier.INTENSIVE
        if (home.pk, host.pk) in self._allied:
            return Tier.ALLIED
        likeness = self._similarity.get((home.specialty_id, host.specialty_id))
        similar = likeness is not None and likeness >= tiers.min_similarity
        return Tier.SIMILAR if same or similar else Tier.NEAREST
