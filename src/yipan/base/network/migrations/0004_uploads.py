from django.db import migrations, models

import yipan.kernel.clock
import yipan.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0003_remove_bed_bed_label_once_in_room_and_more"),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=yipan.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("data", models.BinaryField()),
                ("replace", models.BooleanField(default=False)),
                ("network_version", models.BigIntegerField()),
                ("user_id", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField(default=yipan.kernel.clock.now)),
            ],
        ),
    ]
