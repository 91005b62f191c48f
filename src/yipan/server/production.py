"""What must hold before patients' data may be served: `YIPAN_PRODUCTION=1` refuses to start without it.

Each thing that is in the way has a sentence of its own (`ui/sentences/server.py`), and all are told at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from yipan.kernel.errors import InvalidInput

SHORTEST_SECRET = 32
PLACEHOLDERS = ("only-for-trying", "change", "secret", "example", "insecure")


def is_asked() -> bool:
    """Whether this installation is one with patients."""
    return os.environ.get("YIPAN_PRODUCTION") == "1"


def obstacles(variables: Mapping[str, str]) -> Iterator[str]:
    """Codes of what the environment variables lack, in the order in which a person would mend them."""
    secret = variables.get("YIPAN_SECRET_KEY", "")
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < 12 or secret.lower().startswith(PLACEHOLDERS):
        yield "production_secret"
    if variables.get("YIPAN_DEBUG") == "1":
        yield "production_debug"
    if variables.get("YIPAN_DEMO", "1") != "0":
        yield "production_demo"
    if variables.get("YIPAN_HTTPS") != "1":
        yield "production_https"
    hosts = [host.strip() for host in variables.get("YIPAN_HOSTS", "").split(",")]
    if not any(hosts) or "*" in hosts:
        yield "production_hosts"
    if variables.get("YIPAN_SSO_URL", "https://").startswith("http://"):
        yield "production_sso"


def check_environment() -> None:
    """Raise InvalidInput("production_refused") with every obstacle, when this is meant for patients."""
    if is_asked():
        _refuse(list(obstacles(os.environ)))


def check_accounts() -> None:
    """The same for accounts that still have the password of the demo. Needs Django and a database."""
    if not is_asked():
        return
    from yipan.server.people import demo_logins_work

    _refuse(["production_demo_password"] if demo_logins_work() else [])


def _refuse(codes: list[str]) -> None:
    if codes:
        raise InvalidInput("production_refused", mistakes=[(code, {}) for code in codes])
