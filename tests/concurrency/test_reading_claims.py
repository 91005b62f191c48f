"""One reader at a time, shown both ways: with the constraint one wins, without it several hold the same examination."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from tests.concurrency.test_races import together
from yipan.kernel.errors import Conflict
from yipan.lines.exams import actions
from yipan.lines.exams.actions import reading
from yipan.lines.exams.models import Reading, ReadingClaim
from yipan.lines.exams.tests.readers import Room, room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres15]

READERS, EXAMINATIONS = 16, 6


def claims(here: Room) -> list[Callable[[], object]]:
    """Every reader claims every examination, all at once."""
    readers = [here.reader() for _ in range(READERS)]
    rows = [here.reading(priority="emergency") for _ in range(EXAMINATIONS)]
    return [lambda a=a, r=r: actions.claim(actor=a, order_id=r.pk) for r in rows for a in readers]


def test_one_reader_wins() -> None:
    """Of 16 readers who claim the same six examinations at once each gets one reader; the others are told who."""
    results = together(claims(room()))
    assert sum(isinstance(r, ReadingClaim) for r in results) == EXAMINATIONS
    assert results.count("reading_taken") == (READERS - 1) * EXAMINATIONS
    assert ReadingClaim.objects.count() == EXAMINATIONS


def test_without_the_guard_several_hold_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the primary key and the lock the same claims succeed more than once."""

    def look_only(row: Reading) -> None:
        if not Reading.objects.filter(pk=row.pk, done_at=None).exists():
            raise Conflict("reading_done")

    work = claims(room())
    monkeypatch.setattr(reading, "_open", look_only)
    monkeypatch.setattr(reading, "_claim_of", lambda row: None)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE exams_readingclaim DROP CONSTRAINT exams_readingclaim_pkey")
    try:
        together(work)
        assert ReadingClaim.objects.count() > EXAMINATIONS
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM exams_readingclaim")
            cursor.execute("ALTER TABLE exams_readingclaim ADD PRIMARY KEY (reading_id)")
