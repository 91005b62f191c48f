"""How long a login lasts, and what the live-updates process needs to know of a browser.

On a computer that several people share (a ward's), a login ends after YIPAN_IDLE_MINUTES without use; on a person's own
after YIPAN_IDLE_MINUTES_OWN; everywhere after YIPAN_SESSION_HOURS. Use is what a person does: a page that fetches its
own changes (`X-Live: 1`) and an open stream of live updates keep nothing alive.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from yipan.base.access.actor import Actor, roots
from yipan.base.access.queries import actor_of
from yipan.base.access.session_store import SessionStore
from yipan.kernel import clock

End = Literal["idle", "long"]

BEGUN, SEEN, SHARED = "begun", "seen", "shared"
STAMP_EVERY = timedelta(seconds=30)
"""How exactly use is noted: writing the session at each request would cost more than it tells."""
COOKIE = "yipan_shared"
"""Marks a shared computer and holds, signed, the user names that logged in there last."""
COOKIE_AGE = timedelta(days=365)
REMEMBERED = 6


def begin(request: HttpRequest) -> None:
    """Stamp the session of somebody who has just logged in."""
    now = clock.now().isoformat()
    request.session[BEGUN] = request.session[SEEN] = now
    request.session[SHARED] = request.session.pop(SHARED, is_shared(request))


def ended(session: SessionBase) -> End | None:
    """Why the login of this session is over; None while it lasts. A login without stamps is over."""
    now = clock.now()
    try:
        begun, seen = (datetime.fromisoformat(session[key]) for key in (BEGUN, SEEN))
    except (KeyError, ValueError):
        return "long"
    if now - begun >= timedelta(hours=settings.YIPAN_SESSION_HOURS):
        return "long"
    return "idle" if now - seen >= idle_limit(session) else None


def idle_limit(session: SessionBase) -> timedelta:
    """How long this login lasts without use."""
    shared = session.get(SHARED)
    return timedelta(minutes=settings.YIPAN_IDLE_MINUTES if shared else settings.YIPAN_IDLE_MINUTES_OWN)


def touch(session: SessionBase) -> None:
    """Note that the person is there."""
    now = clock.now()
    if now - datetime.fromisoformat(session[SEEN]) >= STAMP_EVERY:
        session[SEEN] = now.isoformat()


def idle_seconds(request: HttpRequest | None) -> int:
    """After how many seconds without use the page should lock itself; 0: never, nobody is logged in."""
    session = getattr(request, "session", None)
    if session is None or SEEN not in session:
        return 0
    return int(idle_limit(session).total_seconds())


def is_shared(request: HttpRequest) -> bool:
    """Whether this computer is marked as shared by several people."""
    return COOKIE in request.COOKIES


def recent(request: HttpRequest) -> list[str]:
    """User names that logged in at this shared computer, the last one first."""
    names = request.get_signed_cookie(COOKIE, default="", salt=COOKIE)
    return [name for name in (names or "").split("\n") if name]


def mark(request: HttpRequest, response: HttpResponseBase, username: str, *, shared: bool) -> None:
    """Remember on this computer that it is shared, and by whom; or no longer."""
    if not shared:
        response.delete_cookie(COOKIE, samesite="Lax")
        return
    names = [username, *(name for name in recent(request) if name != username)][:REMEMBERED]
    response.set_signed_cookie(
        COOKIE,
        "\n".join(names),
        salt=COOKIE,
        max_age=COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def end_all(person: User) -> None:
    """End every open session of this user."""
    for row in Session.objects.iterator():
        if row.get_decoded().get(SESSION_KEY) == str(person.pk):
            row.delete()


def actor_of_session(session_key: str) -> Actor | None:
    """The actor signed in with this session; None when it is unknown, over, or its password has changed since."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = SessionStore(session_key)
    if ended(request.session):
        return None
    actor = actor_of(get_user(request))
    return actor if actor.kind == "person" else None


def paths_of_session(session_key: str) -> tuple[str, ...] | None:
    """Roots of the organisations in which the session's user has any role; None when nobody is signed in.

    Reads the database (three small queries): call it when a stream opens, not for each event.
    """
    actor = actor_of_session(session_key)
    return None if actor is None else roots(path for _, path, _ in actor.grants)
