"""Each booking knows the transaction that changed it last, so that whoever keeps bookings reads only what is new."""

from django.db import migrations

FORWARD = """
ALTER TABLE spine_booking ADD COLUMN changed xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX booking_changed ON spine_booking (changed);
CREATE FUNCTION spine_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    new.changed := pg_current_xact_id();
    RETURN new;
END $$;
CREATE TRIGGER booking_changed BEFORE INSERT OR UPDATE ON spine_booking
    FOR EACH ROW EXECUTE FUNCTION spine_changed();
-- What is gone cannot say so: then everything kept is read anew, as after a change of the network.
CREATE TRIGGER booking_gone AFTER DELETE OR TRUNCATE ON spine_booking
    FOR EACH STATEMENT EXECUTE FUNCTION network_changed();
"""

BACKWARD = """
DROP TRIGGER booking_gone ON spine_booking;
DROP TRIGGER booking_changed ON spine_booking;
DROP FUNCTION spine_changed();
ALTER TABLE spine_booking DROP COLUMN changed;
"""


class Migration(migrations.Migration):
    dependencies = [("spine", "0002_journal"), ("network", "0002_triggers")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
