"""Escapes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.codecs.hl7v2 import NULL, Separators

FIVE = Separators.of("|", "^~\\&#")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("\\F\\\\S\\\\R\\\\E\\\\T\\\\P\\", "|^~\\&#"),
        ("a\\.br\\b", "a\nb"),
        ("\\X4869\\!", "Hi!"),
        ("\\XE69D8E\\", "李"),
        ("\\X4\\", "\\X4\\"),
        ("\\XFF\\", "\\XFF\\"),
        ("\\H\\bold\\N\\", "\\H\\bold\\N\\"),
        ("\\.sp2\\", "\\.sp2\\"),
        ("5\\6 \\T\\ 7", "5\\6 & 7"),
        ("end\\", "end\\"),
        ("\\\\", "\\\\"),
    ],
)
def test_escapes(written: str, value: str) -> None:
    """Escapes of the standard are read, unknown or broken ones are kept as written."""
    assert FIVE.unescape(written) == value


def test_hexadecimal_is_read_in_the_character_set() -> None:
    """The bytes of an X escape belong to the character set of the message."""
    assert FIVE.unescape("\\XC0EE\\", "gb18030") == "李"


def test_without_truncation_character_its_escape_is_unknown() -> None:
    """A message with four encoding characters does not know the escape of the fifth."""
    assert Separators().unescape("\\P\\") == "\\P\\"


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("|^~\\&#FSRETP.brX0D\n\r"))))
def test_write_is_undone_by_unescape(value: str) -> None:
    """Any text comes back after writing; it never contains a separator while it is written."""
    written = FIVE.write(value)
    assert FIVE.unescape(written) == value.replace("\r\n", "\n")
    assert not set(written) & set("|^~&#\r\n")
    assert written != NULL


def test_other_escape_character() -> None:
    """A message with its own escape character escapes with that one."""
    odd = Separators.of("!", "$%*+")
    assert odd.write("a!b*") == "a*F*b*E*"
    assert odd.unescape("a*F*b*E*") == "a!b*"
