"""With whom a patient could change beds: each must be allowed in the other's bed once the other has left it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yipan.base.access import Actor
from yipan.base.network.models import Bed
from yipan.base.network.queries import placement_policy
from yipan.engine.placement import Beds, Policy, rank
from yipan.engine.placement.beds import NEVER, copy_of, rows_where
from yipan.engine.placement.codes import BedState, Refusal
from yipan.kernel import clock
from yipan.lines.beds.queries import arrays
from yipan.lines.beds.queries.desk import beds_by_id
from yipan.lines.beds.queries.proposals import need_of
from yipan.spine.models import Booking, Request

LOOKED_AT = 24
"""How many are judged."""

CANDIDATES = """
SELECT cur.id, cur.capacity_id, request.id, request.home_department_id
FROM spine_booking cur
JOIN spine_request request ON request.id = cur.request_id
JOIN patients_patient patient ON patient.id = cur.patient_id
JOIN network_bed bed ON bed.id = cur.capacity_id
JOIN network_room room ON room.id = bed.room_id
JOIN network_ward ward ON ward.id = room.ward_id
JOIN network_site site ON site.id = ward.site_id
JOIN network_organisation org ON org.id = site.organisation_id
WHERE cur.state = 'active' AND cur.purpose = 'care' AND cur.id <> %(mine)s AND org.path LIKE ANY(%(paths)s)
  AND (%(text)s = '' AND (bed.department_id = %(home)s OR request.home_department_id = %(host)s)
       OR %(text)s <> '' AND site.id = ANY(%(sites)s)
          AND (strpos(patient.name, %(text)s) > 0 OR strpos(patient.pinyin, lower(%(text)s)) > 0
               OR strpos(ward.name || ' ' || bed.label, %(text)s) > 0))
ORDER BY (bed.department_id = %(home)s)::int + (request.home_department_id = %(host)s)::int DESC,
         (request.home_department_id = bed.department_id)::int, ward.code, room.label, bed.label
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Partner:
    """A patient in a bed. `refused_there` is the rule that this patient's bed breaks for the first one, `refused_here`
    the rule that the first one's bed breaks for this patient; both empty when they can change."""

    booking_id: UUID
    bed: Bed
    request: Request
    comes_home: bool
    goes_home: bool
    refused_there: str
    refused_here: str

    @property
    def possible(self) -> bool:
        return not self.refused_there and not self.refused_here


def partners(
    *, actor: Actor, request: Request, here: Booking, text: str = "", at: datetime | None = None
) -> list[Partner]:
    """Patients to change beds with, those for whom it is possible first; by default those in beds of the home
    department and those whom this bed belongs to, with a text whoever is named so at the same site."""
    at = at or clock.now()
    mine = beds_by_id([here.capacity_id])[here.capacity_id]
    params: dict[str, Any] = {
        "mine": here.id,
        "paths": [path + "%" for path in actor.paths("beds.place")],
        "home": request.home_department_id,
        "host": mine.department_id,
        "sites": [request.home_department.site_id, mine.room.ward.site_id],
        "text": text,
        "limit": LOOKED_AT,
    }
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, params)
        rows = cursor.fetchall()
    beds = beds_by_id([row[1] for row in rows])
    requests = _requests([row[2] for row in rows])
    judge = _Judge(at)
    abroad = mine.department_id != request.home_department_id
    found = [
        Partner(
            booking_id=booking_id,
            bed=beds[bed_id],
            request=requests[request_id],
            comes_home=abroad and beds[bed_id].department_id == request.home_department_id,
            goes_home=home_id == mine.department_id != beds[bed_id].department_id,
            refused_there=judge.refusal(request, bed_id),
            refused_here=judge.refusal(requests[request_id], here.capacity_id),
        )
        for booking_id, bed_id, request_id, home_id in rows
    ]
    return sorted(found, key=lambda p: not p.possible)


def _requests(ids: list[UUID]) -> Mapping[UUID, Request]:
    rows = Request.objects.select_related("patient", "admission", "home_department__site__organisation")
    return rows.in_bulk(ids)


class _Judge:
    """Asks the rules about beds as if their present patients had left them; the network is read once."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._network, self._beds = arrays.live(at)
        self._policies: dict[str, Policy] = {}

    def refusal(self, request: Request, bed_id: UUID) -> str:
        """The first rule that a bed breaks for a patient once it is empty; "" when none."""
        path = request.home_department.site.organisation.path
        if path not in self._policies:
            self._policies[path] = placement_policy(path)[0]
        row = self._network.bed[bed_id]
        need = need_of(request, self._network, at=self._at, start=None, current_bed=-1)
        refusal = rank(self._emptied(row), need, self._policies[path]).refusal(row)
        return "" if refusal is Refusal.NONE else refusal.rule_code

    def _emptied(self, row: int) -> Beds:
        """The network with nobody in one bed, as `arrays.live` has it when that stay is left out."""
        beds = copy_of(self._beds.beds)
        beds["state"][row], beds["available_at"][row] = BedState.FREE, NEVER
        guests = self._beds.guests
        guests = rows_where(guests, (guests["bed"] != row) | (guests["since"] > 0))
        return self._beds.with_changes(beds=beds, guests=guests)
