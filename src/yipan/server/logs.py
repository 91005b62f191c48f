"""What the processes write to the terminal: text for people or JSON for collectors, never a patient's data or a secret.

Two things would carry data into a log: addresses (`/patients/<who>?q=<name>`) and the texts of exceptions (a database
names the values that it refuses). Addresses become names of routes, exceptions their type and place.
"""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from yipan.kernel import trace
from yipan.kernel.errors import YipanError

LOST = ("OperationalError", "InterfaceError", "AdminShutdown", "ConnectorException", "PoolTimeout")
"""Names of the errors that mean: the database went away for a moment."""
TEXT, JSON = "text", "json"


def is_lost_database(error: BaseException | None) -> bool:
    """Whether this error, or what caused it, is a database that does not answer."""
    while error is not None:
        if type(error).__name__ in LOST:
            return True
        error = error.__cause__ or error.__context__
    return False


class Calm(logging.Filter):
    """Tells of a lost database in one line: a hundred tracebacks would hide what matters."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and is_lost_database(record.exc_info[1]):
            first = str(record.exc_info[1]).strip().split("\n")[0]
            record.msg, record.args = f"{record.getMessage().strip()} ({first})", ()
            record.exc_info = record.exc_text = None
        return True


class Discreet(logging.Filter):
    """Names the request that a record belongs to, and puts the route in place of the address that Django logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.trace = getattr(record, "trace", "") or trace.current()
        request = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = "unknown" if match is None else match.view_name or match.route
            record.args = tuple(route if value == getattr(request, "path", None) else value for value in record.args)
        return True


def told(error: BaseException | None) -> str:
    """A traceback in which each error shows its type, its code and where it happened, but not its text."""
    parts: list[str] = []
    while error is not None:
        place = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{place}{type(error).__name__}{_code(error)}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\ncaused\n\n".join(reversed(parts))


def _code(error: BaseException) -> str:
    if isinstance(error, YipanError):
        return f": {error.code}"
    state, diagnosis = getattr(error, "sqlstate", None), getattr(error, "diag", None)
    if state:
        return f": {state} {getattr(diagnosis, 'constraint_name', None) or ''}".rstrip()
    return ""


class Line(logging.Formatter):
    """One line for people: time, level, logger, message, and the request's name in brackets."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        return told(ei[1])

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        name = getattr(record, "trace", "")
        return super().formatMessage(record) + (f" [{name}]" if name else "")


class Json(JsonFormatter):
    """One JSON object a line: time (UTC), level, logger, message, trace, and what the record carries beside them."""

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data.pop("request", None)
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["process"] = record.process

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return told(ei[1])


def configuration(level: str, form: str = TEXT, *, developing: bool = False) -> dict[str, Any]:
    """Django's LOGGING: everything from `level` on goes to the terminal in the given form.

    While `developing`, exceptions keep their texts.
    """
    line = "logging.Formatter" if developing else "yipan.server.logs.Line"
    fields = "{levelname} {name} {message} {trace}"
    rename = {"levelname": "level", "name": "logger"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"calm": {"()": "yipan.server.logs.Calm"}, "discreet": {"()": "yipan.server.logs.Discreet"}},
        "formatters": {
            TEXT: {"()": line, "fmt": "{asctime} {levelname} {name}: {message}", "style": "{"},
            JSON: {"()": "yipan.server.logs.Json", "fmt": fields, "style": "{", "rename_fields": rename},
        },
        "handlers": {
            "terminal": {
                "class": "logging.StreamHandler",
                "formatter": JSON if form == JSON else TEXT,
                "filters": ["calm", "discreet"],
            }
        },
        "root": {"handlers": ["terminal"], "level": level},
        "loggers": {
            "django": {"level": level},
            "psycopg.pool": {"level": "ERROR"},  # it tries again by itself, and says so each time
            "procrastinate.utils": {"level": "CRITICAL"},  # repeats what its worker says
        },
    }
