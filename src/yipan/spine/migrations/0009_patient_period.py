"""A plan keeps a patient for the part of it in which the patient is there: two rides at once are impossible."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0007_second_wall"),
        ("spine", "0008_request_changed_index"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="booking",
            name="booking_one_plan_per_patient",
        ),
        migrations.AddField(
            model_name="booking",
            name="patient_period",
            field=django.contrib.postgres.fields.ranges.DateTimeRangeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state__in", ["held", "confirmed"]), ("attends", True)),
                expressions=[
                    (models.F("patient"), "="),
                    (django.db.models.functions.comparison.Coalesce("patient_period", "period"), "&&"),
                ],
                name="booking_one_plan_per_patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["held", "confirmed"]), _negated=True),
                    ("patient_period", None),
                    models.Q(
                        ("attends", True),
                        ("patient_period__isempty", False),
                        ("period__contains", models.F("patient_period")),
                    ),
                    _connector="OR",
                ),
                name="booking_patient_period",
            ),
        ),
    ]
