"""What each environment variable may be; what they mean: docs/reference/settings.md.

A variable that is misspelt, or `true` where `1` is meant, would otherwise be passed over: an installation would run
without HTTPS or second factors and nobody would know. So all of them are looked at before anything starts, and every
mistake is told at once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from yipan.kernel.errors import InvalidInput, YipanError
from yipan.server.client import networks

Look = Callable[[str, str], None]
"""(variable, value that is not empty) -> nothing; raises a YipanError with the sentence of what it should be."""

PREFIX = "YIPAN_"
TITLE_LENGTH = 16
FILE_AND_KEY = ("HL7", "DICOM")
"""Services whose certificate, key and authority are variables of their own."""


def wrong(code: str, variable: str, value: str, **params: object) -> InvalidInput:
    """The error of a variable's value; long values are cut, nobody reads them to their end."""
    return InvalidInput(code, variable=variable, value=value[:80], **params)


def text(variable: str, value: str) -> None:
    """Anything: names, directories, and secrets, whose value stands in no message."""


def flag(variable: str, value: str) -> None:
    """0 or 1."""
    if value not in ("0", "1"):
        raise wrong("setting_flag", variable, value)


def port(variable: str, value: str) -> None:
    """A TCP port."""
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise wrong("port_invalid", variable, value)


def whole(low: int, high: int) -> Look:
    """A whole number from low to high."""

    def look(variable: str, value: str) -> None:
        if not value.isdecimal() or not low <= int(value) <= high:
            raise wrong("setting_number", variable, value, low=low, high=high)

    return look


def one_of(*options: str) -> Look:
    """One of these words, in capitals or not."""

    def look(variable: str, value: str) -> None:
        if value.lower() not in map(str.lower, options):
            raise wrong("setting_option", variable, value, options=", ".join(options))

    return look


def some_of(known: Callable[[], tuple[str, ...]]) -> Look:
    """Words with commas, each one of those known."""

    def look(variable: str, value: str) -> None:
        for word in filter(None, map(str.strip, value.split(","))):
            one_of(*known())(variable, word)

    return look


def url(variable: str, value: str) -> None:
    """An address that begins with http:// or https:// and has a host."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise wrong("setting_url", variable, value)


def origins(variable: str, value: str) -> None:
    """Origins with commas: scheme and host, nothing behind it (Django's CSRF_TRUSTED_ORIGINS)."""
    for origin in filter(None, value.split(",")):
        url(variable, origin)
        if urlsplit(origin).path:
            raise wrong("setting_origin", variable, origin)


def hosts(variable: str, value: str) -> None:
    """Host names with commas, without spaces and at least one."""
    names = value.split(",")
    if not any(names) or any(" " in name or "/" in name for name in names):
        raise wrong("setting_hosts", variable, value)


def zone(variable: str, value: str) -> None:
    """A time zone of the IANA database."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong("setting_zone", variable, value) from None


def country(variable: str, value: str) -> None:
    """Looks like a code of ISO 3166; the worker sees whether its holidays are known (`environment.country`)."""
    if not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", value):
        raise wrong("setting_country", variable, value)


def database(variable: str, value: str) -> None:
    """An address as libpq reads it."""
    from yipan.server.database import parts_of

    parts_of(value, variable)


def file(variable: str, value: str) -> None:
    """A file that can be read."""
    if not os.access(value, os.R_OK) or Path(value).is_dir():
        raise wrong("setting_file", variable, value)


def title(variable: str, value: str) -> None:
    """An AE title (PS3.5, 6.2)."""
    if not value.isascii() or not value.isprintable() or "\\" in value or not 0 < len(value.strip()) <= TITLE_LENGTH:
        raise InvalidInput("dicom_title_invalid", variable=variable)


def proxies(variable: str, value: str) -> None:
    """Addresses or networks with commas."""
    networks(value, variable)


def _roles() -> tuple[str, ...]:
    from yipan.base.access.roles import GRANTABLE

    return tuple(role.value for role in GRANTABLE)


MINUTES, HOURS = whole(1, 525_600), whole(1, 8_760)

VARIABLES: dict[str, Look] = {
    **{f"YIPAN_{name}": text for name in ("STATE", "HOST", "HL7_HOST", "DICOM_HOST", "SECRET_KEY", "KEYS")},
    **{f"YIPAN_{name}": text for name in ("KEYS_COMMAND", "AUDIT_KEYS", "METRICS_TOKEN", "PASSWORD", "DATABASE_USER")},
    **{f"YIPAN_{name}": text for name in ("ARCHIVE_USER", "ARCHIVE_PASSWORD", "ARCHIVE_TOKEN", "WAL_ARCHIVE")},
    **{f"YIPAN_{name}": text for name in ("BACKUPS", "BACKUP_KEY", "BACKUP_PASSPHRASE")},
    **{f"YIPAN_SSO_{name}": text for name in ("CLIENT", "SECRET", "NAME", "CLAIM")},
    **{f"YIPAN_{name}": flag for name in ("DEMO", "PRODUCTION", "HTTPS", "DEBUG", "SSO_SIGNUP")},
    **{f"YIPAN_{name}": port for name in ("PORT", "HL7_PORT", "DICOM_PORT")},
    **{f"YIPAN_{name}": url for name in ("ARCHIVE_URL", "SSO_URL")},
    **{f"YIPAN_{name}": database for name in ("DATABASE_URL", "DATABASE_DIRECT_URL", "BACKUP_URL")},
    **{f"YIPAN_{of}_{name}": file for of in FILE_AND_KEY for name in ("CERT", "KEY", "CA")},
    "YIPAN_ARCHIVE_CA": file,
    "YIPAN_DICOM_AE_TITLE": title,
    "YIPAN_DICOM_CHARSET": one_of("utf-8", "gb18030"),
    "YIPAN_WEB_WORKERS": whole(1, 256),
    "YIPAN_HL7_APPLIERS": whole(1, 64),
    "YIPAN_DATABASE_CONNECTIONS": whole(2, 1_000),
    "YIPAN_DRAIN_SECONDS": whole(0, 3_600),
    "YIPAN_TIME_ZONE": zone,
    "YIPAN_COUNTRY": country,
    "YIPAN_LOG_LEVEL": one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
    "YIPAN_LOG_FORMAT": one_of("text", "json"),
    "YIPAN_CIPHER": one_of("AES-256-GCM", "SM4-GCM"),
    "YIPAN_HOSTS": hosts,
    "YIPAN_ORIGINS": origins,
    "YIPAN_PROXIES": proxies,
    "YIPAN_SECOND_FACTOR": some_of(_roles),
    "YIPAN_IDLE_MINUTES": MINUTES,
    "YIPAN_IDLE_MINUTES_OWN": MINUTES,
    "YIPAN_EMERGENCY_MINUTES": MINUTES,
    "YIPAN_SESSION_HOURS": HOURS,
}
OWN = (
    *("YIPAN_LIFELINE", "YIPAN_TEST_DATABASE_URL", "YIPAN_DATA", "YIPAN_CHROMIUM"),
    *("YIPAN_FUZZ", "YIPAN_CRASH_BOOKINGS", "YIPAN_CRASH_MESSAGES"),
)
"""What Yipan's processes, tests and benchmarks tell each other."""


def check(variables: Mapping[str, str]) -> None:
    """Raise the only mistake, or InvalidInput("settings_wrong") with all of them, each as (code, params)."""
    found = list(mistakes(variables))
    if len(found) == 1:
        raise found[0]
    if found:
        raise InvalidInput("settings_wrong", mistakes=[(error.code, error.params) for error in found])


def mistakes(variables: Mapping[str, str]) -> Iterator[YipanError]:
    """What cannot be meant. An empty variable is one that is not set, or says nobody (YIPAN_SECOND_FACTOR)."""
    for variable, look in VARIABLES.items():
        try:
            if value := variables.get(variable):
                look(variable, value)
        except YipanError as error:
            yield error
    for of in FILE_AND_KEY:
        cert, key, authority = (f"YIPAN_{of}_{name}" for name in ("CERT", "KEY", "CA"))
        for variable, needs in ((cert, key), (key, cert), (authority, cert)):
            if variables.get(variable) and not variables.get(needs):
                yield InvalidInput("setting_alone", variable=variable, other=needs)


def unknown(variables: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Code and params of what to say of each variable that looks like ours and is none."""
    for variable in sorted(variables):
        if variable.startswith(PREFIX) and variable not in VARIABLES and variable not in OWN:
            near = get_close_matches(variable, VARIABLES, n=1)
            if near:
                yield "setting_unknown_near", {"variable": variable, "near": near[0]}
            else:
                yield "setting_unknown", {"variable": variable}
