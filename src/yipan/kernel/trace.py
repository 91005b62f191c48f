"""Which request, message or job the present work belongs to: one short name that every log line of it carries.

A request gets its name from the proxy in front or a new one; the jobs and effects it asks for carry the name on.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LONGEST = 64
_NAME = re.compile(rf"[A-Za-z0-9._:-]{{6,{LONGEST}}}")
_current: ContextVar[str] = ContextVar("yipan_trace", default="")


def current() -> str:
    """The name of the present work, or an empty string outside of any."""
    return _current.get()


def accepted(told: str) -> str:
    """`told` when it can be a name, else a new one: 16 hexadecimal digits."""
    return told if _NAME.fullmatch(told) else secrets.token_hex(8)


@contextmanager
def using(name: str) -> Iterator[str]:
    """Let everything inside the block, in this thread or task, belong to `name`."""
    token = _current.set(name[:LONGEST])
    try:
        yield name
    finally:
        _current.reset(token)
