"""Runs and proposals. A proposal is seen by whoever sees its request, and written by whoever decides about it."""

import django.db.models.deletion
from django.db import migrations, models

import yipan.kernel.ids
from yipan.base.access.persons import OVERSEER
from yipan.base.access.policies import allow, guard

REQUEST = "EXISTS (SELECT 1 FROM spine_request request WHERE request.id = planning_proposal.request_id)"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("network", "0004_uploads"),
        ("spine", "0005_second_wall"),
        ("access", "0003_second_wall"),
    ]

    operations = [
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(default=14)),
                ("seconds", models.PositiveSmallIntegerField(default=10)),
                ("seed", models.PositiveIntegerField(default=1)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Waits for its turn"),
                            ("running", "Being made"),
                            ("done", "Ready"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("stop_asked", models.BooleanField(default=False)),
                ("failure", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=120)),
                ("taken_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("fingerprint", models.CharField(blank=True, max_length=64)),
                ("network_version", models.BigIntegerField(null=True)),
                ("policy_versions", models.JSONField(default=dict)),
                ("progress", models.JSONField(default=dict)),
                ("reason", models.CharField(blank=True, max_length=12)),
                ("cost", models.FloatField(null=True)),
                ("bound", models.FloatField(null=True)),
                ("components", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("wards", models.JSONField(default=list)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="network.organisation"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="network.site",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["queued", "running", "done", "failed"])), name="run_status"
                    ),
                    models.CheckConstraint(condition=models.Q(("days__gte", 1), ("days__lte", 28)), name="run_days"),
                ],
                "indexes": [
                    models.Index(fields=["organisation", "-created_at"], name="run_newest"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("admission", "Admission"),
                            ("transfer", "Planned transfer"),
                            ("repatriation", "Back to the own department"),
                        ],
                        max_length=12,
                    ),
                ),
                ("start", models.DateTimeField()),
                ("end", models.DateTimeField()),
                ("tier", models.CharField(max_length=10)),
                ("tier_before", models.CharField(blank=True, max_length=10)),
                ("score", models.FloatField()),
                ("reasons", models.JSONField(default=list)),
                ("why_not", models.JSONField(default=list)),
                ("asked", models.JSONField(default=dict)),
                ("relies", models.JSONField(default=list)),
                ("answer", models.CharField(blank=True, max_length=40)),
                ("answer_params", models.JSONField(default=dict)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=120)),
                (
                    "after",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="spine.request"
                    ),
                ),
                (
                    "bed",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="network.bed"),
                ),
                (
                    "held",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="spine.booking"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="spine.request"
                    ),
                ),
                (
                    "stay",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="spine.booking"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="proposals", to="planning.run"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["admission", "transfer", "repatriation"])),
                        name="proposal_kind",
                    ),
                    models.UniqueConstraint(fields=("run", "request"), name="proposal_once"),
                ],
            },
        ),
        guard("planning_proposal"),
        allow("planning_proposal", "care", "SELECT UPDATE", REQUEST),
        allow("planning_proposal", "network", "SELECT UPDATE", "true", to=OVERSEER),
    ]
