"""A network of many beds, nearly full, and the year behind it, written straight into the tables; all invented."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

WARD_BEDS, ROOM_BEDS, SPECIALTIES, SITES = 45, 3, 40, 10

PLACES = """
INSERT INTO network_organisation (id, name, name_en, code, kind, path, parent_id)
VALUES (gen_random_uuid(), '基准集团', 'Benchmark Group', 'BENCH', 'group', '0001.', NULL);
INSERT INTO network_organisation (id, name, name_en, code, kind, path, parent_id)
SELECT gen_random_uuid(), '第' || n || '医院', 'Hospital ' || n, 'H' || n, 'general_hospital',
       '0001.' || lpad(n::text, 4, '0') || '.', (SELECT id FROM network_organisation WHERE code = 'BENCH')
FROM generate_series(1, %(sites)s) n;
INSERT INTO network_site (id, name, name_en, code, organisation_id, latitude, longitude, time_zone)
SELECT gen_random_uuid(), name, name_en, code, id, 30 + random(), 110 + random(), 'Asia/Shanghai'
FROM network_organisation WHERE code <> 'BENCH';
INSERT INTO network_specialty (code, name, name_en)
SELECT 'S' || lpad(n::text, 2, '0'), '专科' || n, 'Specialty ' || n FROM generate_series(1, %(specialties)s) n;
INSERT INTO network_department (id, name, name_en, code, site_id, specialty_id)
SELECT gen_random_uuid(), '科室' || n, 'Department ' || n, 'D' || lpad(n::text, 4, '0'),
       (SELECT id FROM network_site WHERE code = 'H' || (1 + n %% %(sites)s)),
       'S' || lpad((1 + n %% %(specialties)s)::text, 2, '0')
FROM generate_series(1, %(wards)s) n;
INSERT INTO network_ward (id, name, name_en, code, building, floor, nurses_total, department_id, site_id)
SELECT gen_random_uuid(), '病区' || right(code, 4), 'Ward ' || right(code, 4), 'W' || right(code, 4), '一号楼',
       1 + right(code, 4)::int %% 20, 15, id, site_id FROM network_department;
INSERT INTO network_wardcompetence (id, ward_id, specialty_id, nurses_qualified)
SELECT gen_random_uuid(), ward.id, specialty.code, 1 + abs(hashtext(ward.code || specialty.code)) %% 15
FROM network_ward ward, network_specialty specialty WHERE abs(hashtext(ward.code || specialty.code)) %% 3 = 0;
INSERT INTO network_alliance (id, department_id, ally_id, rank)
SELECT gen_random_uuid(), a.id, b.id, 1 FROM network_department a JOIN network_department b
ON b.code = 'D' || lpad((1 + right(a.code, 4)::int %% %(wards)s)::text, 4, '0') AND a.id <> b.id;
INSERT INTO network_room (id, ward_id, label, sex_policy, isolation)
SELECT gen_random_uuid(), ward.id, n::text, 'same', 'none'
FROM network_ward ward, generate_series(1, %(rooms)s) n;
INSERT INTO network_bed (id, room_id, department_id, label, code, oxygen, monitor, ventilator, level_of_care)
SELECT gen_random_uuid(), room.id, ward.department_id, lpad(((room.label::int - 1) * %(room_beds)s + n)::text, 2, '0'),
       ward.code || '-' || ((room.label::int - 1) * %(room_beds)s + n), true, n = 1, false, 'general'
FROM network_room room JOIN network_ward ward ON ward.id = room.ward_id, generate_series(1, %(room_beds)s) n
"""

# Everybody has one stay. `past` of them are over; the others lie in the beds now, men in even rooms.
PEOPLE = """
CREATE TEMPORARY TABLE lying AS
SELECT gen_random_uuid() AS patient, gen_random_uuid() AS request, gen_random_uuid() AS booking, taken.*
FROM (
    SELECT bed.id AS bed, bed.department_id, ward.id AS ward, ward.site_id, 0 AS ago,
           now() - random() * interval '6 days' - interval '1 hour' AS since,
           now() + interval '2 hours' + random() * interval '8 days' AS until,
           CASE WHEN room.label::int %% 2 = 0 THEN 'male' ELSE 'female' END AS sex, random() < 0.08 AS announced
    FROM network_bed bed JOIN network_room room ON room.id = bed.room_id
    JOIN network_ward ward ON ward.id = room.ward_id
    WHERE random() < %(occupied)s
    UNION ALL
    SELECT bed.id, bed.department_id, ward.id, ward.site_id, n,
           now() - n * interval '8 days' - interval '7 days', now() - n * interval '8 days' - interval '1 hour',
           'male', false
    FROM network_bed bed JOIN network_room room ON room.id = bed.room_id
    JOIN network_ward ward ON ward.id = room.ward_id, generate_series(1, %(past)s) n
) taken;
INSERT INTO patients_patient (id, name, pinyin, initials, sex, birth_date, phone, address, contact_name, contact_phone,
                              created_at, updated_at)
SELECT patient, '王' || chr(20000 + (random() * 5000)::int), 'wang', 'w', sex,
       date '1940-01-01' + (random() * 25000)::int, '', '', '', '', since, since FROM lying;
INSERT INTO spine_request (id, line, priority, source, wanted_from, created_at, created_by, cancel_reason,
                           home_department_id, patient_id, site_id)
SELECT request, 'beds', 'urgent', 'desk', since, since - interval '20 minutes', 'benchmark', '', department_id, patient,
       site_id FROM lying;
INSERT INTO beds_admissionrequest (request_id, certificate_no, certificate_at, origin, diagnosis_code, diagnosis,
    severity, nursing_level, isolation, pathogen, oxygen, monitor, ventilator, level_of_care, sex, age_years,
    home_minutes, expected_days, visit_number, note)
SELECT request, '', since, 'clinic', 'I63.9', '脑梗死', 'general', '2', 'none', '', false, false, false, 'general', sex,
       60, 30, 7, '', '' FROM lying;
INSERT INTO spine_booking (id, purpose, state, period, body, end_announced, created_at, patient_id, capacity_id,
                           request_id)
SELECT booking, 'care', CASE ago WHEN 0 THEN 'active' ELSE 'done' END, tstzrange(since, until), true, announced, since,
       patient, bed, request FROM lying;
INSERT INTO spine_event (kind, line, at, recorded_at, actor_name, request_id, booking_id, capacity_id, patient_id,
                         site_id, ward_id, data)
SELECT 'booking.' || kind, 'beds', since, since, 'benchmark', request, booking, bed, patient, site_id, ward, '{}'
FROM lying, unnest(CASE ago WHEN 0 THEN ARRAY['held', 'confirmed', 'arrived']
                   ELSE ARRAY['held', 'confirmed', 'arrived', 'end_announced', 'departed', 'postponed',
                              'ready'] END) kind;
DROP TABLE lying;
INSERT INTO beds_placement (booking_id, tier, reasons, why_not, policy_version, home_department_id, host_department_id)
SELECT booking.id, 'own', '[]', '[]', '', request.home_department_id, request.home_department_id
FROM spine_booking booking JOIN spine_request request ON request.id = booking.request_id
"""

WAITING = """
CREATE TEMPORARY TABLE asking AS
SELECT gen_random_uuid() AS patient, gen_random_uuid() AS request, department.id AS department, department.site_id
FROM generate_series(1, %(requests)s) n
JOIN (SELECT id, site_id, row_number() OVER (ORDER BY code) AS place, count(*) OVER () AS size FROM network_department)
     department ON department.place = 1 + n %% department.size;
INSERT INTO patients_patient (id, name, pinyin, initials, sex, birth_date, phone, address, contact_name, contact_phone,
                              created_at, updated_at)
SELECT patient, '李' || chr(20000 + (random() * 5000)::int), 'li', 'l', 'male', date '1960-01-01', '', '', '', '',
       now(), now() FROM asking;
INSERT INTO spine_request (id, line, priority, source, wanted_from, created_at, created_by, cancel_reason,
                           home_department_id, patient_id, site_id)
SELECT request, 'beds', 'urgent', 'desk', now(), now(), 'benchmark', '', department, patient, site_id FROM asking;
INSERT INTO beds_admissionrequest (request_id, certificate_no, certificate_at, origin, diagnosis_code, diagnosis,
    severity, nursing_level, isolation, pathogen, oxygen, monitor, ventilator, level_of_care, sex, age_years,
    home_minutes, expected_days, visit_number, note)
SELECT request, '', now(), 'clinic', 'I63.9', '脑梗死', 'general', '2', 'none', '', false, false, false, 'general',
       'male', 60, 30, 7, '', '' FROM asking;
DROP TABLE asking
"""


@dataclass(frozen=True, slots=True)
class World:
    """What to build."""

    beds: int = 20_000
    occupied: float = 0.92

    def build(self) -> None:
        """Write everything; the database must be empty but migrated. Roles and logins are not its business."""
        from yipan.spine.capacities import follow_network  # loads only once Django is set up

        wards = -(-self.beds // WARD_BEDS)
        places = {
            "sites": SITES,
            "specialties": SPECIALTIES,
            "wards": wards,
            "rooms": WARD_BEDS // ROOM_BEDS,
            "room_beds": ROOM_BEDS,
        }
        with connection.cursor() as cursor:
            _run(cursor, PLACES, places)
            follow_network()
        self._people(occupied=self.occupied, past=0)

    def age(self, stays: int) -> None:
        """Add so many earlier stays for each bed, eight days apart, with what happened in them."""
        self._people(occupied=0, past=stays)

    def ask(self, requests: int) -> None:
        """Add so many people who wait for a bed."""
        with connection.cursor() as cursor:
            _run(cursor, WAITING, {"requests": requests})
            cursor.execute("ANALYZE")

    def _people(self, **params: float) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE spine_event DISABLE TRIGGER event_notify")
            _run(cursor, PEOPLE, params)
            cursor.execute("ALTER TABLE spine_event ENABLE TRIGGER event_notify")
            cursor.execute("VACUUM ANALYZE")


def _run(cursor, statements: str, params: dict[str, float]) -> None:
    for statement in statements.split(";\n"):
        cursor.execute(statement, params)
