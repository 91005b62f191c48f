import django.db.models.constraints
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0002_triggers"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="bed",
            name="bed_label_once_in_room",
        ),
        migrations.AddConstraint(
            model_name="bed",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("room", "label"),
                name="bed_label_once_in_room",
            ),
        ),
    ]
