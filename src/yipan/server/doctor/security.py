"""Settings that are right for trying Yipan and wrong for patients. Passwords are looked at in `tables`."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.conf import settings

from yipan.server import environment, variables
from yipan.server.doctor.finding import Finding, fault, warning

LOCAL = {"127.0.0.1", "localhost", "[::1]", "::1", "testserver"}
SHORTEST_KEY = 32


def is_served_to_others() -> bool:
    """Whether people on other machines can reach this installation, as far as its settings say."""
    host, _ = environment.web_address()
    return host not in LOCAL or bool(set(settings.ALLOWED_HOSTS) - LOCAL)


def debugging() -> Iterator[Finding]:
    """Errors that show their insides."""
    if settings.DEBUG:
        yield fault("doctor_debug")


def https() -> Iterator[Finding]:
    """Cookies that travel readable."""
    if is_served_to_others() and not settings.SESSION_COOKIE_SECURE:
        yield fault("doctor_no_https")


def any_host() -> Iterator[Finding]:
    """A server that answers under every name."""
    if "*" in settings.ALLOWED_HOSTS:
        yield fault("doctor_any_host")


def secret_key() -> Iterator[Finding]:
    """A key that can be guessed, or one that lives on this machine alone."""
    if len(settings.SECRET_KEY) < SHORTEST_KEY or settings.SECRET_KEY.startswith("only-for-trying"):
        yield fault("doctor_weak_secret")


def hl7_in_the_open() -> Iterator[Finding]:
    """Messages about patients that cross a network readable."""
    host, _ = environment.hl7_address()
    if host not in LOCAL and not os.environ.get("YIPAN_HL7_CERT"):
        yield warning("doctor_hl7_open", host=host)


def misspelt() -> Iterator[Finding]:
    """Variables that look like settings and are none: what they were to do is not done."""
    for code, params in variables.unknown(os.environ):
        yield warning(code, **params)


CHECKS = (debugging, https, any_host, secret_key, hl7_in_the_open, misspelt)
