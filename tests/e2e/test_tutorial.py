"""The tutorials keep step with the product: what they tell people to press, type and look at exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yipan.server.demo.accounts import ACCOUNTS, PASSWORD

ROOT = Path(__file__).resolve().parents[2]
TUTORIALS = ROOT / "docs/tutorial"
CATALOGUE = ROOT / "src/yipan/ui/locale/zh_Hans/LC_MESSAGES/django.po"
TEXT = "\n".join(path.read_text("utf-8") for path in sorted(TUTORIALS.glob("*.md")))
PRESSED = {" ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", TEXT, re.DOTALL)}
CODE = set(re.findall(r"`([^`\n]+)`", TEXT))
KEYS = {"1", "I63.9"}
"""Keys to press and codes to type."""
SWITCH = "EN"
"""The other language's own name for itself; it is never translated."""


def texts() -> set[str]:
    """Every English text of the product's catalogue."""
    return set(re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("words", sorted(PRESSED - {SWITCH}))
def test_what_stands_in_bold_is_a_text_of_the_pages(words: str) -> None:
    """Buttons, pages and headings are called what the pages call them."""
    assert words in texts()


def test_logins_and_keys_are_those_of_the_demo() -> None:
    """Code within a sentence names demo accounts, their password, or a key; each account named exists."""
    assert CODE - KEYS - {PASSWORD} <= {account.username for account in ACCOUNTS}
    assert PASSWORD in CODE


def test_commands_are_targets_of_make() -> None:
    """Each line of a code block is a make target."""
    commands = [line for block in re.findall(r"```\n(.+?)```", TEXT, re.DOTALL) for line in block.splitlines()]
    makefile = (ROOT / "Makefile").read_text()
    assert commands
    for command in commands:
        assert re.search(rf"^{command.removeprefix('make ')}:", makefile, re.MULTILINE), command


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", TEXT))))
def test_links_and_pictures_lead_somewhere(link: str) -> None:
    """Relative links and pictures exist, and no picture is heavy."""
    path = (TUTORIALS / link).resolve()
    assert path.is_file()
    assert path.suffix != ".png" or path.stat().st_size < 250_000
