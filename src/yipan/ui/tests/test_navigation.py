"""Who sees which entry, and which one is current."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from yipan.ui import navigation
from yipan.ui.navigation import NavItem

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty navigation, given back afterwards."""
    monkeypatch.setattr(navigation, "_items", {})


def request_of(path: str, *verbs: str, user_id: int | None = 1) -> HttpRequest:
    request: Any = RequestFactory().get(path)
    request.actor = SimpleNamespace(user_id=user_id, paths=lambda verb: ("",) if verb in verbs else ())
    return request  # type: ignore[no-any-return]


def test_order_and_rights() -> None:
    """Entries stand in their order, without those whose verb the person may do nowhere."""
    navigation.register(NavItem("ui:theme", "B", "bed", order=2, verb="beds.read"))
    navigation.register(NavItem("ui:search", "A", "bed", order=1))
    navigation.register(NavItem("ui:language", "C", "bed", order=3, verb="other"))
    assert [link.item.label for link in navigation.links(request_of("/search", "beds.read"))] == ["A", "B"]


def test_the_longest_path_is_current() -> None:
    """On a page below two entries only the nearer one is current; "/search" does not cover "/searching"."""
    navigation.register(NavItem("ui:search", "A", "bed"))
    assert [link.current for link in navigation.links(request_of("/search/advanced"))] == [True]
    assert [link.current for link in navigation.links(request_of("/searching"))] == [False]


def test_entries_of_rooms_not_installed_are_left_out() -> None:
    """A name without an address is no link."""
    navigation.register(NavItem("nowhere", "A", "bed"))
    assert navigation.links(request_of("/")) == []


def test_nobody_sees_nothing() -> None:
    """Without a login there is no navigation."""
    navigation.register(NavItem("ui:search", "A", "bed"))
    assert navigation.links(request_of("/", user_id=None)) == []
    assert navigation.links(None) == []
