"""The roles that persons' requests take on, what policies ask, and the policy of the audit trail."""

from typing import Any

from django.db import ProgrammingError, migrations

from yipan.base.access.persons import BY_HAND, MAKE, ROLES
from yipan.base.access.policies import allow, guard
from yipan.kernel.errors import Unavailable

# Settings that were never made in a session are NULL, those of an ended transaction empty.
ASKED = """
CREATE FUNCTION yipan_paths(realm text) RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(nullif(current_setting('yipan.' || realm, true), ''), '{}')::text[]
$$;
CREATE FUNCTION yipan_sites(realm text) RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN ARRAY(
    SELECT site.id FROM network_site site JOIN network_organisation org ON org.id = site.organisation_id
    WHERE org.path LIKE ANY (yipan_paths(realm))
  );
END $$;
"""
UNASKED = """
DROP FUNCTION yipan_sites(text);
DROP FUNCTION yipan_paths(text);
"""

READ = """
(SELECT yipan_paths('journal')) <> '{}' AND (
  organisation_path = '' OR organisation_path LIKE ANY ((SELECT yipan_paths('journal'))::text[])
)
"""


def make_roles(apps: Any, schema_editor: Any) -> None:
    """Raises Unavailable("database_lacks_roles") with what the server's administrator has to do."""
    try:
        schema_editor.execute(MAKE, params=None)
    except ProgrammingError as error:
        what = {"roles": ", ".join(ROLES), "user": schema_editor.connection.settings_dict["USER"], "commands": BY_HAND}
        raise Unavailable("database_lacks_roles", why=str(error).split("\n")[0], **what) from None


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_attempts_emergencies_privacy_officer"),
        ("audit", "0001_initial"),
        ("network", "0004_uploads"),
    ]

    operations = [
        migrations.RunPython(make_roles, migrations.RunPython.noop),
        migrations.RunSQL(ASKED, UNASKED),
        guard("audit_entry"),
        allow("audit_entry", "shown", "SELECT", READ),
        # Whoever reads the journal reviews openings; everything else goes through the passage `access.emergency`.
        guard("access_emergencyaccess"),
        allow("access_emergencyaccess", "shown", "SELECT", "(SELECT yipan_paths('journal')) <> '{}'"),
    ]
