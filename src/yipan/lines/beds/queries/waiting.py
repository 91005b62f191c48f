"""Who waits for a bed: the whole list of the actor's scope, and outliers whose home department has a bed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import numpy as np
from django.db import connection

from yipan.base.access import Actor
from yipan.base.network.queries import placement_policy
from yipan.engine.placement import rank
from yipan.engine.placement.codes import BedState, Tier
from yipan.kernel import clock
from yipan.lines.beds.queries import arrays
from yipan.lines.beds.queries.proposals import need_of
from yipan.spine.models import Request

ROWS = """
SELECT request.id, request.priority, request.created_at, request.wanted_from, request.home_department_id,
       request.attending_id, request.site_id, site.time_zone, org.path,
       admission.certificate_at, admission.origin, admission.severity, admission.nursing_level, admission.isolation,
       admission.diagnosis_code, admission.diagnosis, admission.home_minutes,
       patient.id, patient.name, patient.sex, patient.birth_date,
       kept.id, kept.state, kept.expires_at, lower(kept.period), kept.capacity_id, last.state
FROM spine_request request
JOIN beds_admissionrequest admission ON admission.request_id = request.id
JOIN patients_patient patient ON patient.id = request.patient_id
JOIN network_site site ON site.id = request.site_id
JOIN network_organisation org ON org.id = site.organisation_id
LEFT JOIN LATERAL (
    SELECT * FROM spine_booking b
    WHERE b.request_id = request.id AND b.purpose = 'care'
      AND (b.state = 'confirmed' OR b.state = 'held' AND b.expires_at > %(at)s)
    ORDER BY b.state LIMIT 1
) kept ON true
LEFT JOIN LATERAL (
    SELECT b.state FROM spine_booking b
    WHERE b.request_id = request.id AND b.purpose = 'care' ORDER BY b.created_at DESC, b.id DESC LIMIT 1
) last ON true
WHERE request.line = 'beds' AND request.cancelled_at IS NULL AND org.path LIKE ANY(%(paths)s)
  AND NOT EXISTS (SELECT 1 FROM spine_booking b
                  WHERE b.request_id = request.id AND b.purpose = 'care' AND b.state IN ('active', 'done'))
"""

OUTLIERS = """
SELECT request.id, cur.id, cur.capacity_id, lower(cur.period), request.home_department_id, site.time_zone,
       home_org.path, patient.id, patient.name, patient.sex, patient.birth_date, admission.severity
FROM spine_booking cur
JOIN spine_request request ON request.id = cur.request_id
JOIN beds_admissionrequest admission ON admission.request_id = request.id
JOIN patients_patient patient ON patient.id = request.patient_id
JOIN network_bed bed ON bed.id = cur.capacity_id
JOIN network_department home ON home.id = request.home_department_id
JOIN network_site site ON site.id = home.site_id
JOIN network_organisation home_org ON home_org.id = site.organisation_id
WHERE cur.state = 'active' AND cur.purpose = 'care' AND request.home_department_id <> bed.department_id
  AND home_org.path LIKE ANY(%(paths)s)
  AND NOT EXISTS (SELECT 1 FROM spine_booking plan WHERE plan.previous_id = cur.id
                  AND (plan.state = 'confirmed' OR plan.state = 'held' AND plan.expires_at > %(at)s))
ORDER BY lower(cur.period)
"""

URGENCY = {"emergency": 0, "urgent": 1, "elective": 2}
GRAVITY = {"critical": 0, "serious": 1, "general": 2}


class Standing(StrEnum):
    """Where somebody on the list stands."""

    WAITING = "waiting"
    LATER = "later"  # the bed is wanted for a later time, and nothing is kept yet
    HELD = "held"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who is not in a bed yet. `kept_*` tell the reservation; `last_state` that of the latest booking."""

    id: UUID
    priority: str
    created_at: datetime
    wanted_from: datetime
    department_id: UUID
    attending_id: UUID | None
    site_id: UUID
    time_zone: str
    path: str
    certificate_at: datetime
    origin: str
    severity: str
    nursing_level: str
    isolation: str
    diagnosis_code: str
    diagnosis: str
    home_minutes: int | None
    patient_id: UUID
    name: str
    sex: str
    birth_date: date | None
    kept_id: UUID | None
    kept_state: str | None
    expires_at: datetime | None
    kept_from: datetime | None
    bed_id: UUID | None
    last_state: str | None
    at: datetime

    @property
    def planned(self) -> bool:
        """A time was named when the bed was asked for."""
        return self.wanted_from > self.created_at

    @property
    def since(self) -> datetime:
        """When the clock started, or will: with the certificate, or at the wished time."""
        return max(self.certificate_at, self.wanted_from) if self.planned else self.certificate_at

    @property
    def standing(self) -> Standing:
        if self.kept_state is not None:
            return Standing(self.kept_state)
        return Standing.LATER if self.since > self.at else Standing.WAITING

    @property
    def displaced(self) -> bool:
        """A reservation was taken away by somebody else's longer stay, and nothing is kept since."""
        return self.kept_state is None and self.last_state == "displaced"

    @property
    def order(self) -> tuple[int, int, datetime]:
        """Most urgent first, then the most ill, then who waits longest; those who come later last."""
        rank_ = URGENCY.get(self.priority, 9) + 10 * (self.standing is Standing.LATER)
        return rank_, GRAVITY.get(self.severity, 9), self.since


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is asked to show; empty is everything."""

    department: UUID | None = None
    site: UUID | None = None
    priority: str = ""
    standing: str = ""

    def without(self, name: str) -> Wanted:
        """The same with one condition taken away, to count what each of its values would show."""
        empty = None if name in ("department", "site") else ""
        return Wanted(**{**{n: getattr(self, n) for n in Wanted.__slots__}, name: empty})

    def matches(self, row: Waiting) -> bool:
        return (
            (row.displaced if self.standing == "displaced" else self.standing in ("", row.standing))
            and self.department in (None, row.department_id)
            and self.site in (None, row.site_id)
            and self.priority in ("", row.priority)
        )


@dataclass(frozen=True, slots=True)
class Outlier:
    """A patient in a bed of another department, for whom the home department has one now."""

    request_id: UUID
    booking_id: UUID
    bed_id: UUID
    since: datetime
    department_id: UUID
    time_zone: str
    path: str
    patient_id: UUID
    name: str
    sex: str
    birth_date: date | None
    severity: str
    proposed_id: UUID
    possible: int


SORTS = {
    "": lambda row: row.order,
    "waited": lambda row: -row.since.timestamp(),
    "urgency": lambda row: row.order,
    "severity": lambda row: (GRAVITY.get(row.severity, 9), row.order),
    "department": lambda row: (str(row.department_id), row.order),
}


def waiting_list(*, actor: Actor, at: datetime | None = None) -> list[Waiting]:
    """Everybody in the actor's scope (`beds.view`) who asked for a bed and is in none yet, most urgent first."""
    at = at or clock.now()
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"at": at, "paths": _patterns(actor, "beds.view")})
        rows = [Waiting(*(*row, at)) for row in cursor.fetchall()]
    rows.sort(key=lambda row: row.order)
    return rows


def next_waiting(rows: Iterable[Waiting], after: UUID | None = None) -> Waiting | None:
    """Who is to be placed next: the first that waits now, other than `after`."""
    return next((row for row in rows if row.standing is Standing.WAITING and row.id != after), None)


def counts(rows: Sequence[Waiting], wanted: Wanted, name: str) -> dict[str, int]:
    """How many rows each value of one condition would show, the other conditions as they are."""
    found: dict[str, int] = {}
    other = wanted.without(name)
    for row in rows:
        if not other.matches(row):
            continue
        keys = {"priority": row.priority, "department": str(row.department_id), "site": str(row.site_id)}
        for key in (row.standing.value, "displaced" if row.displaced else "") if name == "standing" else (keys[name],):
            found[key] = found.get(key, 0) + 1
    return found


def repatriations(*, actor: Actor, at: datetime | None = None, limit: int = 200) -> list[Outlier]:
    """Outliers whose home department has a free bed that suits them now, the longest away first.

    The network is read once; only patients of departments with any free bed are asked about.
    """
    at = at or clock.now()
    with connection.cursor() as cursor:
        cursor.execute(OUTLIERS, {"at": at, "paths": _patterns(actor, "beds.view")})
        rows = cursor.fetchall()
    if not rows:
        return []
    network, beds = arrays.live(at)
    free = beds.beds["state"] == BedState.FREE
    hopeful = {network.department_ids[d] for d in np.unique(beds.beds["department"][free]).tolist()}
    rows = [row for row in rows if row[4] in hopeful][:limit]
    requests = Request.objects.select_related("admission", "home_department__site__organisation").in_bulk(
        [row[0] for row in rows]
    )
    policies = {path: placement_policy(path)[0] for path in {row[6] for row in rows}}
    found: list[Outlier] = []
    for row in rows:
        current = network.bed.get(row[2])
        if current is None:
            continue
        need = need_of(requests[row[0]], network, at=at, start=None, current_bed=current)
        ranking = rank(beds, need, policies[row[6]])
        order = ranking.order
        mine = beds.beds["department"][order] == network.department[row[4]]
        home = order[mine & free[order] & (ranking.result.tier[order] == Tier.OWN)]
        if len(home):
            found.append(Outlier(*(*row, network.bed_ids[int(home[0])], len(home))))
    return found


def _patterns(actor: Actor, verb: str) -> list[str]:
    return [path + "%" for path in actor.paths(verb)]
