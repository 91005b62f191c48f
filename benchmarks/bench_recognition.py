"""How long it takes to find and judge the results at hand for an order, among millions of stored ones.

    python benchmarks/bench_recognition.py [results] [patients] [items] [asked]

Makes a database of its own with so many synthetic results over a year, two levels of controls each day for every item,
with keys and triggers off while it is filled,
and asks `candidates` for random patients (one of whom has a thousand times as many results as the others) and items.
Prints p50, p95 and the most in milliseconds of wall-clock time, and the same without the index of items.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from pathlib import Path

RESULTS, PATIENTS, ITEMS, ASKED = (
    int(a) for a in (*sys.argv[1:], *("10000000", "400000", "40", "400")[len(sys.argv) - 1 :])
)
MOST = RESULTS // PATIENTS * 1000

FILL = """
DO $$ DECLARE told record; BEGIN
  FOR told IN SELECT conrelid::regclass AS tab, conname FROM pg_constraint WHERE contype = 'f'
    AND conrelid::regclass::text ~ '^(exams_|patients_patient|network_(organisation|site))'
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', told.tab, told.conname); END LOOP;
  FOR told IN SELECT DISTINCT tgrelid::regclass AS tab FROM pg_trigger WHERE NOT tgisinternal
    AND tgrelid::regclass::text ~ '^(exams_|patients_patient|network_(organisation|site))'
  LOOP EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', told.tab); END LOOP;
END $$;
INSERT INTO network_organisation (id, code, name, name_en, kind, path)
VALUES (gen_random_uuid(), 'G', 'Group', 'Group', 'group', '0001.');
INSERT INTO network_site (id, code, name, name_en, organisation_id, time_zone)
SELECT gen_random_uuid(), 'S' || n, 'Site ' || n, '', (SELECT id FROM network_organisation), 'Asia/Shanghai'
FROM generate_series(1, 20) n;
INSERT INTO exams_examitem (id, code, name, name_en, category, modality, loinc, specialty, minutes, preparation,
                            preparation_en, preparation_minutes, price, dose, in_use)
SELECT gen_random_uuid(), 'I' || n, 'Item ' || n, '', 'laboratory', '', '', '', 15, '', '', 0, 20, 0, true
FROM generate_series(1, {items}) n;
CREATE TEMP TABLE who AS SELECT n, gen_random_uuid() AS id FROM generate_series(1, {patients}) n;
CREATE TEMP TABLE what AS SELECT row_number() OVER () - 1 AS n, id FROM exams_examitem;
CREATE TEMP TABLE place AS SELECT row_number() OVER () - 1 AS n, id FROM network_site;
CREATE INDEX ON who (n); CREATE INDEX ON what (n); CREATE INDEX ON place (n);
INSERT INTO patients_patient (id, name, pinyin, initials, sex, birth_date, phone, address, contact_name, contact_phone,
                              created_at, updated_at)
SELECT id, 'P' || n, 'p', 'p', 'male', '1960-01-01', '', '', '', '', now(), now() FROM who;
DROP INDEX result_of_patient, result_of_item, result_of_analyte, result_request, result_once;
INSERT INTO exams_result (id, patient_id, item_id, site_id, performer, source, report, key, position, loinc, code, name,
    value, comparator, text, unit, reference_range, flags, status, performed_at, reported_at, note, mark_scope,
    mark_area, stored_at)
SELECT gen_random_uuid(), who.id, what.id, place.id, '', 'LIS', 'R' || told.n, 'K', 0, '', 'K', 'K',
       (told.n % 100) / 10.0,
       '', '', 'mmol/L', '3.5-5.3', 'N', CASE WHEN told.n % 50 = 0 THEN 'P' ELSE 'F' END, at, at, '', '', '', at
FROM (SELECT n, CASE WHEN n <= {most} THEN 1 ELSE 1 + (n * 7919) % {patients} END AS person,
             now() - (random() * interval '365 days') AS at FROM generate_series(1, {results}::bigint) n) told
JOIN who ON who.n = person JOIN what ON what.n = (told.n * 31) % {items} JOIN place ON place.n = told.n % 20;
INSERT INTO exams_controlmaterial (id, site_id, item_id, analyte, level, name, lot, mean, sd, unit, in_use)
SELECT gen_random_uuid(), s.id, i.id, '', level, 'QC', 'A', 5 * level, 1, '', true
FROM network_site s, exams_examitem i, generate_series(1, 2) level;
INSERT INTO exams_controlrun (id, site_id, item_id, analyte, measured_at, note, entered_at, entered_by)
SELECT gen_random_uuid(), s.id, i.id, '', now() - day * interval '1 day', '', now(), ''
FROM network_site s, exams_examitem i, generate_series(1, 120) day;
INSERT INTO exams_controlmeasurement (id, run_id, material_id, value)
SELECT gen_random_uuid(), run.id, m.id, m.mean + (random() - 0.5) * 3
FROM exams_controlrun run JOIN exams_controlmaterial m ON m.site_id = run.site_id AND m.item_id = run.item_id;
"""
INDEXES = """
CREATE INDEX result_of_patient ON exams_result (patient_id, performed_at DESC) WHERE superseded_at IS NULL;
CREATE INDEX result_of_analyte ON exams_result (patient_id, analyte_id, performed_at DESC)
  WHERE superseded_at IS NULL AND analyte_id IS NOT NULL;
"""
OF_ITEM = """
CREATE INDEX result_of_item ON exams_result (patient_id, item_id, performed_at DESC)
  WHERE superseded_at IS NULL AND item_id IS NOT NULL
"""


def main() -> None:
    from yipan.server.embedded import Server

    with tempfile.TemporaryDirectory(prefix="yipan-bench-") as folder:
        Path(folder).chmod(0o755)
        with Server(Path(folder), forgetful=True) as server:
            os.environ |= {"YIPAN_DATABASE_URL": server.url, "DJANGO_SETTINGS_MODULE": "yipan.server.settings"}
            import django

            django.setup()
            begun = time.monotonic()
            fill()
            print(f"{RESULTS:,} results of {PATIENTS:,} patients, {ITEMS} items; filled in {_since(begun)}")
            measure("without the index of items")
            _run(OF_ITEM)
            _run("ANALYZE")
            measure("as shipped")
            django.db.connections.close_all()


def fill() -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(items=ITEMS, patients=PATIENTS, results=RESULTS, most=MOST))
        for statement in INDEXES.split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE exams_result")
        cursor.execute("ANALYZE")


def measure(label: str) -> None:
    """Ask for random patients, and as often for the one with most results."""
    from yipan.base.patients.models import Patient
    from yipan.kernel import clock
    from yipan.lines.exams.models import ExamItem
    from yipan.lines.exams.queries.recognition import candidates

    people = list(Patient.objects.exclude(name="P1").order_by("id").values_list("pk", flat=True)[:5000])
    heavy = Patient.objects.get(name="P1").pk
    items = list(ExamItem.objects.values_list("pk", flat=True))
    luck = random.Random(1)
    for who in ("a random patient", f"the patient with {MOST:,} results"):
        times, found = [], 0
        for _ in range(ASKED):
            patient = heavy if who.startswith("the") else luck.choice(people)
            begun = time.perf_counter()
            found += len(candidates(patient, luck.choice(items), clock.now()))
            times.append((time.perf_counter() - begun) * 1000)
        times.sort()
        p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
        print(f"{label:28} {who:38} p50 {p50:7.1f} ms  p95 {p95:7.1f} ms  most {times[-1]:7.1f} ms  ({found} found)")


def _run(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


def _since(begun: float) -> str:
    return f"{time.monotonic() - begun:.0f} s"


if __name__ == "__main__":
    main()
