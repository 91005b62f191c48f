"""Bed status by A20."""

from __future__ import annotations

import pytest

from yipan.base.access import SYSTEM
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.beds.queries.beds import bed_rows
from yipan.lines.beds.wire.tests.feed import Feed


def status(feed: Feed) -> str:
    (row,) = bed_rows(actor=SYSTEM, bed_ids=[feed.network.beds["neurology"][0].id])
    return str(row.status(clock.now()))


def test_cleaning_closing_opening(feed: Feed):
    """Housekeeping, closed and unoccupied do what they say, and told twice are done once."""
    bed = feed.network.beds["neurology"][0]
    told = []
    for code in "HHUUCCUKICU":
        done = feed.send("A20", bed=bed, NPU_2=code).code
        told.append((code, done, status(feed)))
    assert told == [
        ("H", "cleaning", "cleaning"),
        ("H", "already_so", "cleaning"),
        ("U", "bed_ready", "free"),
        ("U", "already_so", "free"),
        ("C", "bed_closed", "closed"),
        ("C", "already_so", "closed"),
        ("U", "bed_open", "free"),
        ("K", "cleaning", "cleaning"),
        ("I", "bed_closed", "closed"),
        ("C", "already_so", "closed"),
        ("U", "bed_open", "free"),
    ]


def test_occupied_bed_is_not_overruled(feed: Feed):
    """The status of a bed moves nobody: free and cleaning are contradictions, closing waits for the departure."""
    bed = feed.network.beds["neurology"][0]
    with pytest.raises(Conflict, match="bed_occupied_by_nobody"):
        feed.send("A20", bed=bed, NPU_2="O")
    feed.send("A01", bed=bed)
    assert feed.send("A20", bed=bed, NPU_2="O").code == "already_so"
    for code in "UH":
        with pytest.raises(Conflict, match="bed_occupied"):
            feed.send("A20", bed=bed, NPU_2=code)
    assert feed.send("A20", bed=bed, NPU_2="C").code == "bed_closed"
    assert status(feed) == "occupied"
    feed.send("A03", bed=bed)
    assert status(feed) == "closed"


def test_unusable_status(feed: Feed):
    """An unknown status, and a message without a bed, are refused."""
    bed = feed.network.beds["neurology"][0]
    with pytest.raises(InvalidInput, match="bed_status_unknown"):
        feed.send("A20", bed=bed, NPU_2="Z")
    with pytest.raises(InvalidInput, match="bed_missing"):
        feed.send("A20", NPU_2="C")
