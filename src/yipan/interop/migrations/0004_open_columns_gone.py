"""The open columns go, the sealed ones take their names."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("interop", "0003_seal_rows")]
    operations = [
        migrations.RemoveIndex("inboundmessage", "message_person"),
        migrations.RemoveField("inboundmessage", "raw"),
        migrations.RemoveField("inboundmessage", "patient_key"),
        migrations.RenameField("inboundmessage", "raw_sealed", "raw"),
        migrations.RenameField("inboundmessage", "person", "patient_key"),
        migrations.AddIndex(
            "inboundmessage",
            models.Index(
                fields=["source", "patient_key", "id"],
                condition=Q(patient_key__isnull=False),
                name="message_person",
            ),
        ),
    ]
