"""The one who acts: a person with grants, a message interface, or the system itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from django.db.models import Q

from yipan.base.access import matrix
from yipan.base.access.roles import Role
from yipan.kernel.errors import Refused

Kind = Literal["person", "interface", "system", "anonymous"]
Held = tuple[Role, str, UUID | None]
"""A grant as held: role, path of the organisation whose subtree it covers, ward it is limited to."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and what they were granted. Immutable: one is made for each request.

    An organisation's path is like "0001.0003."; a grant there covers every path that starts with it. The path ""
    stands for the whole network.
    """

    user_id: int | None
    name: str
    grants: tuple[Held, ...] = ()
    kind: Kind = "person"

    def may(self, verb: str, path: str | None = None, *, ward_id: UUID | None = None) -> bool:
        """True when a grant allows the verb at `path`; with `path=None` when one allows it anywhere.

        For verbs tied to wards, give the object's ward: a grant limited to a ward counts for that ward only.
        Raises UndeclaredVerb.
        """
        declared = matrix.verb(verb)
        if self.kind == "system":
            return True
        return any(
            role in declared.roles
            and (path is None or path.startswith(held))
            and (not declared.by_ward or ward is None or path is None or ward == ward_id)
            for role, held, ward in self.grants
        )

    def require(self, verb: str, path: str | None = None, *, ward_id: UUID | None = None) -> None:
        """Like `may`, but raises Refused("not_allowed_here") with the roles that may."""
        if self.may(verb, path, ward_id=ward_id):
            return
        roles = ", ".join(str(role.label) for role in Role if role in matrix.roles_of(verb))
        raise Refused("not_allowed_here", verb=verb, roles=roles)

    def paths(self, verb: str) -> tuple[str, ...]:
        """Roots of the subtrees where the actor may do the verb, without those inside another; empty means nowhere.

        Raises UndeclaredVerb.
        """
        declared = matrix.verb(verb)
        if self.kind == "system":
            return ("",)
        return roots(held for role, held, _ in self.grants if role in declared.roles)

    def lent(self, role: Role, path: str) -> Actor:
        """The same person with one more right, for one action that a standing agreement with its owner allows."""
        return replace(self, grants=(*self.grants, (role, path, None)))

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held, wherever."""
        return frozenset(role for role, _, _ in self.grants)


def roots(paths: Iterable[str]) -> tuple[str, ...]:
    """The given paths without those that lie below another, sorted."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


def scope(actor: Actor, verb: str, field: str, *, ward_field: str = "") -> Q:
    """A condition on rows that the actor may see under the verb.

    `field` leads from the row to the path of its organisation ("site__organisation__path"), `ward_field` to the
    identifier of its ward ("ward_id"), needed for verbs tied to wards. Without any grant no row passes.
    """
    declared = matrix.verb(verb)
    if declared.by_ward and not ward_field:
        raise ValueError(f"the verb {verb!r} is tied to wards: name the field of the ward")
    if actor.kind == "system":
        return Q()
    condition = Q(pk__in=[])
    for role, held, ward in actor.grants:
        if role not in declared.roles:
            continue
        grant = Q(**{f"{field}__startswith": held}) if held else Q()
        if declared.by_ward and ward is not None:
            grant &= Q(**{ward_field: ward})
        if not grant:
            return Q()
        condition |= grant
    return condition


SYSTEM = Actor(user_id=None, name="system", kind="system")
"""Scheduled work and the command line: may do every declared verb."""

ANONYMOUS = Actor(user_id=None, name="", kind="anonymous")
"""Nobody signed in: may do nothing."""


def interface_actor(name: str, path: str = "") -> Actor:
    """The actor of a message feed, named for the audit trail; network-wide unless a path narrows it."""
    return Actor(user_id=None, name=name, grants=((Role.INTERFACE, path, None),), kind="interface")
