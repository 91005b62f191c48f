"""Who sees which entry, and which one is current."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from yipan.base.access import Role
from yipan.ui import navigation
from yipan.ui.navigation import Area, Navigation, NavItem

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty navigation, given back afterwards."""
    monkeypatch.setattr(navigation, "_items", {})


def request_of(path: str, *verbs: str, user_id: int | None = 1, roles: frozenset[Role] = frozenset()) -> HttpRequest:
    request: Any = RequestFactory().get(path)
    request.actor = SimpleNamespace(user_id=user_id, roles=roles, paths=lambda verb: ("",) if verb in verbs else ())
    return request  # type: ignore[no-any-return]


def test_order_and_rights() -> None:
    """Entries stand in their order, without those whose verb the person may do nowhere."""
    navigation.register(NavItem("ui:theme", "B", "bed", order=2, verb="beds.read"))
    navigation.register(NavItem("ui:search", "A", "bed", order=1))
    navigation.register(NavItem("ui:language", "C", "bed", order=3, verb="other"))
    assert [link.item.label for link in navigation.links(request_of("/search", "beds.read")).every] == ["A", "B"]


def test_the_longest_path_is_current() -> None:
    """On a page below two entries only the nearer one is current; "/search" does not cover "/searching"."""
    navigation.register(NavItem("ui:search", "A", "bed"))
    assert [link.current for link in navigation.links(request_of("/search/advanced")).every] == [True]
    assert [link.current for link in navigation.links(request_of("/searching")).every] == [False]


def test_entries_of_rooms_not_installed_are_left_out() -> None:
    """A name without an address is no link."""
    navigation.register(NavItem("nowhere", "A", "bed"))
    assert navigation.links(request_of("/")) == Navigation()


def test_nobody_sees_nothing() -> None:
    """Without a login there is no navigation."""
    navigation.register(NavItem("ui:search", "A", "bed"))
    assert navigation.links(request_of("/", user_id=None)) == Navigation()
    assert navigation.links(None) == Navigation()


def test_daily_work_stands_first_and_the_rest_under_its_headings() -> None:
    """What a role does every day is in its bar, the rest in the menu, counted there; nothing stands twice."""
    nurse, reader = frozenset({Role.WARD_NURSE}), frozenset({Role.READER})
    navigation.register(NavItem("ui:search", "Beds", "bed", order=1, area=Area.INPATIENTS, daily=nurse))
    navigation.register(NavItem("ui:theme", "Reading", "bed", order=2, area=Area.DIAGNOSTICS, daily=reader))
    navigation.register(NavItem("ui:language", "Users", "bed", order=3, area=Area.MANAGEMENT, count=lambda _actor: 4))
    told = navigation.links(request_of("/search", roles=nurse))
    assert [link.item.label for link in told.daily] == ["Beds"]
    assert [[link.item.label for link in links] for _heading, links in told.rest] == [["Reading"], ["Users"]]
    assert told.count == 4


def test_who_has_no_daily_work_gets_the_first_entries() -> None:
    """A bar is never empty where there is anything to see."""
    navigation.register(NavItem("ui:search", "Beds", "bed", daily=frozenset({Role.READER})))
    assert [link.item.label for link in navigation.links(request_of("/")).daily] == ["Beds"]
