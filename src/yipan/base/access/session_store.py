"""Django's sessions in the database, except that a database that is away is told as what it is."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError


class SessionStore(db.SessionStore):
    """`settings.SESSION_ENGINE`. Django takes every error while a session is saved for "somebody logged out meanwhile"
    and answers 400; whoever clicked in that moment would be told to correct an address that is right."""

    def save(self, must_create: bool = False) -> None:
        """Raises UpdateError when the session is gone, OperationalError or InterfaceError when the database is."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError | InterfaceError):
                raise error.__context__ from None
            raise
