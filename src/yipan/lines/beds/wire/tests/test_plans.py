"""Expected discharges and transfers, and leave of absence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.beds.wire.tests.feed import Feed
from yipan.spine.models import Event
from yipan.spine.testing import NOON


@pytest.fixture
def present(feed: Feed) -> Feed:
    """P1 is in a bed."""
    feed.send("A01", bed=feed.network.beds["neurology"][0])
    return feed


def kinds() -> list[str]:
    return [k for k in Event.objects.order_by("id").values_list("kind", flat=True) if k.startswith("stay.")]


def test_expected_discharge(present: Feed):
    """A16 announces the end, a day without an hour means noon there, and A25 withdraws it."""
    assert present.send("A16", PV2_9="202603031530").code == "discharge_expected"
    stay = present.stay()
    assert stay is not None
    assert (stay.end, stay.end_announced) == (NOON + timedelta(hours=27.5), True)
    assert present.send("A16", PV2_9="202603031530").code == "already_so"
    present.send("A16", PV2_9="20260304")
    stay = present.stay()
    assert stay is not None
    assert stay.end == NOON + timedelta(days=2)
    assert present.send("A25").code == "discharge_not_expected"
    stay = present.stay()
    assert stay is not None
    assert not stay.end_announced
    assert present.send("A25").code == "already_so"


def test_expected_discharge_needs_a_time_to_come(present: Feed):
    """Without PV2-9, or with one that has passed, nothing is announced."""
    with pytest.raises(InvalidInput, match="expected_discharge_missing"):
        present.send("A16")
    with pytest.raises(InvalidInput, match="end_in_past"):
        present.send("A16", PV2_9="20260301")
    stay = present.stay()
    assert stay is not None
    assert not stay.end_announced


def test_expected_transfer(present: Feed):
    """A15 is noted with its bed, A26 withdraws it; each told twice is noted once."""
    bed = present.network.beds["neurosurgery"][0]
    assert present.send("A26").code == "already_so"
    place = f"W^R^{bed.code}"
    assert present.send("A15", PV1_42=place).code == "transfer_expected"
    assert present.send("A15", PV1_42=place).code == "already_so"
    assert present.send("A26").code == "transfer_not_expected"
    assert kinds() == ["stay.transfer_planned", "stay.transfer_dropped"]
    assert Event.objects.get(kind="stay.transfer_planned").data["capacity"] == str(bed.id)


def test_leave_of_absence(present: Feed):
    """A21 and A22 are noted and do not touch the bed; a return without a leave is nothing new."""
    stay = present.stay()
    assert present.send("A22").code == "already_so"
    assert present.send("A21").code == "away"
    assert present.send("A21").code == "already_so"
    assert present.send("A22").code == "back"
    assert kinds() == ["stay.away", "stay.back"]
    assert present.stay() == stay


@pytest.mark.parametrize("kind", ["A15", "A16", "A21", "A22", "A25", "A26"])
def test_absent_patients_wait(feed: Feed, kind: str):
    """Nothing can be expected of a stay that is not known."""
    feed.send("A28")
    with pytest.raises(Conflict, match="patient_not_in_bed"):
        feed.send(kind)
    assert kinds() == []
