"""Versions of reports stay; a reading centre sees what it reads; whoever sees an order sees what was made of it."""

from django.db import migrations

from yipan.base.access.persons import OVERSEER
from yipan.base.access.policies import allow, guard

# Emptying texts is what the law asks for a person who is made anonymous; nothing else may change.
KEPT = """
CREATE FUNCTION exams_report_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND new.findings = '' AND new.impression = '' AND new.reason = '' AND new.answers = '{}'::jsonb
     AND to_jsonb(new) - '{findings,impression,reason,answers}'::text[]
       = to_jsonb(old) - '{findings,impression,reason,answers}'::text[] THEN
    RETURN new;
  END IF;
  RAISE EXCEPTION 'exams_report is append-only';
END $$;
CREATE TRIGGER report_append_only BEFORE UPDATE OR DELETE ON exams_report
  FOR EACH ROW EXECUTE FUNCTION exams_report_refuse();
CREATE TRIGGER report_never_truncated BEFORE TRUNCATE ON exams_report
  FOR EACH STATEMENT EXECUTE FUNCTION exams_report_refuse();
"""
UNKEPT = """
DROP TRIGGER report_append_only ON exams_report;
DROP TRIGGER report_never_truncated ON exams_report;
DROP FUNCTION exams_report_refuse();
"""

# In the owner's name: the centre sees the request because of this very reading (as a lent bed in spine 0005).
REACH = """
CREATE FUNCTION exams_reading_reach() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  here uuid;
BEGIN
  SELECT site_id INTO here FROM exams_readingcentre WHERE id = new.centre_id;
  UPDATE spine_request SET reach = reach || here WHERE id = new.order_id AND NOT here = ANY (reach);
  UPDATE spine_booking SET reach = reach || here WHERE request_id = new.order_id AND NOT here = ANY (reach);
  RETURN NULL;
END $$;
CREATE TRIGGER reading_reach AFTER INSERT OR UPDATE OF centre_id ON exams_reading
  FOR EACH ROW EXECUTE FUNCTION exams_reading_reach();
"""
UNREACH = """
DROP TRIGGER reading_reach ON exams_reading;
DROP FUNCTION exams_reading_reach();
"""

OF_ORDER = ("exams_reading", "exams_report", "exams_criticalvalue")
SHOWN = dict.fromkeys(OF_ORDER, "yipan_sees_request(order_id)") | {
    "exams_readingclaim": "yipan_sees_request(reading_id)",
    "exams_peerreview": "EXISTS (SELECT 1 FROM exams_report report WHERE report.id = report_id)",
    "exams_criticalescalation": "EXISTS (SELECT 1 FROM exams_criticalvalue value WHERE value.id = value_id)",
}
COMMANDS = {"exams_readingclaim": "SELECT INSERT UPDATE DELETE"}


class Migration(migrations.Migration):
    dependencies = [("exams", "0007_reports"), ("spine", "0006_joint_booking")]

    operations = [
        migrations.RunSQL(KEPT, UNKEPT),
        migrations.RunSQL(REACH, UNREACH),
        *(guard(table) for table in SHOWN),
        *(allow(table, "network", COMMANDS.get(table, "SELECT INSERT UPDATE"), "true", to=OVERSEER) for table in SHOWN),
        *(
            allow(table, "care", COMMANDS.get(table, "SELECT INSERT UPDATE"), condition)
            for table, condition in SHOWN.items()
        ),
    ]
