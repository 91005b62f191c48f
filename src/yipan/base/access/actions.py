"""What an administrator does with users. Every act is audited; a refused one changes nothing."""

from __future__ import annotations

import secrets
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from yipan.base import audit
from yipan.base.access import limits, sessions
from yipan.base.access.actor import Actor
from yipan.base.access.models import Grant
from yipan.base.access.queries import require_manage
from yipan.base.access.roles import GRANTABLE, Role
from yipan.base.network.models import Organisation, Ward
from yipan.kernel.errors import Conflict, InvalidInput, NotFound

# No 0/O, 1/l/I: a password that is read aloud or copied from paper.
LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@transaction.atomic
def create_user(*, actor: Actor, username: str, name: str, password: str | None) -> User:
    """A user without any role yet. `name` is the person's whole name; without a password only single sign-on lets in.

    Raises Refused, InvalidInput("user_name_invalid" | "password_weak"), Conflict("user_name_taken").
    """
    actor.require("users.edit")
    username = username.strip()
    person = User(username=username, first_name=name.strip()[:150])
    _check_username(username)
    if password is not None:
        _check_password(password, person)
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise Conflict("user_name_taken", username=username) from None
    audit.record(actor, "user.create", "user", person.pk, data={"username": username, "name": person.first_name})
    return person


@transaction.atomic
def grant(*, actor: Actor, user_id: int, role: str, organisation_id: UUID, ward_id: UUID | None = None) -> Grant:
    """Give a user a role in an organisation and all below it, or only in one ward of it.

    Raises Refused, NotFound, InvalidInput("role_unknown" | "ward_elsewhere"), Conflict("role_held_already").
    """
    person = _user(user_id)
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound("organisation_unknown")
    actor.require("users.edit", organisation.path)
    if role not in [r.value for r in GRANTABLE]:
        raise InvalidInput("role_unknown", role=role)
    if ward_id is not None:
        ward = Ward.objects.filter(pk=ward_id, site__organisation__path__startswith=organisation.path).first()
        if ward is None:
            raise InvalidInput("ward_elsewhere")
    try:
        with transaction.atomic():
            new = Grant.objects.create(user=person, role=role, organisation=organisation, ward_id=ward_id)
    except IntegrityError:
        raise Conflict("role_held_already", username=person.username, role=str(Role(role).label)) from None
    audit.record(actor, "user.grant", "user", person.pk, path=organisation.path, data=_told(new))
    return new


@transaction.atomic
def revoke(*, actor: Actor, grant_id: UUID) -> None:
    """Take a role away. Nobody takes away their own right to edit users, so that one administrator always remains.

    Raises Refused, NotFound, Conflict("not_your_own_rights").
    """
    held = Grant.objects.select_related("organisation", "user").filter(pk=grant_id).first()
    if held is None:
        raise NotFound("grant_unknown")
    actor.require("users.edit", held.organisation.path)
    if held.user_id == actor.user_id and held.role == Role.ADMINISTRATOR:
        raise Conflict("not_your_own_rights")
    told, path, user_id = _told(held), held.organisation.path, held.user_id
    held.delete()
    audit.record(actor, "user.revoke", "user", user_id, path=path, data=told)


@transaction.atomic
def reset_password(*, actor: Actor, user_id: int) -> str:
    """Set a new random password and return it; shown once, stored nowhere in the clear. Open sessions end.

    Raises Refused, NotFound.
    """
    person = _user(user_id)
    require_manage(actor, person)
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
    person.set_password(password)
    person.save(update_fields=["password"])
    audit.record(actor, "user.password_reset", "user", person.pk)
    return password


@transaction.atomic
def remove_second_factors(*, actor: Actor, user_id: int) -> None:
    """Remove a user's app, keys and recovery codes, when a phone is lost; the user enrols again. Open sessions end.

    Raises Refused, NotFound.
    """
    person = _user(user_id)
    require_manage(actor, person)
    removed, _ = Authenticator.objects.filter(user=person).delete()
    sessions.end_all(person)
    audit.record(actor, "second_factor.reset", "user", person.pk, data={"removed": removed})


@transaction.atomic
def set_active(*, actor: Actor, user_id: int, active: bool) -> None:
    """Let a user sign in, or no longer; open sessions of a deactivated user end at the next request.

    Raises Refused, NotFound, Conflict("not_your_own_rights").
    """
    person = _user(user_id)
    require_manage(actor, person)
    if person.pk == actor.user_id and not active:
        raise Conflict("not_your_own_rights")
    if person.is_active == active:
        return
    person.is_active = active
    person.save(update_fields=["is_active"])
    audit.record(actor, "user.activate" if active else "user.deactivate", "user", person.pk)


def change_own_password(*, actor: Actor, old: str, new: str) -> User:
    """A person changes the own password; other sessions of the person end.

    Raises InvalidInput("password_wrong" | "password_weak"), NotFound, TooOften.
    """
    limits.spend(limits.PASSWORD, actor.user_id)
    person = _change_password(actor, old, new)
    limits.forget(limits.PASSWORD, actor.user_id)
    return person


@transaction.atomic
def _change_password(actor: Actor, old: str, new: str) -> User:
    person = _user(actor.user_id or 0)
    if not person.check_password(old):
        raise InvalidInput("password_wrong")
    _check_password(new, person)
    person.set_password(new)
    person.save(update_fields=["password"])
    audit.record(actor, "user.password_change", "user", person.pk)
    return person


def _user(user_id: int) -> User:
    person = User.objects.select_for_update().filter(pk=user_id).first()
    if person is None:
        raise NotFound("user_unknown")
    return person


def _told(held: Grant) -> dict[str, str | None]:
    return {
        "role": held.role,
        "organisation": held.organisation.code,
        "ward_id": str(held.ward_id) if held.ward_id else None,
    }


def _check_username(username: str) -> None:
    try:
        User.username_validator(username)
    except ValidationError:
        raise InvalidInput("user_name_invalid", username=username) from None
    if len(username) > 150:
        raise InvalidInput("user_name_invalid", username=username[:150])


def _check_password(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise InvalidInput("password_weak", reasons=" ".join(error.messages)) from None
