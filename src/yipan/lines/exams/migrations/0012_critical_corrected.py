"""A critical number that was replaced while its loop was open says by what."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exams", "0011_critical_without_order")]

    operations = [
        migrations.AddField(
            model_name="criticalvalue",
            name="corrected_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="criticalvalue",
            name="corrected_to",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
    ]
