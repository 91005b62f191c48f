"""Codes become sentences, in both languages, whatever the parameters are."""

import ast
import re
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from yipan.kernel import errors
from yipan.ui import messages
from yipan.ui.system_words import WORDS

PACKAGE = Path(__file__).resolve().parents[2]
CLASSES = {name for name, cls in vars(errors).items() if isinstance(cls, type) and issubclass(cls, errors.YipanError)}


def raised_codes() -> dict[str, str]:
    """Every constant code given to an error class in the sources, with a place where it stands."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in CLASSES and isinstance(node.args[0].value, str):
                found[node.args[0].value] = f"{path.relative_to(PACKAGE)}:{node.lineno}"
    return found


def test_every_code_that_is_raised_has_a_sentence() -> None:
    """Nobody ever reads "This did not work (bed_unknown)": each code in the sources has words."""
    missing = {code: place for code, place in raised_codes().items() if code not in messages.codes()}
    assert not missing, missing


@pytest.mark.usefixtures("chinese")
def test_parameters_are_made_readable() -> None:
    """Instants are shown in local time, lists joined, missing ones dashed."""
    at = datetime(2026, 11, 23, 3, 20, tzinfo=UTC)
    assert "今天 11:20" in messages.sentence("interval_empty", {"start": at, "end": ["a", "b"]})
    assert "–" in messages.sentence("interval_empty", {"start": at})
    assert "a、b" in messages.sentence("interval_empty", {"end": ["a", "b"]})


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("said", list(WORDS))
def test_what_the_system_says_is_translated(said: str) -> None:
    """No English of the operating system is left in a Chinese sentence."""
    told = messages.sentence("mllp_broken", {"host": "10.0.0.1", "port": 6661, "reason": said})
    assert not re.search("[A-Za-z]", told), told


@pytest.mark.usefixtures("english")
def test_what_the_system_says_is_known_by_its_words() -> None:
    """A connection that is refused says so in the words that are translated."""
    with pytest.raises(ConnectionRefusedError) as refused:
        socket.create_connection(("127.0.0.1", 1), 5)
    assert refused.value.strerror in WORDS


@pytest.mark.usefixtures("english")
def test_an_unknown_code_can_be_quoted() -> None:
    """A code without words still appears in the sentence."""
    assert "no_such_code" in messages.sentence("no_such_code")


def test_one_code_has_one_sentence() -> None:
    """A second room that gives a code other words is told at start."""
    with pytest.raises(ValueError, match="interval_empty"):
        messages.register({"interval_empty": "something else"})
