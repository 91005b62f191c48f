"""The roles of PostgreSQL that the requests of persons take on, and how they come to be. Knows no settings."""

from __future__ import annotations

PERSON = "yipan_person"
"""Anybody who uses the pages. Owns nothing, cannot log in, and is bound by the row policies."""

FINDER = "yipan_finder"
"""A person who may look for any patient of the network (`matrix.IDENTITIES`)."""

OVERSEER = "yipan_overseer"
"""A person who sees the care of the whole network (`matrix.CARE`)."""

OVERSEER_FINDER = "yipan_overseer_finder"
"""Both. Roles of their own and no settings, because PostgreSQL uses every index, as if there were no policies, only
where a policy says plainly `true`."""

MEMBERS = {PERSON: (), FINDER: (PERSON,), OVERSEER: (PERSON,), OVERSEER_FINDER: (FINDER, OVERSEER)}
"""Role → the roles whose rights and policies it has too."""

ROLES = tuple(MEMBERS)

BY_HAND = " ".join(
    [f"CREATE ROLE {role} NOLOGIN;" for role in ROLES]
    + [f"GRANT {', '.join(of)} TO {role};" for role, of in MEMBERS.items() if of]
)
"""What the server's administrator runs where Yipan's own user may not; then `GRANT … TO` that user."""

_CREATE = """
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
    BEGIN
      CREATE ROLE {role} NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
"""
_JOIN = """
  IF NOT pg_has_role('{role}', '{of}', 'USAGE') THEN
    BEGIN
      GRANT {of} TO {role};
    EXCEPTION WHEN unique_violation THEN NULL;
    END;
  END IF;
"""
_TAKE_ON = """
  BEGIN
    PERFORM set_config('role', '{role}', true);
    PERFORM set_config('role', 'none', true);
  EXCEPTION WHEN insufficient_privilege THEN
    EXECUTE format('GRANT {role} TO %I', current_user);
  END;
"""

# Roles belong to the whole server: another database of it, or somebody at the same time, may have made them.
MAKE = "\n".join(
    [
        "DO $$ BEGIN",
        *(_CREATE.format(role=role) for role in ROLES),
        *(_JOIN.format(role=role, of=of) for role in ROLES for of in MEMBERS[role]),
        *(_TAKE_ON.format(role=role) for role in ROLES),
        "END $$",
    ]
)
"""Make the roles where they are missing, and let the current user take them on. Needs CREATEROLE, unless the server's
administrator has done both before."""

# Tables of this database's owner only: extensions may keep their own beside them. No views: they read in their owner's
# name, past the policies.
GRANT = f"""
DO $$
DECLARE wanted record;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{PERSON}') THEN
    RETURN;
  END IF;
  IF NOT has_schema_privilege('{PERSON}', current_schema(), 'USAGE') THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO {PERSON}', current_schema());
  END IF;
  FOR wanted IN
    SELECT c.oid::regclass AS name, c.relkind AS kind
    FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND pg_get_userbyid(c.relowner) = current_user
      AND CASE c.relkind
        WHEN 'S' THEN NOT has_sequence_privilege('{PERSON}', c.oid, 'USAGE')
        WHEN 'r' THEN NOT has_table_privilege('{PERSON}', c.oid, 'DELETE')
        ELSE false
      END
  LOOP
    IF wanted.kind = 'S' THEN
      EXECUTE format('GRANT USAGE ON SEQUENCE %s TO {PERSON}', wanted.name);
    ELSE
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO {PERSON}', wanted.name);
    END IF;
  END LOOP;
END $$
"""
"""Let persons use every table; which rows, the policies say."""
