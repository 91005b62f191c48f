"""One search over everything that rooms registered."""

from typing import Any

import pytest
from django.test import RequestFactory

from yipan.ui import search
from yipan.ui.search import Hit


@pytest.fixture
def providers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(search, "_providers", found)
    return found


def test_hits_are_grouped_and_limited(providers: list[Any]) -> None:
    """Each group shows at most eight hits, in the order of the providers."""
    search.register(lambda request, text: [Hit("Beds", f"{text} {n}", "/") for n in range(20)])
    search.register(lambda request, text: [Hit("Patients", text, "/")])
    found = search.find(RequestFactory().get("/"), " 07 ")
    assert list(found) == ["Beds", "Patients"]
    assert len(found["Beds"]) == 8
    assert found["Patients"][0].label == "07"


def test_blank_text_asks_nobody(providers: list[Any]) -> None:
    """Nothing is looked up for an empty field."""
    search.register(lambda request, text: 1 / 0)  # type: ignore[arg-type, return-value]
    assert search.find(RequestFactory().get("/"), "  ") == {}
