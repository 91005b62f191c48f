"""Count changes of the network, and keep the history of policies."""

from django.db import migrations

TABLES = [
    "organisation",
    "site",
    "specialty",
    "specialtysimilarity",
    "department",
    "alliance",
    "ward",
    "wardcompetence",
    "room",
    "bed",
    "walk",
    "road",
    "policy",
]

# The number comes from a sequence, so it never repeats even when the row is truncated away, and it is stored in a row,
# so another transaction sees it only together with the change. It is drawn after the row is locked: later is higher.
CREATE = """
CREATE SEQUENCE network_version_number;
CREATE FUNCTION network_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO network_networkversion (id, number) VALUES (1, nextval('network_version_number'))
    ON CONFLICT (id) DO UPDATE SET number = nextval('network_version_number');
    RETURN NULL;
END $$;
CREATE FUNCTION network_policy_is_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a policy is never changed or removed: write a new version' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER network_policy_is_history BEFORE UPDATE OR DELETE ON network_policy
    FOR EACH ROW EXECUTE FUNCTION network_policy_is_history();
""" + "".join(
    f"CREATE TRIGGER network_changed AFTER INSERT OR UPDATE OR DELETE ON network_{table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION network_changed();\n"
    f"CREATE TRIGGER network_emptied AFTER TRUNCATE ON network_{table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION network_changed();\n"
    for table in TABLES
)

DROP = (
    "".join(
        f"DROP TRIGGER network_changed ON network_{table};\nDROP TRIGGER network_emptied ON network_{table};\n"
        for table in TABLES
    )
    + """
DROP TRIGGER network_policy_is_history ON network_policy;
DROP FUNCTION network_policy_is_history();
DROP FUNCTION network_changed();
DROP SEQUENCE network_version_number;
"""
)


class Migration(migrations.Migration):
    dependencies = [("network", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
