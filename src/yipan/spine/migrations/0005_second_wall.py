"""Who sees a request sees its bookings, events and patient: the organisation that asked, and those whose places it had.

`reach` holds the sites that a row is shown to. It says again what request, booking and capacity know, for the policies
alone: asked for each row of a board, they cannot follow three tables. Triggers write it and nothing else reads it.
"""

from django.db import migrations

from yipan.base.access.persons import OVERSEER
from yipan.base.access.policies import allow, guard, within

REACH = """
ALTER TABLE spine_request ADD COLUMN reach uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE spine_booking ADD COLUMN reach uuid[] NOT NULL DEFAULT '{}';

CREATE FUNCTION spine_request_reach() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT new.site_id = ANY (new.reach) THEN
    new.reach := new.reach || new.site_id;
  END IF;
  RETURN new;
END $$;
CREATE TRIGGER request_reach BEFORE INSERT OR UPDATE OF site_id ON spine_request
  FOR EACH ROW EXECUTE FUNCTION spine_request_reach();

-- In the owner's name: the hospital that lends a bed sees the request because of this very booking.
CREATE FUNCTION spine_booking_reach() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  here uuid;
  known uuid[];
BEGIN
  SELECT site_id INTO here FROM spine_capacity WHERE id = new.capacity_id;
  SELECT reach INTO known FROM spine_request WHERE id = new.request_id;
  IF NOT here = ANY (known) THEN
    UPDATE spine_request SET reach = reach || here WHERE id = new.request_id AND NOT here = ANY (reach)
      RETURNING reach INTO known;
    UPDATE spine_booking SET reach = known WHERE request_id = new.request_id AND id <> new.id;
  END IF;
  new.reach := coalesce(known, ARRAY[here]);
  RETURN new;
END $$;
CREATE TRIGGER booking_reach BEFORE INSERT OR UPDATE OF capacity_id, request_id ON spine_booking
  FOR EACH ROW EXECUTE FUNCTION spine_booking_reach();

CREATE FUNCTION spine_capacity_reach() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE spine_booking SET capacity_id = capacity_id WHERE capacity_id = new.id;
  RETURN NULL;
END $$;
CREATE TRIGGER capacity_reach AFTER UPDATE OF site_id ON spine_capacity
  FOR EACH ROW EXECUTE FUNCTION spine_capacity_reach();

-- A detail of a request, with a column `reach` of its own, shows itself to the same sites.
CREATE FUNCTION spine_detail_reach() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  SELECT reach INTO new.reach FROM spine_request WHERE id = new.request_id;
  new.reach := coalesce(new.reach, '{}');
  RETURN new;
END $$;

-- A function, so that the planner does not weigh a look-up for each row that it will hardly ever do.
CREATE FUNCTION yipan_sees_request(request uuid) RETURNS boolean LANGUAGE plpgsql STABLE COST 10 AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM spine_request WHERE id = request);
END $$;

UPDATE spine_request request SET reach = ARRAY(
  SELECT site_id UNION SELECT capacity.site_id
  FROM spine_booking booking JOIN spine_capacity capacity ON capacity.id = booking.capacity_id
  WHERE booking.request_id = request.id
);
UPDATE spine_booking booking SET reach = coalesce(
  (SELECT reach FROM spine_request request WHERE request.id = booking.request_id),
  ARRAY[(SELECT site_id FROM spine_capacity capacity WHERE capacity.id = booking.capacity_id)]
);
"""
UNREACH = """
DROP FUNCTION yipan_sees_request(uuid);
DROP FUNCTION spine_detail_reach();
DROP TRIGGER capacity_reach ON spine_capacity;
DROP FUNCTION spine_capacity_reach();
DROP TRIGGER booking_reach ON spine_booking;
DROP FUNCTION spine_booking_reach();
DROP TRIGGER request_reach ON spine_request;
DROP FUNCTION spine_request_reach();
ALTER TABLE spine_booking DROP COLUMN reach;
ALTER TABLE spine_request DROP COLUMN reach;
"""

TABLES = ("spine_request", "spine_booking", "spine_event")
SITE = within("care", "site_id")
SHOWN = "reach && (SELECT yipan_sites('care'))"
PLACE = (
    f"EXISTS (SELECT 1 FROM spine_capacity place WHERE place.id = capacity_id AND {within('care', 'place.site_id')})"
)
OWN_PATIENT = "EXISTS (SELECT 1 FROM spine_request request WHERE request.patient_id = patients_patient.id)"


class Migration(migrations.Migration):
    dependencies = [("spine", "0004_outbox_trace"), ("access", "0003_second_wall"), ("patients", "0007_second_wall")]

    operations = [
        migrations.RunSQL(REACH, UNREACH),
        # Checks of keys that wait for the end of the transaction would not let the tables be altered.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        guard("spine_request"),
        allow("spine_request", "care", "SELECT UPDATE", SHOWN),
        allow("spine_request", "care", "INSERT", SITE),
        guard("spine_booking"),
        allow("spine_booking", "care", "SELECT UPDATE", SHOWN),
        allow("spine_booking", "care", "INSERT", PLACE),
        guard("spine_event"),
        allow("spine_event", "care", "SELECT INSERT", f"{SITE} OR yipan_sees_request(request_id)"),
        *(allow(table, "network", "SELECT INSERT UPDATE", "true", to=OVERSEER) for table in TABLES),
        allow("patients_patient", "care", "SELECT", OWN_PATIENT),
    ]
