"""What the live-updates process needs to know of a browser: its session, without Django's request cycle."""

from __future__ import annotations

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from yipan.base.access.actor import Actor, roots
from yipan.base.access.queries import actor_of


def actor_of_session(session_key: str) -> Actor | None:
    """The actor signed in with this session; None when it is unknown, expired, or its password has changed since."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = SessionStore(session_key)
    actor = actor_of(get_user(request))
    return actor if actor.kind == "person" else None


def paths_of_session(session_key: str) -> tuple[str, ...] | None:
    """Roots of the organisations in which the session's user has any role; None when nobody is signed in.

    Reads the database (three small queries): call it when a stream opens, not for each event.
    """
    actor = actor_of_session(session_key)
    return None if actor is None else roots(path for _, path, _ in actor.grants)
