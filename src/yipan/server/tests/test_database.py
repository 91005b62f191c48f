"""From a database URL to Django's settings."""

from __future__ import annotations

import pytest

from yipan.kernel.errors import Unavailable
from yipan.server.database import from_url


def test_several_servers_reach_libpq_as_they_were_written() -> None:
    """Hosts, ports and the wish for one that accepts writes survive."""
    made = from_url("postgresql://u:p%40ss@a:5432,b:5433,c/yipan?target_session_attrs=read-write&connect_timeout=3")
    assert (made["HOST"], made["PORT"]) == ("a,b,c", "5432,5433,")
    assert (made["USER"], made["PASSWORD"], made["NAME"]) == ("u", "p@ss", "yipan")
    assert made["OPTIONS"]["target_session_attrs"] == "read-write"
    assert made["OPTIONS"]["connect_timeout"] == "3"


@pytest.mark.parametrize("url", ["postgresql://u@/n?host=%2Frun%2Fpg", "postgresql://u@%2Frun%2Fpg/n"])
def test_a_socket_directory_may_stand_in_both_places(url: str) -> None:
    """As the host, or as an option."""
    assert from_url(url)["HOST"] == "/run/pg"


def test_no_url_still_names_a_database() -> None:
    """Settings load before the supervisor knows where its server is."""
    assert from_url("")["NAME"] == "yipan"


def test_what_is_no_url_is_refused() -> None:
    """One sentence instead of a traceback from the settings."""
    with pytest.raises(Unavailable, match="database_url_invalid"):
        from_url("postgresql://host:5432/x?what=ever")
