"""Known keys, and the progress of a change of keys."""

from django.db import migrations, models

import yipan.base.vault.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="KnownKey",
            fields=[
                ("id", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("algorithm", models.CharField(max_length=20)),
                ("first_seen_at", models.DateTimeField()),
                ("probe", yipan.base.vault.fields.SealedText(label="vault.probe")),
                ("index_digest", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Reseal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("table", models.CharField(max_length=63)),
                ("key", models.CharField(max_length=8)),
                ("after", models.CharField(blank=True, max_length=40)),
                ("rows", models.BigIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("table", "key"), name="reseal_once"),
                    models.CheckConstraint(condition=models.Q(("table", ""), _negated=True), name="reseal_table"),
                ],
            },
        ),
    ]
