"""Columns for the sealed message and the digest of the person's number, beside the open ones; filled by 0003."""

from django.db import migrations, models

from yipan.base.vault.fields import SealedBytes


class Migration(migrations.Migration):
    dependencies = [("interop", "0001_initial")]
    operations = [
        migrations.AddField(
            "inboundmessage",
            "raw_sealed",
            SealedBytes(label="interop.raw", row=("source_id", "control_id", "digest")),
        ),
        migrations.AddField("inboundmessage", "person", models.BinaryField(max_length=16, null=True)),
    ]
