"""How long an installation keeps things."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="KeepFor",
            fields=[
                ("key", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("days", models.PositiveIntegerField()),
            ],
        ),
    ]
