"""The matrix of verbs and roles. A verb that nobody declared is a mistake of the programmer, never a silent "no".

Rooms above declare their own verbs when they load; `docs/reference` prints the whole matrix from here. The second wall
(`wall.py`) takes from here which rows a person's statements may touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yipan.base.access.roles import EVERY_PERSON, Role

CARE, IDENTITIES, MESSAGES, JOURNAL = "care", "identities", "messages", "journal"
REALMS = (CARE, IDENTITIES, MESSAGES, JOURNAL)
"""Kinds of rows behind the second wall: who is cared for where; patients by name and number, which the network shares;
messages as they were received; the audit trail."""


class UndeclaredVerb(LookupError):
    """Code asked for a verb that no room declared."""


class UndeclaredPassage(LookupError):
    """Code asked for a passage through the second wall that no room declared."""


@dataclass(frozen=True, slots=True)
class Verb:
    """What may be done, and by which roles.

    `by_ward`: a grant limited to one ward counts only for objects of that ward. Without it such a grant counts in the
    whole organisation of the grant (a ward nurse sees the board of her hospital, and readies beds of her ward only).
    `opens`: the kind of rows (one of REALMS) that PostgreSQL shows to whoever may do it, in the organisations where
    they may; identities belong to none, so that whoever may do it anywhere sees them all.
    """

    code: str
    roles: frozenset[Role]
    by_ward: bool = False
    opens: str = ""


_verbs: dict[str, Verb] = {}
_passages: dict[str, str] = {}


def declare(verb: str, roles: Iterable[Role], *, by_ward: bool = False, opens: str = "") -> Verb:
    """Add a verb "room.act". Declaring the same again is harmless; another meaning for it raises ValueError."""
    if opens and opens not in REALMS:
        raise ValueError(f"{opens!r} is no kind of rows")
    new = Verb(verb, frozenset(Role(r) for r in roles), by_ward, opens)
    known = _verbs.setdefault(verb, new)
    if known != new:
        raise ValueError(f"the verb {verb!r} is declared already, with other roles")
    return known


def declare_all(verbs: Mapping[str, Iterable[Role]]) -> None:
    """Declare several verbs that are not tied to wards."""
    for verb, roles in verbs.items():
        declare(verb, roles)


def verb(code: str) -> Verb:
    """The declared verb; raises UndeclaredVerb."""
    try:
        return _verbs[code]
    except KeyError:
        raise UndeclaredVerb(f"no room declares the verb {code!r}") from None


def roles_of(code: str) -> frozenset[Role]:
    """The roles that may do it; raises UndeclaredVerb."""
    return verb(code).roles


def verbs() -> tuple[Verb, ...]:
    """Every declared verb, by code."""
    return tuple(_verbs[code] for code in sorted(_verbs))


def declare_passage(name: str, reason: str) -> None:
    """Name a place in the code that may work on rows of the whole network, whoever clicks, and why."""
    if _passages.setdefault(name, reason) != reason:
        raise ValueError(f"the passage {name!r} is declared already, with another reason")


def passage(name: str) -> str:
    """The reason of a declared passage; raises UndeclaredPassage."""
    try:
        return _passages[name]
    except KeyError:
        raise UndeclaredPassage(f"no room declares the passage {name!r}") from None


def passages() -> dict[str, str]:
    """Every declared passage with its reason, by name."""
    return dict(sorted(_passages.items()))


declare_all(
    {
        "network.view": EVERY_PERSON | {Role.INTERFACE, Role.PRIVACY_OFFICER},
        "network.edit": {Role.MANAGER, Role.ADMINISTRATOR},
        "network.policy": {Role.MANAGER, Role.ADMINISTRATOR},
        "patients.edit": {Role.COORDINATOR, Role.WARD_NURSE, Role.DOCTOR, Role.INTERFACE},
        "patients.merge": {Role.COORDINATOR, Role.INTERFACE},
        "patients.emergency": EVERY_PERSON,
        "emergency.review": {Role.PRIVACY_OFFICER},
        "users.view": {Role.ADMINISTRATOR},
        "users.edit": {Role.ADMINISTRATOR},
    }
)
declare(
    "patients.view",
    {Role.COORDINATOR, Role.WARD_NURSE, Role.DOCTOR, Role.DISPATCHER, Role.INTERFACE},
    opens=IDENTITIES,
)
declare("audit.view", {Role.ADMINISTRATOR, Role.PRIVACY_OFFICER}, opens=JOURNAL)
declare_passage("access.emergency", "who opens a record in an emergency has no right to it, and that is what is kept")
declare_passage("audit.write", "the journal is Yipan's own: nobody may read back or alter what is written about them")
