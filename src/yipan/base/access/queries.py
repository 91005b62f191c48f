"""Actors of users, and the users that an administrator looks after."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet

from yipan.base.access.actor import ANONYMOUS, Actor, scope
from yipan.base.access.models import Grant
from yipan.base.access.roles import Role
from yipan.kernel.errors import NotFound, Refused


def shown_name(user: User) -> str:
    """The person's name as entered (kept whole in `first_name`), else the user name."""
    return user.get_full_name() or user.username


def actor_of(user: AbstractBaseUser | AnonymousUser) -> Actor:
    """The actor for a signed-in user, with one query for the grants; ANONYMOUS for anybody else."""
    if not isinstance(user, User) or not user.is_active:
        return ANONYMOUS
    held = Grant.objects.filter(user=user).order_by("id").values_list("role", "organisation__path", "ward_id")
    return Actor(
        user_id=user.pk,
        name=shown_name(user),
        grants=tuple((Role(role), path, ward) for role, path, ward in held),
    )


def users(actor: Actor, text: str = "", *, verb: str = "users.view") -> QuerySet[User]:
    """Users with a grant in the actor's organisations, and users without any grant, by user name.

    `text` restricts to user names or names that contain it. Raises Refused when the actor may see none.
    """
    actor.require(verb)
    grants = Grant.objects.filter(user=OuterRef("pk"))
    visible = Q(Exists(grants.filter(scope(actor, verb, "organisation__path")))) | ~Q(Exists(grants))
    found = User.objects.filter(visible)
    if text:
        found = found.filter(Q(username__icontains=text) | Q(first_name__icontains=text))
    return found.prefetch_related("grants__organisation", "grants__ward").order_by("username")


def user(actor: Actor, user_id: int) -> User:
    """One user that the actor may see; raises NotFound."""
    try:
        return users(actor).get(pk=user_id)
    except User.DoesNotExist:
        raise NotFound("user_unknown") from None


def may_manage(actor: Actor, person: User) -> bool:
    """True when every grant of the user lies where the actor is administrator.

    Otherwise a local administrator could reset the password of a user with more rights and sign in as that user.
    """
    if not actor.may("users.edit"):
        return False
    held: Any = person.grants.values_list("organisation__path", flat=True)
    return all(actor.may("users.edit", path) for path in held)


def require_manage(actor: Actor, person: User) -> None:
    """Raises Refused unless `may_manage`."""
    actor.require("users.edit")
    if not may_manage(actor, person):
        raise Refused("user_has_roles_elsewhere", username=person.username)
