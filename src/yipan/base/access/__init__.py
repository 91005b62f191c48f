"""Who may do what, and where: actors with roles over subtrees of the organisation tree."""

from yipan.base.access import matrix
from yipan.base.access.actor import ANONYMOUS, SYSTEM, Actor, interface_actor, scope
from yipan.base.access.roles import Role

__all__ = ["ANONYMOUS", "SYSTEM", "Actor", "Role", "interface_actor", "matrix", "scope"]
