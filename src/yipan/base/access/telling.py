"""What logging in and second factors leave behind: stamps in the session, entries in the audit trail."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import user_logged_in as came_in
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from yipan.base import audit
from yipan.base.access import sessions
from yipan.base.access.queries import actor_of


def listen() -> None:
    """Connect to the signals; called once when Django is ready."""
    user_logged_in.connect(begin_session, dispatch_uid="yipan.begin_session")
    came_in.connect(tell_login, dispatch_uid="yipan.tell_login")
    for signal, action in (
        (authenticator_added, "second_factor.added"),
        (authenticator_removed, "second_factor.removed"),
        (authenticator_reset, "second_factor.renewed"),
    ):
        signal.connect(_teller(action), weak=False, dispatch_uid=f"yipan.{action}")


def begin_session(request: HttpRequest | None, **facts: Any) -> None:
    if request is not None:
        sessions.begin(request)


def tell_login(request: HttpRequest, user: User, **facts: Any) -> None:
    """One entry for the whole login, with the ways that were used for it."""
    ways = [str(way.get("type") or way["method"]) for way in get_authentication_records(request, user)]
    data = {"by": list(dict.fromkeys(ways)) or ["password"], "shared": bool(request.session.get(sessions.SHARED))}
    audit.record(actor_of(user), "login", "user", user.pk, data=data)


def _teller(action: str) -> Any:
    def tell(user: User, authenticator: Any, **facts: Any) -> None:
        audit.record(actor_of(user), action, "user", user.pk, data={"type": str(authenticator.type)})

    return tell
