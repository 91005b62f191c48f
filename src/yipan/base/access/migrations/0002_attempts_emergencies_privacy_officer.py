"""Attempts of every kind counted in one table, records opened in an emergency, and the privacy officer's role."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import yipan.kernel.ids

ROLES = [
    ("coordinator", "Bed coordinator"),
    ("ward_nurse", "Ward nurse"),
    ("doctor", "Doctor"),
    ("manager", "Manager"),
    ("integrator", "Integrator"),
    ("administrator", "Administrator"),
    ("privacy_officer", "Privacy officer"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.DeleteModel(name="LoginFailure"),
        migrations.CreateModel(
            name="Attempts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(max_length=16)),
                ("key", models.CharField(max_length=200)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("until", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["until"], name="attempts_until")],
                "constraints": [models.UniqueConstraint(fields=("action", "key"), name="attempts_once")],
            },
        ),
        migrations.RunSQL("ALTER TABLE access_attempts SET UNLOGGED", "ALTER TABLE access_attempts SET LOGGED"),
        migrations.CreateModel(
            name="EmergencyAccess",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("patient_id", models.UUIDField()),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("justified", models.BooleanField(null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emergency_reviews",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emergency_accesses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user", "patient_id", "until"], name="emergency_open"),
                    models.Index(fields=["-at"], name="emergency_unreviewed", condition=Q(reviewed_at=None)),
                ],
                "constraints": [
                    models.CheckConstraint(name="emergency_ends", condition=Q(until__gt=F("at"))),
                    models.CheckConstraint(
                        name="emergency_reviewed_whole",
                        condition=Q(reviewed_at=None, reviewed_by=None, justified=None)
                        | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, justified__isnull=False),
                    ),
                    models.CheckConstraint(
                        name="emergency_reviewed_by_another",
                        condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")),
                    ),
                ],
            },
        ),
        migrations.AlterField(model_name="grant", name="role", field=models.CharField(max_length=16, choices=ROLES)),
        migrations.RemoveConstraint(model_name="grant", name="grant_role"),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(name="grant_role", condition=Q(role__in=[code for code, _ in ROLES])),
        ),
    ]
