"""Capacities: a bed that the network describes is one; others are made by the line that describes them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from yipan.base.access import wall
from yipan.spine.models import Capacity

FOLLOW_BEDS = """
INSERT INTO spine_capacity (id, kind, bed_id, site_id)
SELECT bed.id, 'bed', bed.id, ward.site_id
FROM network_bed bed
JOIN network_room room ON room.id = bed.room_id
JOIN network_ward ward ON ward.id = room.ward_id
WHERE NOT EXISTS (SELECT 1 FROM spine_capacity c WHERE c.bed_id = bed.id)
ON CONFLICT DO NOTHING
"""


@wall.passage("spine.capacities")
def follow_network() -> int:
    """Make a capacity for every bed that has none, in the caller's transaction; return how many.

    The capacity takes the bed's identifier, so that a board needs no look-up between the two.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW_BEDS)
        made = cursor.rowcount
        # A network arrives all at once; without fresh statistics the planner takes its tables for empty.
        cursor.execute(
            "ANALYZE network_organisation, network_site, network_department, network_ward, network_room, network_bed,"
            " spine_capacity"
        )
        return made


def make_many(*, kind: str, site_ids: Sequence[UUID]) -> list[Capacity]:
    """New capacities of a line's own kind, one for each site in the order given, as `make` does one."""
    return Capacity.objects.bulk_create([Capacity(kind=kind, site_id=site_id) for site_id in site_ids])


def make(*, kind: str, site_id: UUID) -> Capacity:
    """A new capacity of a line's own kind, in the caller's transaction; the line's table describes it under its id."""
    return Capacity.objects.create(kind=kind, site_id=site_id)
