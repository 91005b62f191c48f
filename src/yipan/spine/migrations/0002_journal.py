"""What Django's models cannot say: the journal is append-only, tells live pages, and knows its transaction."""

from django.db import migrations

FORWARD = """
ALTER TABLE spine_event ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX event_xid ON spine_event (xid, id);

CREATE FUNCTION spine_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'spine_event is append-only';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON spine_event
    FOR EACH ROW EXECUTE FUNCTION spine_event_refuse();
CREATE TRIGGER event_never_truncated BEFORE TRUNCATE ON spine_event
    FOR EACH STATEMENT EXECUTE FUNCTION spine_event_refuse();

-- The identifier only: whoever listens reads the row under his own rights.
CREATE FUNCTION spine_event_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('yipan_event', new.id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER event_notify AFTER INSERT ON spine_event
    FOR EACH ROW EXECUTE FUNCTION spine_event_notify();
"""

BACKWARD = """
DROP TRIGGER event_notify ON spine_event;
DROP FUNCTION spine_event_notify();
DROP TRIGGER event_append_only ON spine_event;
DROP TRIGGER event_never_truncated ON spine_event;
DROP FUNCTION spine_event_refuse();
ALTER TABLE spine_event DROP COLUMN xid;
"""


class Migration(migrations.Migration):
    dependencies = [("spine", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
