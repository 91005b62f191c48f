"""What the second wall (row policies of PostgreSQL) costs: pages and a hold with it and without it.

    python benchmarks/bench_wall.py [hospitals] [beds of each] [past stays of each bed] [rounds]

Makes a database of its own with that many hospitals, 92 % of the beds occupied, and asks each page in turn with and
without the wall as somebody of one hospital and as somebody of the whole network. Prints the best of the rounds in
milliseconds of wall-clock time, which other work on the machine disturbs least, and the ratio; both come from the same
run, one after the other.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HOSPITALS, BEDS, PAST, ROUNDS = (int(a) for a in (*sys.argv[1:], *("10", "2000", "5", "15")[len(sys.argv) - 1 :]))
WALL = "yipan.base.access.middleware.WallMiddleware"

NETWORK = """
INSERT INTO network_organisation (id, code, name, name_en, kind, path)
SELECT gen_random_uuid(), 'G', 'Group', 'Group', 'group', '0001.';
INSERT INTO network_organisation (id, code, name, name_en, kind, path, parent_id)
SELECT gen_random_uuid(), 'H' || h, 'Hospital ' || h, '', 'general_hospital', '0001.' || lpad(h::text, 4, '0') || '.',
       (SELECT id FROM network_organisation WHERE code = 'G')
FROM generate_series(1, {hospitals}) h;
INSERT INTO network_site (id, code, name, name_en, organisation_id, time_zone, latitude, longitude)
SELECT gen_random_uuid(), 'S' || substr(code, 2), name, '', id, 'Asia/Shanghai', 30 + random(), 110 + random()
FROM network_organisation WHERE code LIKE 'H%';
INSERT INTO network_specialty (code, name, name_en)
SELECT 'T' || n, 'Specialty ' || n, '' FROM generate_series(1, 20) n;
INSERT INTO network_department (id, code, name, name_en, site_id, specialty_id)
SELECT gen_random_uuid(), site.code || '-' || n, 'Department ' || n, '', site.id, 'T' || (n % 20 + 1)
FROM network_site site, generate_series(1, greatest({beds} / 40, 1)) n;
INSERT INTO network_ward (id, code, name, name_en, site_id, department_id, building, floor, nurses_total)
SELECT gen_random_uuid(), 'W' || code, 'Ward ' || code, '', site_id, id, '1', 1, 12 FROM network_department;
INSERT INTO network_room (id, ward_id, label, sex_policy, isolation)
SELECT gen_random_uuid(), ward.id, 'R' || n, 'any', 'none' FROM network_ward ward, generate_series(1, 20) n;
INSERT INTO network_bed (id, room_id, department_id, label, code, oxygen, monitor, ventilator, level_of_care)
SELECT gen_random_uuid(), room.id, ward.department_id, room.label || n, ward.code || room.label || n,
       true, false, false, 'general'
FROM network_room room JOIN network_ward ward ON ward.id = room.ward_id, generate_series(1, 2) n;
"""
STAYS = """
CREATE TEMP TABLE stay AS
SELECT gen_random_uuid() AS patient, gen_random_uuid() AS request, gen_random_uuid() AS booking, bed.id AS bed,
       bed.department_id AS department, capacity.site_id AS site, past, random() AS luck
FROM network_bed bed JOIN spine_capacity capacity ON capacity.bed_id = bed.id, generate_series(0, {past}) past;
DELETE FROM stay WHERE past = 0 AND luck > 0.92;
INSERT INTO patients_patient (id, name, pinyin, initials, sex, birth_date, phone, address, contact_name, contact_phone,
                              created_at, updated_at)
SELECT patient, 'P' || luck, 'p' || luck, 'p', 'male', '1960-01-01', '', '', '', '', now(), now() FROM stay;
INSERT INTO spine_request (id, line, patient_id, site_id, home_department_id, priority, source, wanted_from, created_at,
                           created_by, cancel_reason)
SELECT request, 'beds', patient, site, department, 'urgent', 'desk', now() - past * interval '9 days',
       now() - past * interval '9 days', 'bench', '' FROM stay;
INSERT INTO beds_admissionrequest (request_id, certificate_no, certificate_at, origin, diagnosis_code, diagnosis,
    severity, nursing_level, isolation, pathogen, oxygen, monitor, ventilator, level_of_care, sex, expected_days,
    visit_number, note)
SELECT request, '', now() - past * interval '9 days', 'clinic', 'I63.9', 'stroke', 'general', '2', 'none', '', false,
       false, false, 'general', 'male', 7, '', '' FROM stay;
INSERT INTO spine_booking (id, capacity_id, request_id, patient_id, purpose, state, period, body, end_announced,
                           created_at)
SELECT booking, bed, request, patient, 'care', CASE past WHEN 0 THEN 'active' ELSE 'done' END,
       tstzrange(now() - past * interval '9 days' - interval '1 day', now() - past * interval '9 days'
                 + CASE past WHEN 0 THEN interval '9 days' ELSE interval '5 days' END),
       true, false, now() FROM stay;
INSERT INTO spine_event (kind, line, at, recorded_at, actor_name, request_id, booking_id, capacity_id, patient_id,
                         site_id, data)
SELECT 'booking.arrived', 'beds', now() - past * interval '9 days', now(), 'bench', request, booking, bed, patient,
       site, '{{}}' FROM stay;
-- One patient waits at the first hospital, for whom there are a taken and a free bed.
CREATE TEMP TABLE first AS
SELECT s.request, s.booking, s.bed,
       (SELECT c.id FROM spine_capacity c WHERE c.site_id = s.site AND NOT EXISTS (
           SELECT 1 FROM spine_booking b WHERE b.capacity_id = c.id AND b.state = 'active') LIMIT 1) AS free
FROM stay s JOIN network_site site ON site.id = s.site WHERE site.code = 'S1' AND s.past = 0 LIMIT 1;
UPDATE spine_booking SET state = 'cancelled' WHERE id = (SELECT booking FROM first);
"""


def main() -> None:
    from yipan.server.embedded import Server

    with tempfile.TemporaryDirectory(prefix="yipan-bench-") as folder:
        Path(folder).chmod(0o755)
        with Server(Path(folder), forgetful=True) as server:
            os.environ |= {"YIPAN_DATABASE_URL": server.url, "DJANGO_SETTINGS_MODULE": "yipan.server.settings"}
            import django

            django.setup()
            fill()
            compare()
            django.db.connections.close_all()


def fill() -> None:
    """Tables, network, stays, and two people."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection

    from yipan.base.access.models import Grant
    from yipan.base.network.models import Organisation
    from yipan.spine.capacities import follow_network

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(NETWORK.format(hospitals=HOSPITALS, beds=BEDS))
        follow_network()
        cursor.execute(STAYS.format(past=PAST))
        cursor.execute("VACUUM ANALYZE")
    for name, code in (("hospital", "H1"), ("network", "G")):
        user = User.objects.create(username=name)
        for role in ("coordinator", "manager"):
            Grant.objects.create(user=user, role=role, organisation=Organisation.objects.get(code=code))


def compare() -> None:
    """Each page by turns with and without the wall."""
    from django.contrib.auth.models import User
    from django.test import Client, override_settings

    print(f"{HOSPITALS} hospitals of {BEDS} beds, {PAST} past stays of each bed, {ROUNDS} rounds")
    print(f"{'':40}{'with':>9}{'without':>9}{'ratio':>7}")
    walls = list(settings_middleware())
    for name in ("hospital", "network"):
        acts = pages()
        times: dict[str, tuple[list[float], list[float]]] = {label: ([], []) for label in acts}
        clients = []
        for middleware in (walls, [m for m in walls if m != WALL]):
            with override_settings(MIDDLEWARE=middleware):
                client = Client(headers={"Accept-Language": "en"})
                client.force_login(User.objects.get(username=name))
                client.handler.load_middleware()
                clients.append(client)
        for number in range(ROUNDS + 2):
            for label, act in acts.items():
                for i, client in enumerate(clients):
                    took = timed(act, client)
                    if number > 1:
                        times[label][i].append(took)
        for label, (with_wall, without) in times.items():
            a, b = min(with_wall) * 1000, min(without) * 1000
            print(f"{name + ': ' + label:40}{a:9.1f}{b:9.1f}{a / b:7.2f}")


def settings_middleware() -> list[str]:
    from django.conf import settings

    return list(settings.MIDDLEWARE)


def pages() -> dict[str, Callable[[Any], Any]]:
    """What is asked, by a label."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT min(request::text), min(bed::text), min(free::text) FROM first")
        request, bed, free = cursor.fetchone()
    return {
        "overview": get("/"),
        "board of 2,000 beds": get("/beds?site=S1"),
        "board of the network": get("/beds/sites"),
        "one bed": get(f"/beds/bed/{bed}"),
        "desk with ranked beds": get(f"/desk/{request}"),
        "hold and give back": lambda client: hold(client, request, free),
        "waiting list": get("/waiting"),
        "figures": get("/figures"),
        "search of a patient": get("/desk/patients?q=p0.12"),
    }


def get(address: str) -> Callable[[Any], Any]:
    def act(client: Any) -> None:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code, answer.content[-800:])

    return act


def hold(client: Any, request: str, bed: str) -> None:
    from yipan.spine.models import Booking

    answer = client.post(f"/desk/{request}/hold", {"bed": bed})
    assert answer.status_code == 302, (answer.status_code, answer.content[-800:])
    row = Booking.objects.get(request_id=request, state="held")
    assert client.post(f"/desk/bookings/{row.pk}/release", {"reason": "bench"}).status_code == 302


def timed(act: Callable[[Any], Any], client: Any) -> float:
    began = time.perf_counter()
    act(client)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
