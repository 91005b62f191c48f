"""The entry table and the triggers that keep it append-only."""

import django.db.models
from django.db import migrations, models

# A database made for tests is emptied between tests with TRUNCATE; UPDATE and DELETE are refused there too.
GUARD = r"""
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\_%' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'the audit trail is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
UNGUARD = """
DROP TRIGGER audit_entry_no_truncate ON audit_entry;
DROP TRIGGER audit_entry_no_change ON audit_entry;
DROP FUNCTION audit_refuse_change();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=12)),
                ("actor_user_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(max_length=120)),
                ("action", models.CharField(max_length=64)),
                ("object_type", models.CharField(max_length=64)),
                ("object_id", models.CharField(max_length=64)),
                ("patient_id", models.UUIDField(null=True)),
                ("organisation_path", models.CharField(blank=True, max_length=255)),
                ("data", models.JSONField(default=dict)),
                ("address", models.GenericIPAddressField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(name="audit_at", fields=["-at", "-id"]),
                    models.Index(
                        name="audit_patient",
                        fields=["patient_id", "-id"],
                        condition=django.db.models.Q(("patient_id__isnull", False)),
                    ),
                    models.Index(
                        name="audit_actor",
                        fields=["actor_user_id", "-id"],
                        condition=django.db.models.Q(("actor_user_id__isnull", False)),
                    ),
                    models.Index(name="audit_action", fields=["action", "-id"]),
                    models.Index(name="audit_object", fields=["object_type", "object_id", "-id"]),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
