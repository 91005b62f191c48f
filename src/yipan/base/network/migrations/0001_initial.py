import django.db.models.constraints
import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models

import yipan.kernel.clock
import yipan.kernel.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        # Exclusion constraints of bookings, and search in the middle of names.
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.CreateModel(
            name="Department",
            fields=[
                ("name", models.CharField(max_length=100)),
                ("name_en", models.CharField(blank=True, default="", max_length=100)),
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True), name="department_code_given"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Room",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("label", models.CharField(max_length=20)),
                (
                    "sex_policy",
                    models.CharField(
                        choices=[
                            ("any", "Any sex"),
                            ("male", "Men only"),
                            ("female", "Women only"),
                            ("same", "One sex at a time"),
                        ],
                        default="same",
                        max_length=10,
                    ),
                ),
                (
                    "isolation",
                    models.CharField(
                        choices=[
                            ("none", "No isolation"),
                            ("contact", "Contact isolation"),
                            ("droplet", "Droplet isolation"),
                            ("airborne", "Airborne isolation"),
                            ("protective", "Protective isolation"),
                        ],
                        default="none",
                        max_length=12,
                    ),
                ),
                ("age_min", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("age_max", models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
            options={
                "ordering": ["ward", "label"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("label", ""), _negated=True), name="room_label_given"),
                    models.CheckConstraint(
                        condition=models.Q(("sex_policy__in", ["any", "male", "female", "same"])),
                        name="room_sex_policy_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("isolation__in", ["none", "contact", "droplet", "airborne", "protective"])),
                        name="room_isolation_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("age_min__isnull", True),
                            ("age_max__isnull", True),
                            ("age_min__lte", models.F("age_max")),
                            _connector="OR",
                        ),
                        name="room_ages_in_order",
                    ),
                    models.CheckConstraint(condition=models.Q(("age_min__lte", 150)), name="room_age_min_human"),
                    models.CheckConstraint(condition=models.Q(("age_max__lte", 150)), name="room_age_max_human"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NetworkVersion",
            fields=[
                ("id", models.SmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="network_version_single_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("name", models.CharField(max_length=100)),
                ("name_en", models.CharField(blank=True, default="", max_length=100)),
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("group", "Group"),
                            ("tertiary_hospital", "Tertiary hospital"),
                            ("general_hospital", "General hospital"),
                            ("leading_hospital", "Leading hospital"),
                            ("hub", "Hub"),
                            ("township_centre", "Township health centre"),
                            ("village_clinic", "Village clinic"),
                            ("partner", "Partner"),
                        ],
                        max_length=20,
                    ),
                ),
                ("path", models.CharField(editable=False, max_length=200, unique=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="network.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["path"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True), name="organisation_code_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "group",
                                    "tertiary_hospital",
                                    "general_hospital",
                                    "leading_hospital",
                                    "hub",
                                    "township_centre",
                                    "village_clinic",
                                    "partner",
                                ],
                            )
                        ),
                        name="organisation_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="organisation_not_own_parent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("path__regex", "^([0-9]{4,}\\.)+$")), name="organisation_path_shape"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("body", models.JSONField(default=dict)),
                ("edited_by", models.CharField(blank=True, default="", max_length=150)),
                ("edited_at", models.DateTimeField(default=yipan.kernel.clock.now)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="policies", to="network.organisation"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "policies",
                "ordering": ["organisation", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "version"), name="policy_version_once"),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="policy_version_from_one"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Bed",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("label", models.CharField(max_length=20)),
                ("code", models.CharField(max_length=64, unique=True)),
                ("oxygen", models.BooleanField(default=False)),
                ("monitor", models.BooleanField(default=False)),
                ("ventilator", models.BooleanField(default=False)),
                (
                    "level_of_care",
                    models.CharField(
                        choices=[
                            ("general", "General care"),
                            ("step_down", "Step-down care"),
                            ("intensive", "Intensive care"),
                        ],
                        default="general",
                        max_length=10,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="beds", to="network.department"
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="beds", to="network.room"
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.UniqueConstraint(fields=("room", "label"), name="bed_label_once_in_room"),
                    models.CheckConstraint(condition=models.Q(("code", ""), _negated=True), name="bed_code_given"),
                    models.CheckConstraint(condition=models.Q(("label", ""), _negated=True), name="bed_label_given"),
                    models.CheckConstraint(
                        condition=models.Q(("level_of_care__in", ["general", "step_down", "intensive"])),
                        name="bed_level_of_care_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("name", models.CharField(max_length=100)),
                ("name_en", models.CharField(blank=True, default="", max_length=100)),
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("latitude", models.FloatField(blank=True, null=True)),
                ("longitude", models.FloatField(blank=True, null=True)),
                ("time_zone", models.CharField(default="Asia/Shanghai", max_length=40)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sites", to="network.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("code", ""), _negated=True), name="site_code_given"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(
                                ("latitude__gte", -90),
                                ("latitude__isnull", False),
                                ("latitude__lte", 90),
                                ("longitude__gte", -180),
                                ("longitude__isnull", False),
                                ("longitude__lte", 180),
                            ),
                            _connector="OR",
                        ),
                        name="site_on_earth",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Road",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("minutes", models.FloatField()),
                (
                    "from_site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="roads", to="network.site"
                    ),
                ),
                (
                    "to_site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.site"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("from_site", "to_site"), name="road_once"),
                    models.CheckConstraint(
                        condition=models.Q(("from_site", models.F("to_site")), _negated=True), name="road_between_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 0), ("minutes__lte", 1440)), name="road_minutes_range"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="department",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="departments", to="network.site"
            ),
        ),
        migrations.CreateModel(
            name="Specialty",
            fields=[
                ("name", models.CharField(max_length=100)),
                ("name_en", models.CharField(blank=True, default="", max_length=100)),
                ("code", models.CharField(max_length=64, primary_key=True, serialize=False)),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("code", ""), _negated=True), name="specialty_code_given")
                ],
            },
        ),
        migrations.AddField(
            model_name="department",
            name="specialty",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="departments", to="network.specialty"
            ),
        ),
        migrations.CreateModel(
            name="SpecialtySimilarity",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("similarity", models.FloatField()),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.specialty"
                    ),
                ),
                (
                    "specialty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="similarities", to="network.specialty"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("specialty", "other"), name="similarity_once"),
                    models.CheckConstraint(
                        condition=models.Q(("specialty", models.F("other")), _negated=True), name="similarity_of_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("similarity__gte", 0), ("similarity__lte", 1)), name="similarity_range"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ward",
            fields=[
                ("name", models.CharField(max_length=100)),
                ("name_en", models.CharField(blank=True, default="", max_length=100)),
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=64, unique=True)),
                ("building", models.CharField(blank=True, default="", max_length=60)),
                ("floor", models.SmallIntegerField(default=1)),
                ("nurses_total", models.PositiveSmallIntegerField(default=0)),
                ("emergency_reserve", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("turnover_minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wards", to="network.department"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wards", to="network.site"
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("code", ""), _negated=True), name="ward_code_given"),
                    models.CheckConstraint(
                        condition=models.Q(("turnover_minutes__lte", 1440)), name="ward_turnover_within_a_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Walk",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("minutes", models.FloatField()),
                (
                    "from_ward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="walks", to="network.ward"
                    ),
                ),
                (
                    "to_ward",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.ward"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("from_ward", "to_ward"), name="walk_once"),
                    models.CheckConstraint(
                        condition=models.Q(("from_ward", models.F("to_ward")), _negated=True), name="walk_between_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 0), ("minutes__lte", 240)), name="walk_minutes_range"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="room",
            name="ward",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rooms", to="network.ward"
            ),
        ),
        migrations.CreateModel(
            name="WardCompetence",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("nurses_qualified", models.PositiveSmallIntegerField()),
                (
                    "specialty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="competent_wards",
                        to="network.specialty",
                    ),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="competences", to="network.ward"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("ward", "specialty"), name="competence_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Alliance",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField()),
                (
                    "ally",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="allied_to", to="network.department"
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alliances", to="network.department"
                    ),
                ),
            ],
            options={
                "ordering": ["department", "rank"],
                "constraints": [
                    models.UniqueConstraint(fields=("department", "ally"), name="alliance_once"),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("department", "rank"),
                        name="alliance_rank_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("department", models.F("ally")), _negated=True), name="alliance_of_two"
                    ),
                    models.CheckConstraint(condition=models.Q(("rank__gte", 1)), name="alliance_rank_from_one"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.UniqueConstraint(fields=("ward", "label"), name="room_label_once_in_ward"),
        ),
    ]
