"""People, as the command line sees them: the way in when nobody can log in yet."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from yipan.base.access import SYSTEM, actions
from yipan.base.network.models import Organisation
from yipan.kernel.errors import NotFound
from yipan.server.demo.accounts import ACCOUNTS, PASSWORD


@transaction.atomic
def add_user(*, username: str, name: str, role: str, organisation: str, password: str) -> None:
    """Create a user with one role, or nothing at all when any part of it is wrong.

    Raises NotFound("organisation_unknown") and what `access.actions.create_user` and `grant` raise.
    """
    place = Organisation.objects.filter(code=organisation).first()
    if place is None:
        raise NotFound("organisation_unknown")
    person = actions.create_user(actor=SYSTEM, username=username, name=name, password=password)
    actions.grant(actor=SYSTEM, user_id=person.pk, role=role, organisation_id=place.pk)


def demo_logins_work() -> bool:
    """Whether one of the demo's accounts is in this database, with the password that would be printed."""
    people = User.objects.filter(username__in=[account.username for account in ACCOUNTS], is_active=True)
    return any(person.check_password(PASSWORD) for person in people.order_by("pk"))
