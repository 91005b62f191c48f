"""Errors that a person is meant to read.

A `code` names the sentence, `params` fill it. Lower rooms know no language: `yipan.ui.messages` turns a code into
Chinese or English. `str(error)` is for logs only.
"""

from __future__ import annotations

from typing import Any

QUOTING = frozenset({"value", "digits", "given", "card", "text", "name"})
"""Parameters that may quote what somebody typed or a message said about a person; logs leave them out."""


class YipanError(Exception):
    """Base of every error with a sentence for the user. `code` is stable, `params` are plain values."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)

    def __str__(self) -> str:
        if not self.params:
            return self.code
        return f"{self.code}: " + ", ".join(f"{k}={'…' if k in QUOTING else repr(v)}" for k, v in self.params.items())


def in_short(error: BaseException) -> str:
    """Kind and first line of an error: PostgreSQL quotes the whole row in the lines that follow."""
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"


class InvalidInput(YipanError):
    """What was given is not usable as it is; the sentence says where and what to do."""


class NotFound(YipanError):
    """The object does not exist, or the person may not know that it does."""


class Refused(YipanError):
    """The person may not do this, by role or by organisation."""


class Conflict(YipanError):
    """Somebody was quicker, or the state no longer allows the step; nothing was changed."""


class Unavailable(YipanError):
    """A part that is needed does not answer (database, port, directory)."""


class TooOften(YipanError):
    """Tried too often; `seconds` says after how long it may be tried again."""
