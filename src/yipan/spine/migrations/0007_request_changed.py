"""Each request knows the transaction that changed it last, as each booking does: whoever keeps requests reads only what
is new. Requests of before say nothing, and are read with the others by whoever keeps none yet.
"""

from django.db import migrations

FORWARD = """
ALTER TABLE spine_request ADD COLUMN changed xid8;
CREATE TRIGGER request_changed BEFORE INSERT OR UPDATE ON spine_request
    FOR EACH ROW EXECUTE FUNCTION spine_changed();
CREATE TRIGGER request_gone AFTER DELETE OR TRUNCATE ON spine_request
    FOR EACH STATEMENT EXECUTE FUNCTION network_changed();
"""
BACKWARD = """
DROP TRIGGER request_gone ON spine_request;
DROP TRIGGER request_changed ON spine_request;
ALTER TABLE spine_request DROP COLUMN changed;
"""


class Migration(migrations.Migration):
    dependencies = [("spine", "0006_joint_booking")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
