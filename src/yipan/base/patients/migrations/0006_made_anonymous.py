"""When a person was made anonymous."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patients", "0005_open_columns_gone")]
    operations = [migrations.AddField("patient", "erased_at", models.DateTimeField(blank=True, null=True))]
