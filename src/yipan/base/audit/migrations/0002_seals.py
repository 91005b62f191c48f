"""Each entry knows its transaction, so that the sealer can tell what is committed; and the table of seals."""

import django.contrib.postgres.fields
from django.db import migrations, models

# The column comes with a constant, which rewrites no row, and gets its changing default afterwards.
FORWARD = """
ALTER TABLE audit_entry ADD COLUMN xid xid8 NOT NULL DEFAULT '0';
ALTER TABLE audit_entry ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
CREATE INDEX audit_xid ON audit_entry (xid, id);
CREATE TRIGGER audit_seal_no_change BEFORE UPDATE OR DELETE ON audit_seal
  FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_seal_no_truncate BEFORE TRUNCATE ON audit_seal
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
BACKWARD = """
DROP TRIGGER audit_seal_no_truncate ON audit_seal;
DROP TRIGGER audit_seal_no_change ON audit_seal;
ALTER TABLE audit_entry DROP COLUMN xid;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("journal", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
                ("count", models.IntegerField()),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("leaves", models.BinaryField()),
                ("root", models.CharField(max_length=64)),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("cluster", models.BigIntegerField()),
                ("mark_xid", models.BigIntegerField()),
                ("mark_id", models.BigIntegerField()),
                ("floor_id", models.BigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["journal", "-number"], name="audit_seal_journal")]},
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
