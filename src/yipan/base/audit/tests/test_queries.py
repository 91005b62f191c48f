"""Reading the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from yipan.base import audit
from yipan.base.audit.queries import Filter, entries
from yipan.kernel import clock
from yipan.kernel.errors import Refused

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@dataclass
class Someone:
    user_id: int | None = 7
    name: str = "周敏"
    kind: str = "person"
    held: tuple[str, ...] = ("0001.",)

    def paths(self, verb: str) -> tuple[str, ...]:
        return self.held if verb == "audit.view" else ()


@pytest.fixture(autouse=True)
def _trail() -> None:
    """Four entries, an hour apart: of the own hospital, of another, of none, and by somebody else."""
    with clock.using(clock.FrozenClock(START)) as frozen:
        for action, path, who in (
            ("a", "0001.", "周敏"),
            ("b", "0002.", "周敏"),
            ("c", "", "周敏"),
            ("a", "0001.", "王海"),
        ):
            audit.record(Someone(name=who), action, "thing", 1, path=path, patient_id=UUID(int=ord(action)))
            frozen.advance(timedelta(hours=1))  # type: ignore[attr-defined]


def actions(wanted: Filter, **more: int) -> list[str]:
    return [f"{entry.action}{entry.actor_name[0]}" for entry in entries(Someone(), wanted, **more)]


def test_newest_first_without_other_hospitals() -> None:
    """Shown are entries of the own organisations and of none; others are not."""
    assert actions(Filter()) == ["a王", "c周", "a周"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(actor_name="王"), ["a王"]),
        (Filter(action="c"), ["c周"]),
        (Filter(patient_id=UUID(int=ord("a"))), ["a王", "a周"]),
        (Filter(since=START + timedelta(hours=1)), ["a王", "c周"]),
        (Filter(until=START + timedelta(hours=3)), ["c周", "a周"]),
    ],
)
def test_filters(wanted: Filter, found: list[str]) -> None:
    """Each filter restricts, the end of a period is not included."""
    assert actions(wanted) == found


def test_walking_back() -> None:
    """Older pages begin exactly where the newer one ended."""
    first = entries(Someone(), Filter(), limit=2)
    rest = entries(Someone(), Filter(), before=first[-1].id, limit=2)
    assert [e.action for e in first + rest] == ["a", "c", "a"]


def test_nobody_else_reads_it() -> None:
    """Without the verb the trail is closed, and the own entries too."""
    with pytest.raises(Refused):
        entries(Someone(held=()), Filter())
