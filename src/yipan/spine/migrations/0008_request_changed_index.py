"""Requests are found by the transaction that changed them last; the index is built beside running processes."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("spine", "0007_request_changed")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY request_changed ON spine_request (changed)",
            "DROP INDEX CONCURRENTLY request_changed",
        )
    ]
