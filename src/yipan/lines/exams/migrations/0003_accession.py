"""Accession numbers are given out by one sequence."""

from django.db import migrations

MAKE = "CREATE SEQUENCE exams_accession AS integer MAXVALUE 999999 CYCLE"


class Migration(migrations.Migration):
    dependencies = [("exams", "0002_second_wall")]

    operations = [migrations.RunSQL(MAKE, "DROP SEQUENCE exams_accession")]
