"""What the processes write to the terminal."""

from __future__ import annotations

import logging
import re
from typing import Any

LOST = ("OperationalError", "InterfaceError", "AdminShutdown", "ConnectorException", "PoolTimeout")
"""Names of the errors that mean: the database went away for a moment."""


def is_lost_database(error: BaseException | None) -> bool:
    """Whether this error, or what caused it, is a database that does not answer."""
    while error is not None:
        if type(error).__name__ in LOST:
            return True
        error = error.__cause__ or error.__context__
    return False


QUOTED = re.compile(r"^(DETAIL|CONTEXT): .*?(?=^\s*$|^Traceback|\Z)", re.DOTALL | re.MULTILINE)
"""What PostgreSQL adds to a refusal: it quotes the row, and with it a person."""


class Line(logging.Formatter):
    """One line, and a traceback without the rows that the database quotes."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        return QUOTED.sub("", super().formatException(ei)).strip()


class Calm(logging.Filter):
    """Tells of a lost database in one line: a hundred tracebacks would hide what matters."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and is_lost_database(record.exc_info[1]):
            first = str(record.exc_info[1]).strip().split("\n")[0]
            record.msg, record.args = f"{record.getMessage().strip()} ({first})", ()
            record.exc_info = record.exc_text = None
        return True


def configuration(level: str) -> dict[str, Any]:
    """Django's LOGGING: one line on the terminal for everything from `level` on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"calm": {"()": "yipan.server.logs.Calm"}},
        "formatters": {
            "line": {"()": "yipan.server.logs.Line", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}
        },
        "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["calm"]}},
        "root": {"handlers": ["terminal"], "level": level},
        "loggers": {
            "django": {"level": level},
            "psycopg.pool": {"level": "ERROR"},  # it tries again by itself, and says so each time
            "procrastinate.utils": {"level": "CRITICAL"},  # repeats what its worker says
        },
    }
