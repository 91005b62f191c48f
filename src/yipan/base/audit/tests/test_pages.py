"""The page of the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import RequestFactory
from django.utils import translation

from yipan.base import audit
from yipan.base.audit import pages
from yipan.base.audit.pages import asked
from yipan.kernel.errors import InvalidInput

TODAY = "2026-03-01"


@dataclass
class Reader:
    user_id: int | None = None
    name: str = "韩雪"
    kind: str = "person"
    grants: tuple[()] = ()

    def paths(self, verb: str) -> tuple[str, ...]:
        return ("",)

    def may(self, verb: str) -> bool:
        return True


def page(query: str = "") -> Any:
    request = RequestFactory().get(f"/audit?{query}")
    request.actor = Reader()  # type: ignore[attr-defined]
    return pages.trail(request)


@pytest.mark.django_db
def test_older_entries_by_a_link() -> None:
    """The page shows a hundred entries and leads to the older ones, which begin where it ended."""
    for number in range(pages.PER_PAGE + 1):
        audit.record(Reader(), "tea.make", "cup", f"cup-{number:03}")
    first = page().content.decode()
    assert "cup-100" in first
    assert "cup-000" not in first
    before = first.split("before=")[1].split('"')[0]
    older = page(f"before={before}").content.decode()
    assert "cup-000" in older
    assert "cup-001" not in older


@pytest.mark.django_db
def test_a_user_is_named() -> None:
    """An entry about a user shows the name, not the number; one about a user who never was shows what was typed."""
    user = User.objects.create_user("zhou", last_name="周敏")
    audit.record(Reader(), "login", "user", user.pk)
    audit.record(Reader(), "login.failed", "user", "nobody")
    audit.record(Reader(), "login.failed", "user", "9" * 40)
    shown = page().content.decode()
    assert "周敏" in shown
    assert "nobody" in shown


@pytest.mark.django_db
def test_unreadable_filters_are_told() -> None:
    """A date or a patient that cannot be read gives a sentence, not an error page."""
    for query in ("since=soon", "patient=li"):
        assert page(query).status_code == 422


def test_until_includes_its_day() -> None:
    """ "Up to and including" a day ends with the next midnight, in the installation's zone."""
    wanted = asked(RequestFactory().get("/audit", {"since": TODAY, "until": TODAY}))
    assert wanted.since is not None
    assert wanted.until is not None
    assert (wanted.until - wanted.since).days == 1
    with pytest.raises(InvalidInput, match="date_unreadable"):
        asked(RequestFactory().get("/audit", {"since": "1.3.2026"}))


@pytest.mark.django_db
def test_who_was_there_with_sql_is_marked(settings: Any, tmp_path: Any) -> None:
    """An entry that the database wrote is marked as such, and the page says that nothing is sealed yet."""
    settings.YIPAN_AUDIT_DIRECTORY = tmp_path
    audit.record(Reader(name="postgres", kind="database"), "row.update", "spine_booking", "b-1")
    with translation.override("en"):
        html = page().content.decode()
    assert "Row changed outside Yipan" in html
    assert "Database user" in html
    assert "Not sealed yet" in html
