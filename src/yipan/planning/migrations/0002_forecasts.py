"""Forecasts by day and by hour, what they are made from, and the alerts they raise. What was forecast never changes."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import yipan.kernel.ids

FORWARD = """
CREATE FUNCTION planning_forecast_is_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was forecast is never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER planning_forecast_is_history BEFORE UPDATE ON planning_forecast
    FOR EACH ROW EXECUTE FUNCTION planning_forecast_is_history();
CREATE TRIGGER planning_forecast_is_history BEFORE UPDATE ON planning_outlook
    FOR EACH ROW EXECUTE FUNCTION planning_forecast_is_history();
"""
BACKWARD = """
DROP TRIGGER planning_forecast_is_history ON planning_outlook;
DROP TRIGGER planning_forecast_is_history ON planning_forecast;
DROP FUNCTION planning_forecast_is_history();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0004_uploads"),
        ("planning", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outlook",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("step", models.CharField(choices=[("days", "By day"), ("hours", "By hour")], max_length=8)),
                ("made_at", models.DateTimeField()),
                ("known_until", models.DateTimeField()),
                ("first", models.DateTimeField()),
                ("steps", models.PositiveSmallIntegerField()),
                ("rehearsed", models.BooleanField(default=False)),
                ("levels", django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=None)),
                ("seconds", models.FloatField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["step", "rehearsed", "-made_at"], name="outlook_newest")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("step__in", ["days", "hours"])), name="outlook_step")
                ],
            },
        ),
        migrations.CreateModel(
            name="History",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "measure",
                    models.CharField(
                        choices=[("occupied", "Beds taken"), ("arrivals", "Arrivals"), ("discharges", "Discharges")],
                        max_length=10,
                    ),
                ),
                ("first", models.DateField()),
                (
                    "values",
                    django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(null=True), size=None),
                ),
                (
                    "department",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="network.department",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="network.site"),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="network.ward"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ward", None), ("department", None), _connector="OR"),
                        name="history_subject",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("measure__in", ["occupied", "arrivals", "discharges"])),
                        name="history_measure",
                    ),
                    models.UniqueConstraint(
                        fields=("site", "ward", "department", "measure"), name="history_once", nulls_distinct=False
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Forecast",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "measure",
                    models.CharField(
                        choices=[("occupied", "Beds taken"), ("arrivals", "Arrivals"), ("discharges", "Discharges")],
                        max_length=10,
                    ),
                ),
                (
                    "values",
                    django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(null=True), size=None),
                ),
                ("beds", models.PositiveIntegerField(default=0)),
                ("naive", models.FloatField(null=True)),
                (
                    "arriving",
                    django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), null=True, size=None),
                ),
                (
                    "leaving",
                    django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), null=True, size=None),
                ),
                (
                    "department",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="network.department",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="network.site"),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="network.ward"
                    ),
                ),
                (
                    "outlook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="forecasts", to="planning.outlook"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ward", None), ("department", None), _connector="OR"),
                        name="forecast_subject",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("measure__in", ["occupied", "arrivals", "discharges"])),
                        name="forecast_measure",
                    ),
                    models.UniqueConstraint(
                        fields=("outlook", "site", "ward", "department", "measure"),
                        name="forecast_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("by", models.DateTimeField()),
                ("chance", models.FloatField()),
                ("beds", models.PositiveIntegerField()),
                ("taken", models.PositiveIntegerField()),
                ("need", models.FloatField()),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("arrivals", "More arrivals than usual"),
                            ("discharges", "Fewer discharges than usual"),
                            ("closed", "Closed beds"),
                            ("full", "Full already, arrivals and discharges as usual"),
                        ],
                        max_length=12,
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                (
                    "department",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="network.department",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="network.site"),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="network.ward"
                    ),
                ),
                (
                    "outlook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alerts", to="planning.outlook"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ward", None), ("department", None), _connector="OR"), name="alert_subject"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["arrivals", "discharges", "closed", "full"])),
                        name="alert_cause",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
