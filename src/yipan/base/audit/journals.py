"""The append-only tables that are sealed. Each room announces its own; this room's own is the audit trail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Journal:
    """A table with `id bigint` and `xid xid8` (the transaction that wrote the row) that nobody ever changes.

    `what` and `when` are the columns by which an entry is named to a person. Every column except `xid` is sealed, so a
    column that is added later must be nullable and stay null in the rows that are there.
    """

    code: str
    table: str
    what: str
    when: str = "at"


_journals: dict[str, Journal] = {}


def register(journal: Journal) -> None:
    """Add a journal; the same again is harmless, another of the same code raises ValueError."""
    if _journals.setdefault(journal.code, journal) != journal:
        raise ValueError(f"there is a journal {journal.code!r} already")


def every() -> tuple[Journal, ...]:
    """All journals, in the order of their codes."""
    return tuple(_journals[code] for code in sorted(_journals))


def get(code: str) -> Journal | None:
    """The journal of this code, if any."""
    return _journals.get(code)


register(Journal("audit", "audit_entry", "action"))
