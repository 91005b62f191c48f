"""A pytest plugin: the tests' database server, when no other is named.

With YIPAN_TEST_DATABASE_URL or YIPAN_DATABASE_URL the tests use that server (pytest-django makes databases `test_…`
there). Otherwise the first process starts an embedded server of its own below the state directory, which forgets its
data when the machine fails, and stops it at the end; the workers of pytest-xdist find its URL in their environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from yipan.kernel.errors import YipanError
from yipan.kernel.sealing import Algorithm, KeyRing
from yipan.server import catalogues, environment
from yipan.server.embedded import Server

NAME = "test-database"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[Any]:
    """Before pytest-django reads the settings: name a database, and compile the texts that tests compare."""
    catalogues.compile_stale()
    os.environ.setdefault("YIPAN_DATABASE_CONNECTIONS", "20")  # the races of tests/concurrency use 16 at once
    # Keys for the workers of pytest-xdist and for the processes that tests start, too.
    os.environ.setdefault("YIPAN_KEYS", KeyRing.new(Algorithm.AES).written())
    if url := os.environ.get("YIPAN_TEST_DATABASE_URL"):
        os.environ["YIPAN_DATABASE_URL"] = url
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Iterator[Any]:
    """Hold the server while the tests run. Settings are loaded by now, so they are told where it is."""
    if os.environ.get("YIPAN_DATABASE_URL") or config.option.collectonly or config.option.help:
        return (yield)
    try:
        with Server(environment.state_directory(), NAME, forgetful=True) as server:
            _use(server.url)
            return (yield)
    except YipanError as error:
        from yipan.server.speech import say, set_up_words

        set_up_words()
        raise pytest.UsageError(say(error.code, **error.params)) from None


def _use(url: str) -> None:
    from django.conf import settings

    from yipan.server.database import from_url

    os.environ["YIPAN_DATABASE_URL"] = url
    settings.DATABASES["default"].update(from_url(url))
