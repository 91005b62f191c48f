"""A lost database is one line in the log; everything else keeps its traceback."""

from __future__ import annotations

import logging
import sys

import psycopg
import pytest
from django.db import OperationalError

from yipan.server.logs import Calm, is_lost_database


def record(error: Exception) -> logging.LogRecord:
    try:
        raise error
    except Exception:
        return logging.LogRecord("test", logging.ERROR, __file__, 1, "page %s", ("/beds",), sys.exc_info())


def test_a_lost_database_is_one_line() -> None:
    """The traceback goes, the first line of the reason stays."""
    told = record(OperationalError("server closed the connection\n\tThis probably means …"))
    assert Calm().filter(told)
    assert logging.Formatter().format(told) == "page /beds (server closed the connection)"


def test_a_mistake_keeps_its_traceback() -> None:
    """An error of ours is not made smaller."""
    told = record(KeyError("bed"))
    assert Calm().filter(told)
    assert "Traceback" in logging.Formatter().format(told)


@pytest.mark.parametrize(
    ("error", "lost"),
    [(psycopg.errors.AdminShutdown("x"), True), (psycopg.errors.UndefinedTable("x"), False), (ValueError("x"), False)],
)
def test_which_errors_mean_a_lost_database(error: Exception, lost: bool) -> None:
    """A connection that ended is one, a wrong statement is not, also behind another error."""
    assert is_lost_database(error) is lost
    outer = RuntimeError("outside")
    outer.__cause__ = error
    assert is_lost_database(outer) is lost
