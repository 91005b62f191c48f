"""Django and a database for one command of `yipan`, wherever that database comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from yipan.kernel.errors import Unavailable
from yipan.server import environment, speech, variables


def django() -> None:
    """Load Django for a command that needs no database, in the language of the terminal."""
    speech.set_up()


@contextmanager
def database() -> Iterator[None]:
    """Load Django with a database that answers."""
    with database_variables():
        django()
        from django.db import connections

        try:
            yield
        finally:
            connections.close_all()


@contextmanager
def database_variables() -> Iterator[None]:
    """Set the environment variables that name the database.

    It is YIPAN_DATABASE_URL, else the embedded server of the state directory: the running one, or one that is started
    for as long as the block lasts. Raises InvalidInput when a variable is not what it should be.
    """
    variables.check(os.environ)
    state = environment.state_directory()
    if os.environ.get("YIPAN_DATABASE_URL"):
        if state.is_dir():
            os.environ.setdefault("YIPAN_SECRET_KEY", environment.secret_key(state))
        yield
        return
    from yipan.server.embedded import Server
    from yipan.server.embedded.server import running_url

    server = Server(state)
    try:
        url = server.start()
    except Unavailable as error:
        if error.code != "already_running" or (running := running_url(state)) is None:
            raise
        url = running
    os.environ["YIPAN_DATABASE_URL"] = url
    os.environ.setdefault("YIPAN_SECRET_KEY", environment.secret_key(state))
    try:
        yield
    finally:
        server.stop()
