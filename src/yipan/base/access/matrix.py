"""The matrix of verbs and roles. A verb that nobody declared is a mistake of the programmer, never a silent "no".

Rooms above declare their own verbs when they load; `docs/reference` prints the whole matrix from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yipan.base.access.roles import EVERY_PERSON, Role


class UndeclaredVerb(LookupError):
    """Code asked for a verb that no room declared."""


@dataclass(frozen=True, slots=True)
class Verb:
    """What may be done, and by which roles.

    `by_ward`: a grant limited to one ward counts only for objects of that ward. Without it such a grant counts in the
    whole organisation of the grant (a ward nurse sees the board of her hospital, and readies beds of her ward only).
    """

    code: str
    roles: frozenset[Role]
    by_ward: bool = False


_verbs: dict[str, Verb] = {}


def declare(verb: str, roles: Iterable[Role], *, by_ward: bool = False) -> Verb:
    """Add a verb "room.act". Declaring the same again is harmless; another meaning for it raises ValueError."""
    new = Verb(verb, frozenset(Role(r) for r in roles), by_ward)
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


declare_all(
    {
        "network.view": EVERY_PERSON | {Role.INTERFACE, Role.PRIVACY_OFFICER},
        "network.edit": {Role.MANAGER, Role.ADMINISTRATOR},
        "network.policy": {Role.MANAGER, Role.ADMINISTRATOR},
        "patients.view": {Role.COORDINATOR, Role.WARD_NURSE, Role.DOCTOR, Role.INTERFACE},
        "patients.edit": {Role.COORDINATOR, Role.WARD_NURSE, Role.DOCTOR, Role.INTERFACE},
        "patients.merge": {Role.COORDINATOR, Role.INTERFACE},
        "patients.emergency": EVERY_PERSON,
        "emergency.review": {Role.PRIVACY_OFFICER},
        "users.view": {Role.ADMINISTRATOR},
        "users.edit": {Role.ADMINISTRATOR},
        "audit.view": {Role.ADMINISTRATOR, Role.PRIVACY_OFFICER},
    }
)
