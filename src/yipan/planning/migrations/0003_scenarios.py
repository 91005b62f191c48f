"""Scenarios of the twin."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import yipan.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0005_policy_evidence"),
        ("planning", "0002_forecasts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Scenario",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=80)),
                ("created_by", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
                ("days", models.PositiveSmallIntegerField()),
                ("seconds", models.PositiveSmallIntegerField()),
                ("penalty", models.FloatField()),
                ("seed", models.PositiveIntegerField(default=1)),
                ("policies", models.JSONField(default=list)),
                ("closures", models.JSONField(default=list)),
                ("surges", models.JSONField(default=list)),
                ("saved", models.BooleanField(default=False)),
                ("shared", models.BooleanField(default=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Waits for its turn"),
                            ("running", "Being simulated"),
                            ("done", "Ready"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("stop_asked", models.BooleanField(default=False)),
                ("failure", models.CharField(blank=True, max_length=40)),
                ("failure_params", models.JSONField(default=dict)),
                ("progress", models.JSONField(default=dict)),
                ("taken_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("made_from", models.JSONField(default=dict)),
                ("result", models.JSONField(default=dict)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="network.organisation"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "-created_at"], name="scenario_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["queued", "running", "done", "failed"])),
                        name="scenario_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 1), ("days__lte", 90)), name="scenario_days"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("penalty__gte", 0), ("penalty__lte", 5)), name="scenario_penalty"
                    ),
                ],
            },
        ),
    ]
