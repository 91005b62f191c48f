"""Patients, identifiers, likely duplicates and merges, with the indexes of the search."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

import yipan.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="Patient",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(db_collation="C", max_length=120)),
                ("pinyin", models.CharField(db_collation="C", editable=False, max_length=400)),
                ("initials", models.CharField(db_collation="C", editable=False, max_length=120)),
                (
                    "sex",
                    models.CharField(
                        choices=[
                            ("male", "Male"),
                            ("female", "Female"),
                            ("other", "Other sex"),
                            ("unknown", "Sex not known"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                ("birth_date", models.DateField(blank=True, null=True)),
                ("phone", models.CharField(blank=True, max_length=32)),
                ("address", models.CharField(blank=True, max_length=255)),
                ("contact_name", models.CharField(blank=True, max_length=120)),
                ("contact_phone", models.CharField(blank=True, max_length=32)),
                ("died_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absorbed",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="patient_name_given"),
                    models.CheckConstraint(
                        condition=models.Q(("sex__in", ["male", "female", "other", "unknown"])), name="patient_sex"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("merged_into", models.F("id")), _negated=True),
                        name="patient_not_merged_into_itself",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["name"], name="patient_name"),
                    models.Index(fields=["pinyin"], name="patient_pinyin"),
                    models.Index(fields=["initials", "pinyin"], name="patient_initials"),
                    models.Index(fields=["birth_date", "pinyin"], name="patient_birth_date"),
                    models.Index(
                        condition=models.Q(("phone", ""), _negated=True), fields=["phone"], name="patient_phone"
                    ),
                    models.Index(
                        condition=models.Q(("merged_into__isnull", False)),
                        fields=["merged_into"],
                        name="patient_absorbed",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("pinyin", name="gin_trgm_ops"),
                        name="patient_pinyin_inside",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        models.Func(models.F("name"), models.Value(None), function="string_to_array"),
                        name="patient_name_characters",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=120)),
                ("moved", models.JSONField(default=dict)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, max_length=120)),
                (
                    "retired",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="retirements", to="patients.patient"
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merges", to="patients.patient"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("survivor", models.F("retired")), _negated=True), name="merge_of_two"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)), fields=("retired",), name="merge_open_once"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["-at"], name="merge_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Identifier",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("system", models.CharField(db_collation="C", max_length=120)),
                ("value", models.CharField(db_collation="C", max_length=120)),
                ("type", models.CharField(default="MR", max_length=12)),
                ("created_at", models.DateTimeField()),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="identifiers", to="patients.patient"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("system", "value"), name="identifier_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("system", ""), _negated=True), models.Q(("value", ""), _negated=True)
                        ),
                        name="identifier_given",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["value"], name="identifier_value"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DuplicateCandidate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("score", models.FloatField()),
                ("reasons", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "To decide"), ("same", "Same person"), ("different", "Different people")],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=120)),
                (
                    "left",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
                    ),
                ),
                (
                    "right",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("left", "right"), name="duplicate_once"),
                    models.CheckConstraint(
                        condition=models.Q(("left__lt", models.F("right"))), name="duplicate_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="duplicate_decided",
                    ),
                ],
                "indexes": [
                    models.Index(condition=models.Q(("state", "open")), fields=["-score", "id"], name="duplicate_open"),
                ],
            },
        ),
    ]
