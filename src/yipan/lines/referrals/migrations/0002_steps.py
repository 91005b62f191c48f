"""What Django's models cannot say: steps follow the table and are never changed, and what one constraint needs of them.

`ended_at` and `patient` of a referral are written here and nowhere else: the constraint of one live referral per patient
and problem has to see them in one row. When two records turn out to be one person and both have a live referral of one
problem, both stay as they are until one is over.
"""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE referrals_number;

CREATE FUNCTION referrals_step_check() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  before record;
BEGIN
  SELECT number, state INTO before FROM referrals_step WHERE referral_id = new.referral_id ORDER BY number DESC LIMIT 1;
  IF new.number <> coalesce(before.number, 0) + 1
     OR NOT coalesce(before.state, '') || '>' || new.state = ANY (ARRAY[
       '>drafted', 'drafted>sent', 'drafted>withdrawn', 'sent>accepted', 'sent>returned', 'sent>refused',
       'sent>withdrawn', 'returned>sent', 'returned>withdrawn', 'accepted>booked', 'accepted>in_transit',
       'accepted>arrived', 'accepted>refused', 'accepted>withdrawn', 'booked>in_transit', 'booked>arrived',
       'booked>refused', 'booked>withdrawn', 'in_transit>arrived', 'in_transit>withdrawn', 'arrived>treated',
       'arrived>closed', 'treated>sent_back', 'treated>closed'])
  THEN
    RAISE EXCEPTION 'no step from % to %', coalesce(before.state, 'nothing'), new.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_step_order';
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER step_check BEFORE INSERT ON referrals_step FOR EACH ROW EXECUTE FUNCTION referrals_step_check();

CREATE FUNCTION referrals_step_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  there uuid;
BEGIN
  IF new.state IN ('sent_back', 'closed', 'refused', 'withdrawn') THEN
    UPDATE referrals_referral SET ended_at = new.at WHERE request_id = new.referral_id;
  ELSIF new.state = 'sent' THEN
    -- From here on the receiver sees it.
    SELECT department.site_id INTO there FROM referrals_referral referral
      JOIN network_department department ON department.id = referral.to_department_id
      WHERE referral.request_id = new.referral_id;
    UPDATE spine_request SET reach = reach || there WHERE id = new.referral_id AND NOT there = ANY (reach);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER step_follow AFTER INSERT ON referrals_step FOR EACH ROW EXECUTE FUNCTION referrals_step_follow();

CREATE FUNCTION referrals_step_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'referrals_step is append-only';
END $$;
CREATE TRIGGER step_append_only BEFORE UPDATE OF referral_id, number, state, at, by, reason, agreement_id
  ON referrals_step FOR EACH ROW EXECUTE FUNCTION referrals_step_refuse();
CREATE TRIGGER step_never_removed BEFORE DELETE ON referrals_step
  FOR EACH ROW EXECUTE FUNCTION referrals_step_refuse();

CREATE FUNCTION referrals_patient_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
  UPDATE referrals_referral mine SET patient_id = new.patient_id
  WHERE mine.request_id = new.id AND (mine.ended_at IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM referrals_referral other
    WHERE other.patient_id = new.patient_id AND other.problem = mine.problem AND other.ended_at IS NULL
      AND other.request_id <> mine.request_id));
  RETURN NULL;
END $$;
CREATE TRIGGER referral_patient_follow AFTER UPDATE OF patient_id ON spine_request
  FOR EACH ROW WHEN (new.line = 'referrals') EXECUTE FUNCTION referrals_patient_follow();
"""

BACKWARD = """
DROP TRIGGER referral_patient_follow ON spine_request;
DROP FUNCTION referrals_patient_follow();
DROP TRIGGER step_never_removed ON referrals_step;
DROP TRIGGER step_append_only ON referrals_step;
DROP FUNCTION referrals_step_refuse();
DROP TRIGGER step_follow ON referrals_step;
DROP FUNCTION referrals_step_follow();
DROP TRIGGER step_check ON referrals_step;
DROP FUNCTION referrals_step_check();
DROP SEQUENCE referrals_number;
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial"), ("spine", "0006_joint_booking")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
