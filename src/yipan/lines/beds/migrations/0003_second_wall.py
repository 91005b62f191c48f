"""Details of requests and bookings are seen and written by whoever sees the request or booking."""

from django.db import migrations

from yipan.base.access.persons import OVERSEER
from yipan.base.access.policies import allow, guard

# The clinical side of a request stands beside every bed of a board: it carries the reach of its request itself.
REACH = """
ALTER TABLE beds_admissionrequest ADD COLUMN reach uuid[] NOT NULL DEFAULT '{}';
UPDATE beds_admissionrequest detail SET reach = request.reach FROM spine_request request
  WHERE request.id = detail.request_id;
CREATE TRIGGER admission_reach BEFORE INSERT OR UPDATE OF request_id ON beds_admissionrequest
  FOR EACH ROW EXECUTE FUNCTION spine_detail_reach();

CREATE FUNCTION beds_admission_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
  UPDATE beds_admissionrequest SET reach = new.reach WHERE request_id = new.id;
  RETURN NULL;
END $$;
CREATE TRIGGER admission_follow AFTER UPDATE OF reach, site_id ON spine_request
  FOR EACH ROW WHEN (old.reach IS DISTINCT FROM new.reach) EXECUTE FUNCTION beds_admission_follow();
SET CONSTRAINTS ALL IMMEDIATE;
"""
UNREACH = """
DROP TRIGGER admission_follow ON spine_request;
DROP FUNCTION beds_admission_follow();
DROP TRIGGER admission_reach ON beds_admissionrequest;
ALTER TABLE beds_admissionrequest DROP COLUMN reach;
"""

SHOWN = "reach && (SELECT yipan_sites('care'))"
OF_BOOKING = ("beds_placement", "beds_followupcall", "beds_wardnotice")

# Who lies beside whom in the whole network is for placement alone: by its passage, in the owner's name.
PASSAGE = "REVOKE EXECUTE ON FUNCTION beds_live(), beds_live_since(xid8) FROM PUBLIC"
NO_PASSAGE = "GRANT EXECUTE ON FUNCTION beds_live(), beds_live_since(xid8) TO PUBLIC"


class Migration(migrations.Migration):
    dependencies = [("beds", "0002_live_bookings"), ("spine", "0005_second_wall")]

    operations = [
        migrations.RunSQL(PASSAGE, NO_PASSAGE),
        migrations.RunSQL(REACH, UNREACH),
        guard("beds_admissionrequest"),
        allow("beds_admissionrequest", "care", "SELECT INSERT UPDATE", SHOWN),
        *(guard(table) for table in OF_BOOKING),
        *(
            allow(table, "network", "SELECT INSERT UPDATE", "true", to=OVERSEER)
            for table in ("beds_admissionrequest", *OF_BOOKING)
        ),
        *(
            allow(
                table,
                "care",
                "SELECT INSERT UPDATE",
                f"EXISTS (SELECT 1 FROM spine_booking booking WHERE booking.id = {table}.booking_id)",
            )
            for table in OF_BOOKING
        ),
    ]
