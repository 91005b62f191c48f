"""What placement needs of the bookings that keep beds: all of them, or those that changed since a transaction.

The functions run with their owner's rights: the rules of a room look at everybody in it, whoever asks. They give no
patient away.
"""

from django.db import migrations

FORWARD = """
ALTER TABLE beds_admissionrequest ADD COLUMN changed xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX admission_changed ON beds_admissionrequest (changed);
CREATE TRIGGER admission_changed BEFORE INSERT OR UPDATE ON beds_admissionrequest
    FOR EACH ROW EXECUTE FUNCTION spine_changed();

CREATE VIEW beds_live_booking AS
SELECT booking.id, booking.capacity_id, booking.state, booking.purpose, booking.end_announced,
       extract(epoch FROM lower(booking.period))::float8 AS starts,
       extract(epoch FROM upper(booking.period))::float8 AS ends,
       extract(epoch FROM booking.expires_at)::float8 AS expires,
       admission.sex, admission.isolation, admission.pathogen
FROM spine_booking booking
LEFT JOIN beds_admissionrequest admission ON admission.request_id = booking.request_id;

CREATE FUNCTION beds_live() RETURNS SETOF beds_live_booking LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT * FROM beds_live_booking WHERE state IN ('held', 'confirmed', 'active')
$$;
CREATE FUNCTION beds_live_since(since xid8) RETURNS SETOF beds_live_booking LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT * FROM beds_live_booking WHERE id IN (
        SELECT id FROM spine_booking WHERE changed >= since
        UNION
        SELECT booking.id FROM beds_admissionrequest admission
        JOIN spine_booking booking ON booking.request_id = admission.request_id WHERE admission.changed >= since
    )
$$;
"""

BACKWARD = """
DROP FUNCTION beds_live_since(xid8);
DROP FUNCTION beds_live();
DROP VIEW beds_live_booking;
DROP TRIGGER admission_changed ON beds_admissionrequest;
ALTER TABLE beds_admissionrequest DROP COLUMN changed;
"""


class Migration(migrations.Migration):
    dependencies = [("beds", "0001_initial"), ("spine", "0003_booking_changed")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
