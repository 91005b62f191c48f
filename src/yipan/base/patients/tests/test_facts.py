"""From what was given to what is stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yipan.base.patients.actions.facts import clean_identifier
from yipan.base.patients.matching import IdentifierValue
from yipan.kernel.errors import InvalidInput


@given(st.text("aB9 -　ａ", min_size=1, max_size=12))
def test_identifiers_are_kept_one_way(value: str) -> None:
    """Blanks, case and width do not make two numbers of one, and cleaning twice is cleaning once."""
    if not "".join(value.split()):
        with pytest.raises(InvalidInput, match="identifier_missing"):
            clean_identifier("H1", value)
        return
    clean = clean_identifier(" H1 ", value, "mr")
    assert clean == clean_identifier(*clean)
    assert clean == IdentifierValue("H1", clean.value, "MR")
    assert not clean.value.count(" ")
