"""A record is merged only into one that stands for itself; so chains of merges never close to a ring."""

from django.db import migrations

# FOR UPDATE makes two opposite merges at once meet: one waits, then sees the other (or PostgreSQL ends a deadlock).
GUARD = """
CREATE FUNCTION patients_merge_target_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  target_merged uuid;
BEGIN
  SELECT merged_into_id INTO target_merged FROM patients_patient WHERE id = NEW.merged_into_id FOR UPDATE;
  IF target_merged IS NOT NULL THEN
    RAISE EXCEPTION 'patient % is merged itself and cannot take over another', NEW.merged_into_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER patients_merge_target BEFORE INSERT OR UPDATE OF merged_into_id ON patients_patient
  FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION patients_merge_target_stands();
"""
UNGUARD = """
DROP TRIGGER patients_merge_target ON patients_patient;
DROP FUNCTION patients_merge_target_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
