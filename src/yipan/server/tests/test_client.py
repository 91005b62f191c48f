"""Whose address a request comes from behind proxies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.kernel.errors import InvalidInput
from yipan.server.client import client_address, networks

OURS = networks("10.0.0.5, 10.1.0.0/16,fd00::/8")


def header(*lines: str) -> list[tuple[bytes, bytes]]:
    return [(b"host", b"h"), *((b"x-forwarded-for", line.encode()) for line in lines)]


@pytest.mark.parametrize(
    ("peer", "lines", "client"),
    [
        ("10.0.0.5", ["192.0.2.7"], "192.0.2.7"),
        ("10.0.0.5", ["203.0.113.9, 192.0.2.7"], "192.0.2.7"),
        ("10.0.0.5", ["203.0.113.9", "192.0.2.7, 10.1.2.3"], "192.0.2.7"),
        ("::ffff:10.0.0.5", ["2001:db8::1"], "2001:db8::1"),
        ("10.0.0.5", [], "10.0.0.5"),
        ("10.0.0.5", ["unknown"], "10.0.0.5"),
        ("10.0.0.5", ["192.0.2.7, x, 10.1.0.1"], "10.1.0.1"),
        ("10.0.0.5", ["10.1.0.1"], "10.1.0.1"),
    ],
)
def test_the_way_back_ends_at_the_first_stranger(peer: str, lines: list[str], client: str) -> None:
    """From the right: proxies of ours are passed, the next address is the browser's, what is no address ends it."""
    assert client_address(peer, header(*lines), OURS) == client


@given(st.ip_addresses(v=4).filter(lambda a: not any(a in n for n in OURS)), st.text(max_size=40))
def test_a_stranger_cannot_give_another_address(peer: object, told: str) -> None:
    """Whoever is no proxy of ours is who it is, whatever its header says."""
    assert client_address(str(peer), [(b"x-forwarded-for", told.encode())], OURS) == str(peer)


def test_without_proxies_the_header_means_nothing() -> None:
    """No proxy named: the peer is the client."""
    assert client_address("127.0.0.1", header("192.0.2.7"), networks("")) == "127.0.0.1"


def test_what_is_no_network_is_named() -> None:
    """A wrong entry is refused together with its variable."""
    with pytest.raises(InvalidInput) as caught:
        networks("10.0.0.5,proxy.example")
    assert caught.value.params == {"variable": "YIPAN_PROXIES", "value": "proxy.example"}
