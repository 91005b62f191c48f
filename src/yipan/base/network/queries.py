"""Reads of the network: the tree, the policy in force, and how far it is. Pages add the access of the reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yipan.base import unit
from yipan.base.network import policies
from yipan.base.network.distance import great_circle_km, road_minutes, walk_minutes
from yipan.base.network.models import Bed, Organisation, Policy, Road, Site, Walk, Ward
from yipan.base.network.models.version import current_version

if TYPE_CHECKING:
    from yipan.engine.placement.policy import Policy as PlacementPolicy

DEFAULT_VERSION = "default"


def below(paths: Iterable[str], field: str = "path") -> Q:
    """A condition: the organisation's path (found through `field`) lies in one of the subtrees; "" is everything."""
    condition = Q(pk__in=[])
    for path in paths:
        if not path:
            return Q()
        condition |= Q(**{f"{field}__startswith": path})
    return condition


def subtree(path: str) -> QuerySet[Organisation]:
    """The organisation at `path` and all below it, parents before children."""
    return Organisation.objects.filter(below([path])).order_by("path")


@dataclass(frozen=True, slots=True)
class Node:
    """An organisation in the tree, with what stands in it and below it. `depth` counts from the first one shown."""

    organisation: Organisation
    depth: int
    sites: int
    wards: int
    beds: int


def tree(paths: Iterable[str]) -> list[Node]:
    """The subtrees of `paths`, parents before children, with counts that include everything below."""
    organisations = list(Organisation.objects.filter(below(paths)).order_by("path"))
    sites = _count(Site.objects.values_list("organisation__path").annotate(n=Count("pk")))
    wards = _count(Ward.objects.values_list("site__organisation__path").annotate(n=Count("pk")))
    beds = _count(Bed.objects.values_list("room__ward__site__organisation__path").annotate(n=Count("pk")))
    shallowest: list[str] = []
    nodes = []
    for organisation in organisations:
        while shallowest and not organisation.path.startswith(shallowest[-1]):
            shallowest.pop()
        path = organisation.path
        nodes.append(Node(organisation, len(shallowest), sites.get(path, 0), wards.get(path, 0), beds.get(path, 0)))
        shallowest.append(path)
    return nodes


def _count(rows: Iterable[Any]) -> dict[str, int]:
    """Counts by path, each added to every path above it."""
    totals: dict[str, int] = {}
    for path, count in rows:
        steps = path.rstrip(".").split(".")
        for length in range(1, len(steps) + 1):
            prefix = ".".join(steps[:length]) + "."
            totals[prefix] = totals.get(prefix, 0) + count
    return totals


def policies_above(path: str) -> list[Policy]:
    """The newest policy of each organisation at or above `path` that wrote one, from the top down."""
    steps = path.rstrip(".").split(".")
    above = [".".join(steps[:length]) + "." for length in range(1, len(steps) + 1)]
    rows = Policy.objects.filter(organisation__path__in=above).select_related("organisation").order_by("version")
    newest = {row.organisation.path: row for row in rows}
    return [newest[path] for path in sorted(newest)]


def policy_in_force(path: str) -> dict[str, Any]:
    """What the organisations at and above `path` decided together; for each key the nearest one counts."""
    merged: dict[str, Any] = {}
    for row in policies_above(path):
        merged = policies.overlay(merged, row.body)
    return merged


def placement_policy(path: str) -> tuple[PlacementPolicy, str]:
    """The policy in force at an organisation's path, over the engine's defaults, and its name for the record.

    The name lists the edits it is made of, "YJ v3, QS v1" (organisation and version), or is "default".
    """
    known = unit.facts(_PoliciesInForce).by_path
    if path not in known:
        known[path] = _placement_policy(current_version(), path)
    return known[path]


class _PoliciesInForce:
    """What a unit of work has read of them."""

    def __init__(self) -> None:
        self.by_path: dict[str, tuple[PlacementPolicy, str]] = {}


@lru_cache(maxsize=1024)
def _placement_policy(version: int, path: str) -> tuple[PlacementPolicy, str]:
    """As kept for a version of the network, which counts policies too. What is read is never older than the version."""
    rows = policies_above(path)
    name = ", ".join(f"{row.organisation.code} v{row.version}" for row in rows)
    return _read(tuple(row.pk for row in rows)), name or DEFAULT_VERSION


@lru_cache(maxsize=256)
def _read(policy_ids: tuple[UUID, ...]) -> PlacementPolicy:
    """Stored policies are never changed, so what was read of them stays right."""
    merged: dict[str, Any] = {}
    bodies = Policy.objects.in_bulk(policy_ids)
    for policy_id in policy_ids:
        merged = policies.overlay(merged, bodies[policy_id].body)
    return policies.read(merged)


def policy_history(organisation: Organisation) -> QuerySet[Policy]:
    """Every version of an organisation's own policy, newest first."""
    return Policy.objects.filter(organisation=organisation).order_by("-version")


@dataclass(frozen=True, slots=True)
class Travel:
    """Minutes from one place to another; None when nobody knows. `measured` tells a stored time from an estimate."""

    minutes: float | None
    by: Literal["walk", "road"]
    measured: bool = False


def travel(start: Ward, end: Ward) -> Travel:
    """From ward to ward: on foot within a site, else by road between their sites."""
    if start.site_id != end.site_id:
        return drive(start.site, end.site)
    if start.pk == end.pk:
        return Travel(0.0, "walk", measured=True)
    known = dict(
        Walk.objects.filter(Q(from_ward=start, to_ward=end) | Q(from_ward=end, to_ward=start)).values_list(
            "from_ward_id", "minutes"
        )
    )
    measured = known.get(start.pk, known.get(end.pk))
    if measured is not None:
        return Travel(measured, "walk", measured=True)
    return Travel(walk_minutes(start.building, start.floor, end.building, end.floor), "walk")


def drive(start: Site, end: Site) -> Travel:
    """From site to site by road; an estimate from the coordinates where nobody has measured."""
    if start.pk == end.pk:
        return Travel(0.0, "road", measured=True)
    known = dict(
        Road.objects.filter(Q(from_site=start, to_site=end) | Q(from_site=end, to_site=start)).values_list(
            "from_site_id", "minutes"
        )
    )
    measured = known.get(start.pk, known.get(end.pk))
    if measured is not None:
        return Travel(measured, "road", measured=True)
    if start.latitude is None or start.longitude is None or end.latitude is None or end.longitude is None:
        return Travel(None, "road")
    return Travel(road_minutes(great_circle_km(start.latitude, start.longitude, end.latitude, end.longitude)), "road")
