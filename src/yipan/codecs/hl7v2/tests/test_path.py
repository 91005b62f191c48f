"""Paths."""

from __future__ import annotations

import pytest

from yipan.codecs.hl7v2.path import Path


@pytest.mark.parametrize("text", ["PID-5", "PID-5.1", "NK1[2]-5[3].1.2", "ZA1-10", "PID-3[2]"])
def test_path_is_written_as_read(text: str) -> None:
    """A path prints as it was given."""
    assert str(Path.parse(text)) == text


@pytest.mark.parametrize("text", ["PID", "PID.5", "PID-", "PID-0", "PID-5.0", "pid-5", "PID-5.1.1.1", "PID[0]-1"])
def test_malformed_path(text: str) -> None:
    """Anything else is a mistake of the developer."""
    with pytest.raises(ValueError, match="HL7"):
        Path.parse(text)
