"""Whose address a request comes from when proxies that the hospital names stand in front."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from yipan.kernel.errors import InvalidInput

Network = IPv4Network | IPv6Network
FORWARDED = b"x-forwarded-for"


def networks(told: str, variable: str = "YIPAN_PROXIES") -> tuple[Network, ...]:
    """Addresses or networks of proxies, separated by commas. Raises InvalidInput, which names the one that is none."""
    found = []
    for part in filter(None, map(str.strip, told.split(","))):
        try:
            found.append(ip_network(part))
        except ValueError:
            raise InvalidInput("proxy_invalid", variable=variable, value=part) from None
    return tuple(found)


def client_address(peer: str, headers: Iterable[tuple[bytes, bytes]], trusted: tuple[Network, ...]) -> str:
    """The address nearest to us in `X-Forwarded-For` that is no proxy of ours, or the peer when it is none of them.

    Each proxy adds its own peer at the end; what stands further left may be invented. An entry that is no
    address ends the way back: the proxy that passed it on is the last one known.
    """
    lines = [value.decode("latin-1") for name, value in headers if name.lower() == FORWARDED]
    way = [entry.strip() for entry in ",".join(lines).split(",")] if lines else []
    while _is_ours(peer, trusted) and way:
        before = _address(way.pop())
        if before is None:
            break
        peer = str(before)
    return peer


def _is_ours(address: str, trusted: tuple[Network, ...]) -> bool:
    found = _address(address)
    return found is not None and any(found in network for network in trusted)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    # a socket that listens for both families shows IPv4 as ::ffff:10.0.0.1
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
