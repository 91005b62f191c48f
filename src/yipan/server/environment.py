"""What the environment variables say, for the processes of the server. Their meaning: docs/reference/settings.md.

`variables.check` has seen that each is what it should be: before Django is loaded, and before a process starts.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yipan.kernel.errors import Unavailable
from yipan.server.client import Network, networks

WEB_PORT = 8000
HL7_PORT = 2575
COUNTRY = "CN"
DICOM_CHARSETS = {"utf-8": "ISO_IR 192", "gb18030": "GB18030"}
"""As DICOM calls them (PS3.3, C.12.1.1.2)."""
STRONG_ROLES = ("administrator", "integrator", "privacy_officer")
"""Who must have a second factor in production, unless YIPAN_SECOND_FACTOR names others."""


def state_directory() -> Path:
    """Where this installation keeps its data: YIPAN_STATE, else `var` in the current directory."""
    return Path(os.environ.get("YIPAN_STATE") or "var").absolute()


def web_address() -> tuple[str, int]:
    """Host and port of the pages."""
    return os.environ.get("YIPAN_HOST") or "127.0.0.1", number("YIPAN_PORT", WEB_PORT)


def hl7_address() -> tuple[str, int]:
    """Host and port of the HL7 listener."""
    return os.environ.get("YIPAN_HL7_HOST") or "127.0.0.1", number("YIPAN_HL7_PORT", HL7_PORT)


def dicom_address() -> tuple[str, int] | None:
    """Host and port of the worklist service, None where YIPAN_DICOM_PORT asks for none: it takes 100 MB."""
    port = number("YIPAN_DICOM_PORT", 0)
    return (os.environ.get("YIPAN_DICOM_HOST") or "127.0.0.1", port) if port else None


def dicom_title() -> str:
    """The AE title of the worklist service: YIPAN_DICOM_AE_TITLE, else YIPAN."""
    return (os.environ.get("YIPAN_DICOM_AE_TITLE") or "YIPAN").strip()


def dicom_charset() -> str:
    """The character set of worklists for devices that name none: YIPAN_DICOM_CHARSET, utf-8 or gb18030."""
    return DICOM_CHARSETS[(os.environ.get("YIPAN_DICOM_CHARSET") or "utf-8").lower()]


def web_workers() -> int:
    """How many processes serve pages: YIPAN_WEB_WORKERS, else one."""
    return number("YIPAN_WEB_WORKERS", 1)


def appliers() -> int:
    """How many processes apply what hospital systems sent: YIPAN_HL7_APPLIERS, else two where there are two cores."""
    return number("YIPAN_HL7_APPLIERS", min(os.cpu_count() or 1, 2))


def drain_seconds() -> int:
    """How long a web process that was told to stop still answers while `/readyz` says no: YIPAN_DRAIN_SECONDS, or 0."""
    return number("YIPAN_DRAIN_SECONDS", 0)


def web_url() -> str:
    """The address to type into a browser on this machine."""
    host, port = web_address()
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def wants_demo() -> bool:
    """Whether an empty database gets the demo network: unless YIPAN_DEMO=0."""
    return os.environ.get("YIPAN_DEMO", "1") != "0"


def proxies() -> tuple[Network, ...]:
    """The proxies whose word about a browser's address counts: YIPAN_PROXIES, else none."""
    return networks(os.environ.get("YIPAN_PROXIES") or "")


def require_free(address: tuple[str, int], variable: str) -> None:
    """Raise Unavailable when somebody listens at this address already, or it is not one of this machine's."""
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port in TIME_WAIT is free
        try:
            probe.bind(address)
        except PermissionError:
            raise Unavailable("port_forbidden", port=str(port), variable=variable) from None
        except (OSError, UnicodeError):
            raise Unavailable("port_in_use", host=host, port=str(port), variable=variable) from None


def secret_key(state: Path) -> str:
    """The key that signs cookies: YIPAN_SECRET_KEY, else one made at the first start and kept with the state."""
    if key := os.environ.get("YIPAN_SECRET_KEY"):
        return key
    path = state / "secret.key"
    if not path.exists():
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(48))
        new.rename(path)
    return path.read_text()


def number(variable: str, default: int) -> int:
    """The whole number in a variable."""
    return int(os.environ.get(variable) or default)


def country() -> str:
    """Whose public holidays forecasts follow: YIPAN_COUNTRY, else CN. Raises InvalidInput when none are known there."""
    code = os.environ.get("YIPAN_COUNTRY") or COUNTRY
    if code != COUNTRY:  # the supervisor would carry numpy about for ever
        from yipan.engine.forecast.calendars import check_country

        check_country(code)
    return code


def second_factor_roles() -> tuple[str, ...]:
    """Roles whose people must have a second factor: YIPAN_SECOND_FACTOR, else STRONG_ROLES in production only."""
    text = os.environ.get("YIPAN_SECOND_FACTOR")
    if text is None:
        return STRONG_ROLES if os.environ.get("YIPAN_PRODUCTION") == "1" else ()
    return tuple(role.strip().lower() for role in text.split(",") if role.strip())


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """The hospital's identity provider (OpenID Connect): where it is and how its people map to ours."""

    server: str
    client: str
    secret: str
    name: str
    claim: str
    signup: bool

    def providers(self) -> dict[str, Any]:
        """django-allauth's SOCIALACCOUNT_PROVIDERS."""
        app = {
            "provider_id": "sso",
            "name": self.name,
            "client_id": self.client,
            "secret": self.secret,
            "settings": {"server_url": self.server, "oauth_pkce_enabled": True},
        }
        return {"openid_connect": {"APPS": [app]}}


def single_sign_on() -> SingleSignOn | None:
    """What YIPAN_SSO_… say, or None without YIPAN_SSO_URL."""
    server = os.environ.get("YIPAN_SSO_URL")
    if not server:
        return None
    return SingleSignOn(
        server=server.rstrip("/"),
        client=os.environ.get("YIPAN_SSO_CLIENT") or "yipan",
        secret=os.environ.get("YIPAN_SSO_SECRET", ""),
        name=os.environ.get("YIPAN_SSO_NAME", ""),
        claim=os.environ.get("YIPAN_SSO_CLAIM") or "preferred_username",
        signup=os.environ.get("YIPAN_SSO_SIGNUP") == "1",
    )


def package_directory(name: str) -> Path:
    """Where an installed package lies, found without importing it. Raises Unavailable when it is not installed."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise Unavailable("package_missing", name=name)
    return Path(spec.origin).parent
