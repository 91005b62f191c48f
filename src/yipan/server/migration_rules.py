"""What a migration may do while the board is in use, judged by its SQL.

Large tables are read and written all the time. Their migrations may only do what needs no pass over the rows under a
lock, and leave everything in place that processes of the version before still use:

- a new column may be empty or has a constant default that stays in the database (`db_default`);
- an index is built CONCURRENTLY, a check or a reference is added NOT VALID and validated in a migration of its own;
- nothing that the version before reads or writes is renamed, retyped, made NOT NULL or dropped; that is left for the
  migration after the next, which says so in ALLOWED with the reason;
- rows are filled in by a background job, not by the migration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SMALL = re.compile(r"(network_|auth_|django_|server_|access_|account_|socialaccount_|mfa_|procrastinate_)")
"""Tables with thousands of rows at most, or not of ours; a pass over them takes milliseconds."""

_TABLE = r'(?:ONLY\s+)?(?:IF\s+EXISTS\s+)?"?(?:public"?\.)?"?(?P<table>\w+)"?'
_ALTER = re.compile(rf"^ALTER\s+TABLE\s+{_TABLE}\s+(?P<action>.*)$", re.I | re.S)
_CREATED = re.compile(r'^CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(?P<table>\w+)"?', re.I)

STATEMENTS = (
    ("index_locks", rf"^CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY).*?\sON\s+{_TABLE}"),
    ("index_locks", r"^DROP\s+INDEX\s+(?!CONCURRENTLY)"),
    ("index_locks", r"^REINDEX\s+(?!.*CONCURRENTLY)"),
    ("rewrites", r"^(?:VACUUM\s+(?:\(\s*)?FULL|CLUSTER)\b"),
    ("locks", r"^LOCK\s+TABLE"),
    ("removes", rf"^(?:DROP\s+TABLE|TRUNCATE(?:\s+TABLE)?)\s+{_TABLE}"),
    ("fills", rf"^UPDATE\s+{_TABLE}\s+SET\b"),
    ("fills", rf"^DELETE\s+FROM\s+{_TABLE}"),
)
ACTIONS = (
    ("retypes", r"ALTER\s+(?:COLUMN\s+)?\S+\s+(?:SET\s+DATA\s+)?TYPE\b"),
    ("scans", r"ALTER\s+(?:COLUMN\s+)?\S+\s+SET\s+NOT\s+NULL"),
    ("removes", r"DROP\s+(?:COLUMN|CONSTRAINT)\b"),
    ("removes", r"RENAME\b"),
    ("forgets_default", r"ALTER\s+(?:COLUMN\s+)?\S+\s+DROP\s+DEFAULT"),
    ("rewrites", r"ADD\s+COLUMN\s.*(?:GENERATED|\bSERIAL\b|DEFAULT\s+\(?\w+\()"),
    ("forgets_default", r"ADD\s+COLUMN\s(?!.*DEFAULT).*NOT\s+NULL"),
    ("scans", r"ADD\s+CONSTRAINT\s.*(?:CHECK|FOREIGN\s+KEY)(?!.*NOT\s+VALID)"),
    ("index_locks", r"ADD\s+(?:CONSTRAINT\s+\S+\s+)?(?:UNIQUE|PRIMARY\s+KEY|EXCLUDE)\b(?!\s+USING\s+INDEX)"),
    ("rewrites", r"SET\s+(?:TABLESPACE|LOGGED|UNLOGGED|ACCESS\s+METHOD)"),
)


def dangers(statements: Iterable[str]) -> list[tuple[str, str]]:
    """What in the SQL of one migration would lock or break: (rule, statement) for each. Needs no database."""
    found: list[tuple[str, str]] = []
    new: set[str] = set()
    for statement in split(statements):
        if created := _CREATED.match(statement):
            new.add(created["table"])
        elif rule := _rule(statement, new):
            found.append((rule, statement))
    return found


def _rule(statement: str, new: set[str]) -> str | None:
    if altered := _ALTER.match(statement):
        return None if _harmless(altered["table"], new) else _first(ACTIONS, altered["action"])
    for rule, pattern in STATEMENTS:
        if matched := re.match(pattern, statement, re.I | re.S):
            table = matched.groupdict().get("table")
            return None if table is not None and _harmless(table, new) else rule
    return None


def _harmless(table: str, new: set[str]) -> bool:
    return table in new or SMALL.match(table) is not None


def _first(rules: Sequence[tuple[str, str]], text: str) -> str | None:
    return next((rule for rule, pattern in rules if re.search(pattern, text, re.I | re.S)), None)


def split(statements: Iterable[str]) -> list[str]:
    """Single statements without comments; bodies of functions are left out, they run later."""
    text = "\n;\n".join(statements)
    text = re.sub(r"\$(\w*)\$.*?\$\1\$", "''", text, flags=re.S)
    text = re.sub(r"--[^\n]*", "", text)
    return [part.strip() for part in text.split(";") if part.strip()]
