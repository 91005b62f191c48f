"""Errors that a person is meant to read.

A `code` names the sentence, `params` fill it. Lower rooms know no language: `yipan.ui.messages` turns a code into
Chinese or English. `str(error)` is for logs only.
"""

from __future__ import annotations

from typing import Any


class YipanError(Exception):
    """Base of every error with a sentence for the user. `code` is stable, `params` are plain values."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)

    def __str__(self) -> str:
        if not self.params:
            return self.code
        return f"{self.code}: " + ", ".join(f"{k}={v!r}" for k, v in self.params.items())


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
