"""The check of a PostgreSQL server that somebody else runs."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.db import connections

from yipan.base.access import persons
from yipan.kernel.errors import Unavailable
from yipan.server import external
from yipan.server.speech import say


def url() -> str:
    told = connections["default"].settings_dict
    login = quote(told["USER"]) + (":" + quote(told["PASSWORD"]) if told["PASSWORD"] else "")
    return f"postgresql://{login}@/{told['NAME']}?host={quote(told['HOST'], safe='')}&port={told['PORT'] or 5432}"


@pytest.mark.django_db(transaction=True)
def test_a_good_server_passes_and_stays_as_it_was() -> None:
    """The server of the tests passes."""
    external.check(url())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("OLDEST", 99, "database_too_old"),
        ("EXTENSIONS", ("no_such_extension",), "database_lacks_extension"),
    ],
)
def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, name: str, value: object, code: str) -> None:
    """Too old a server, and one without an extension, are refused by name."""
    monkeypatch.setattr(external, name, value)
    with pytest.raises(Unavailable, match=code):
        external.check(url())


@pytest.mark.django_db(transaction=True)
def test_a_user_who_may_not_make_roles_is_told_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without CREATEROLE and without the roles, the sentence has the lines for the server's administrator."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (True,):
            pytest.skip("the user of the tests may make roles")
    monkeypatch.setattr(persons, "MAKE", persons.MAKE.replace("yipan_person", "yipan_missing"))
    with pytest.raises(Unavailable, match="database_lacks_roles") as caught:
        external.check(url())
    assert "CREATE ROLE yipan_person NOLOGIN; " in say("database_lacks_roles", **caught.value.params)


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    """Nobody listens on port 1: the sentence has host and database, and no password."""
    with pytest.raises(Unavailable, match="database_unreachable") as caught:
        external.check("postgresql://somebody:secret@127.0.0.1:1/hospital")
    assert caught.value.params["where"] == "127.0.0.1:1/hospital"
    assert "secret" not in str(caught.value)


def test_what_is_no_url_is_refused() -> None:
    """A text that is no connection string is not taken for an unreachable server."""
    with pytest.raises(Unavailable, match="database_url_invalid"):
        external.check("postgresql://host:notaport/x?what=ever")
