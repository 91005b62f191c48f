"""Events in words."""

from __future__ import annotations

import pytest
from django.utils import translation

from yipan.kernel import clock
from yipan.kernel.clock import FrozenClock
from yipan.lines.beds.line import LINE
from yipan.lines.beds.queries import history
from yipan.spine.models import Event
from yipan.spine.testing import NOON, small_network


def event(kind: str, **data: object) -> Event:
    return Event(kind=kind, line="beds", at=NOON, recorded_at=NOON, actor_name="Zhou Min", data=data)


def test_every_kind_that_the_line_writes_has_words() -> None:
    """No event of the bed pool shows as a bare code."""
    assert set(LINE.events) <= set(history.EVENT_WORDS)


def test_a_correction_names_the_old_and_the_new_value() -> None:
    """Values of the database become words of the form, in the reader's language."""
    told = event("request.revised", severity=["general", "critical"], oxygen=["False", "True"])
    with translation.override("en"):
        assert history.say(told)["text"] == "Clinical facts changed: Severity General → Critical; oxygen no → yes"
    with translation.override("zh-hans"):
        assert "一般 → 病危" in history.say(told)["text"]


def test_a_value_that_no_longer_exists_is_shown_as_it_is() -> None:
    """An old journal stays readable when a list of values has changed."""
    with translation.override("en"):
        assert "odd → Critical" not in history.say(event("request.revised", severity=["odd", "critical"]))["text"]
        assert "odd → critical" in history.say(event("request.revised", severity=["odd", "critical"]))["text"]


def test_reasons_and_times_follow_the_sentence() -> None:
    """What a person wrote, and the instant that was announced, stand behind the kind."""
    with translation.override("en"), clock.using(FrozenClock(NOON)):
        assert history.say(event("booking.released", reason="wrong bed"))["text"] == "Reservation given back: wrong bed"
        announced = history.say(event("booking.end_announced", end=NOON.isoformat()))["text"]
        assert announced == "Expected discharge announced: Today 12:00"


def test_the_system_speaks_in_words() -> None:
    """What happened by itself is not signed with an internal name."""
    row = event("booking.expired")
    row.actor_name = "system"
    with translation.override("en"):
        assert history.say(row)["who"] == "by itself"


@pytest.mark.django_db
def test_a_timeline_names_the_beds_newest_first() -> None:
    """Several events share one look-up of their beds."""
    network = small_network()
    bed = network.beds["neurology"][0]
    first, second = event("booking.held"), event("request.created")
    first.capacity_id = bed.id
    second.at = clock.now()
    with translation.override("en"):
        lines = history.timeline([first, second])
    assert [line["text"] for line in lines] == ["Bed asked for", f"Bed held: {bed.room.ward.name}, bed {bed.label}"]
