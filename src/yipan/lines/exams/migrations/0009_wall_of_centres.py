"""Who reads for whom opens examinations to a centre: only whoever cares for a site gives it to one, or takes it back."""

from django.db import migrations

from yipan.base.access.policies import allow, guard, within

CENTRE = within("care", "centre.site_id")
WRITES = {
    "exams_readingcentre": within("care", "site_id"),
    "exams_coverage": within("care", "site_id"),
    "exams_reader": f"EXISTS (SELECT 1 FROM exams_readingcentre centre WHERE centre.id = centre_id AND {CENTRE})",
}


class Migration(migrations.Migration):
    dependencies = [("exams", "0008_wall_of_reports")]

    operations = [
        step
        for table, condition in WRITES.items()
        for step in (
            guard(table),
            allow(table, "known", "SELECT", "true"),
            allow(table, "care", "INSERT UPDATE DELETE", condition),
        )
    ]
