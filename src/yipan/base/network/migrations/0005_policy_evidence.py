"""What an edit of a policy rests on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0004_uploads"),
    ]

    operations = [
        migrations.AddField(
            model_name="policy",
            name="evidence",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
    ]
