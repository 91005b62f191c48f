"""A limit has its bounds in order; a critical number keeps the unit in which it was judged."""

from django.db import migrations, models

UNITS = """
UPDATE exams_criticalvalue value SET unit = rule.unit
FROM exams_criticalrule rule WHERE rule.id = value.rule_id AND value.value IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("exams", "0009_wall_of_centres")]

    operations = [
        migrations.AddField(
            model_name="criticalvalue",
            name="unit",
            field=models.CharField(blank=True, db_default="", default="", max_length=24),
        ),
        migrations.RunSQL(UNITS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="criticalrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("low__isnull", True), ("high__isnull", True), ("low__lt", models.F("high")), _connector="OR"
                ),
                name="critical_rule_order",
            ),
        ),
    ]
