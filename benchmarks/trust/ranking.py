"""Ranking 20,000 candidate beds: the compiled kernel against the same hard rules, tiers and order as one SQL query."""

from __future__ import annotations

import numpy as np
from django.db import connection

from benchmarks.trust.report import Report, milliseconds
from benchmarks.trust.world import World
from yipan.base.access import SYSTEM
from yipan.base.network.queries import placement_policy
from yipan.engine.placement import rank
from yipan.kernel import clock
from yipan.lines.beds.actions import hold_bed
from yipan.lines.beds.queries import arrays, proposals
from yipan.spine.models import Booking, Event, Request
from yipan.spine.queries import present

# What a hospital's programmer would write: free now and for the stay, sex and age of the room, isolation, equipment,
# level, nurses, reserve, distance; own, allied, similar, nearest. Scores within a tier are left out: SQL does less.
SAME_RULES = """
WITH need AS (SELECT %(department)s::uuid AS department, %(sex)s::text AS sex, 60 AS age, %(at)s::timestamptz AS at),
home AS (SELECT d.id, d.specialty_id, s.latitude, s.longitude FROM need
         JOIN network_department d ON d.id = need.department JOIN network_site s ON s.id = d.site_id),
taken AS (SELECT capacity_id, min(lower(period)) AS since FROM spine_booking
          WHERE state IN ('active', 'confirmed') OR state = 'held' AND expires_at > %(at)s GROUP BY capacity_id),
company AS (SELECT bed.room_id, bool_or(admission.sex = 'male') AS men, bool_or(admission.sex = 'female') AS women,
                   bool_or(admission.isolation <> 'none') AS isolated
            FROM taken JOIN network_bed bed ON bed.id = taken.capacity_id
            JOIN spine_booking booking ON booking.capacity_id = bed.id
                 AND booking.state IN ('active', 'confirmed', 'held')
            JOIN beds_admissionrequest admission ON admission.request_id = booking.request_id GROUP BY bed.room_id),
candidate AS (
    SELECT bed.id, ward.id AS ward_id, department.id AS department_id, department.specialty_id,
           count(*) OVER (PARTITION BY ward.id) AS free_in_ward,
           sqrt(power(site.latitude - home.latitude, 2) + power(site.longitude - home.longitude, 2)) AS away,
           coalesce(ward.emergency_reserve, 1) AS reserve
    FROM network_bed bed CROSS JOIN need CROSS JOIN home
    JOIN network_room room ON room.id = bed.room_id
    JOIN network_ward ward ON ward.id = room.ward_id
    JOIN network_site site ON site.id = ward.site_id
    JOIN network_department department ON department.id = bed.department_id
    LEFT JOIN taken ON taken.capacity_id = bed.id
    LEFT JOIN company ON company.room_id = room.id
    WHERE taken.capacity_id IS NULL AND room.isolation = 'none' AND NOT coalesce(company.isolated, false)
      AND coalesce(room.age_min, 0) <= need.age AND coalesce(room.age_max, 200) >= need.age
      AND bed.level_of_care = 'general'
      AND (room.sex_policy = 'any' OR room.sex_policy = need.sex OR room.sex_policy = 'same'
           AND NOT coalesce(CASE need.sex WHEN 'male' THEN company.women ELSE company.men END, false))
      AND (department.specialty_id = home.specialty_id OR EXISTS (SELECT 1 FROM network_wardcompetence c
           WHERE c.ward_id = ward.id AND c.specialty_id = home.specialty_id AND c.nurses_qualified >= 2)))
SELECT candidate.id FROM candidate CROSS JOIN home
LEFT JOIN network_alliance alliance ON alliance.department_id = home.id AND alliance.ally_id = candidate.department_id
LEFT JOIN network_specialtysimilarity alike
       ON alike.specialty_id = home.specialty_id AND alike.other_id = candidate.specialty_id
WHERE free_in_ward > reserve
ORDER BY CASE WHEN candidate.department_id = home.id THEN 0 WHEN alliance.rank IS NOT NULL THEN 1
              WHEN alike.similarity >= 0.5 THEN 2 ELSE 3 END, alliance.rank, alike.similarity DESC, away, candidate.id
"""


def measure(report: Report, rounds: int) -> None:
    """Ranking alone, the same in SQL, and a whole proposal call as the desk makes it."""
    request = Request.objects.select_related("admission", "patient", "home_department__site__organisation").get(
        pk=Request.objects.filter(bookings=None).order_by("id").values_list("pk", flat=True).first()
    )
    at = clock.now()
    network, beds = arrays.live(at)
    policy, _ = placement_policy(request.home_department.site.organisation.path)
    assert present(patient_id=request.patient_id) is None
    need = proposals.need_of(request, network, at=at, start=None, current_bed=-1)
    kernel = milliseconds(lambda: rank(beds, need, policy), rounds)
    sql = milliseconds(lambda: _in_sql(request), max(rounds // 20, 5))
    ratio = float(np.median(sql) / np.median(kernel))
    said = f"SQL {np.median(sql):,.1f} ms"
    report.at_most(f"ranking {len(beds):,} beds, p50", float(np.median(kernel)), "ms", 5, said)
    report.at_least("… quicker than in SQL", ratio, "times", 20, said)
    report.at_most("a whole proposal call, p50", proposal(request, rounds), "ms", 30)


def proposal(request: Request, rounds: int) -> float:
    """Median milliseconds of the call behind the desk's list, reasons and all."""
    return float(np.median(milliseconds(lambda: proposals.for_request(actor=SYSTEM, request=request), rounds)))


def _in_sql(request: Request) -> list[tuple[object]]:
    with connection.cursor() as cursor:
        cursor.execute(
            SAME_RULES, {"department": request.home_department_id, "sex": request.admission.sex, "at": clock.now()}
        )
        return cursor.fetchall()


def grown(report: Report, world: World, rounds: int, stays: int) -> None:
    """A placement, from the question to the booking, before and after a year of stays has gone through the beds."""
    world.ask(2 * rounds + 10)
    before = _placements(rounds)
    world.age(stays)
    after = _placements(rounds)
    events, bookings = Event.objects.count(), Booking.objects.count()
    said = f"{before:,.1f} ms before, {after:,.1f} ms with {events:,} events and {bookings:,} bookings"
    report.at_most("a placement in a year-old database", after / before, "times", 1.5, said)


def _placements(rounds: int) -> float:
    """Median milliseconds of proposing and holding the first bed, each for another patient."""
    waiting = Request.objects.filter(bookings=None, cancelled_at=None).order_by("id").values_list("pk", flat=True)
    asked = iter(list(waiting[: rounds + 2]))

    def place() -> None:
        request = Request.objects.select_related("admission", "patient", "home_department__site__organisation").get(
            pk=next(asked)
        )
        found = proposals.for_request(actor=SYSTEM, request=request)
        hold_bed(actor=SYSTEM, request_id=request.pk, bed_id=found.choices[0].bed_id)

    return float(np.median(milliseconds(place, rounds)))
