"""Readable names of actions."""

from __future__ import annotations

import pytest

from yipan.base.audit import labels


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "_labels", {})
    monkeypatch.setattr(labels, "_things", {})


def test_declared_and_undeclared() -> None:
    """A declared action shows its words, any other its code."""
    labels.declare({"tea.make": "Made tea"})
    assert labels.label("tea.make") == "Made tea"
    assert labels.label("tea.spill") == "tea.spill"
    assert labels.choices() == [("tea.make", "Made tea")]


def test_two_words_for_one_action() -> None:
    """The same again is harmless, other words for the same action are a mistake."""
    labels.declare({"tea.make": "Made tea"})
    labels.declare({"tea.make": "Made tea"})
    with pytest.raises(ValueError, match=r"tea\.make"):
        labels.declare({"tea.make": "Cooked tea"})


def test_things_have_words_of_their_own() -> None:
    """What an entry concerns shows its declared word, or its code; one word for one thing."""
    labels.declare({}, {"cup": "Cup"})
    assert (labels.thing("cup"), labels.thing("pot")) == ("Cup", "pot")
    with pytest.raises(ValueError, match="cup"):
        labels.declare({}, {"cup": "Mug"})
