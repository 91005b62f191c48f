"""Transfers, discharges and exchanges, and taking them back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.kernel.clock import FrozenClock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.beds.models import Placement
from yipan.lines.beds.wire.tests.feed import Feed
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Booking, OutboxMessage
from yipan.spine.states import Purpose, State
from yipan.spine.testing import NOON


def purpose_of(bed_id: object) -> str:
    row = Booking.objects.filter(capacity_id=bed_id, state=State.ACTIVE).first()
    return str(row.purpose) if row else "free"


def test_transfer(feed: Feed):
    """A02 ends one stay and begins the next at the same instant; the old bed is cleaned, an outlier gets a call."""
    one, other = feed.network.beds["neurology"][0], feed.network.beds["neurosurgery"][0]
    feed.send("A01", bed=one)
    assert feed.send("A02", bed=other).code == "transferred"
    stay = feed.stay()
    assert stay is not None
    assert (stay.capacity_id, stay.start) == (other.id, feed.at)
    assert stay.previous.end == feed.at
    assert purpose_of(one.id) == Purpose.TURNOVER
    assert Placement.objects.get(booking=stay).tier == "nearest"
    assert OutboxMessage.objects.filter(topic="beds.call", key=f"call:{stay.pk}").exists()
    assert feed.send("A02", bed=other).code == "already_so"


def test_transfer_into_occupied_bed_leaves_patient(feed: Feed):
    """A refused transfer leaves both patients where they were."""
    one, other = feed.network.beds["neurology"][:2]
    feed.send("A01", "P1", one)
    feed.send("A01", "P2", other)
    with pytest.raises(Conflict, match="bed_occupied"):
        feed.send("A02", "P1", other)
    assert (feed.bed_of("P1"), feed.bed_of("P2")) == (one.id, other.id)


def test_transfer_of_unknown_or_absent_patient_waits(feed: Feed):
    """A transfer of somebody who is not known, or not there, tells too little."""
    bed = feed.network.beds["neurology"][0]
    with pytest.raises(Conflict, match="patient_not_known"):
        feed.send("A02", bed=bed)
    feed.send("A28")
    with pytest.raises(Conflict, match="patient_not_in_bed"):
        feed.send("A02", bed=bed)
    feed.send("A01", bed=bed)
    with pytest.raises(InvalidInput, match="bed_missing"):
        feed.send("A02")
    with pytest.raises(NotFound, match="location_unknown"):
        feed.send("A02", PV1_3="W^R^99")


def test_late_transfer_does_not_turn_time_back(feed: Feed):
    """A transfer that happened before the present stay began does not move the patient back."""
    beds = feed.network.beds["neurology"]
    feed.send("A01", bed=beds[0], at=NOON - timedelta(hours=4))
    feed.send("A02", bed=beds[2], at=NOON - timedelta(hours=2))
    with pytest.raises(InvalidInput, match="older_than_known"):
        feed.send("A02", bed=beds[1], at=NOON - timedelta(hours=3))
    assert feed.bed_of() == beds[2].id


def test_transfer_as_planned(feed: Feed):
    """A transfer to the bed that was held for it uses that booking; one to another bed gives it back."""
    beds = feed.network.beds["neurology"]
    feed.send("A01", bed=beds[0])
    for target, state in ((beds[1], State.ACTIVE), (beds[3], State.RELEASED)):
        here = feed.stay()
        assert here is not None
        claim = Claim(
            beds[1].id if state == State.ACTIVE else beds[2].id,
            feed.request(),
            NOON + timedelta(hours=1),
            NOON + timedelta(days=3),
            previous_id=here.pk,
        )
        held = booking.hold(claims=[claim], by=feed.actor, keep=timedelta(hours=2))[0]
        assert feed.send("A02", bed=target).code == "transferred"
        held.refresh_from_db()
        assert held.state == state
        assert feed.bed_of() == target.id


def test_discharge(feed: Feed):
    """A03 ends the stay when it says, and sends the bed to cleaning; told again it is known already."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", bed=bed)
    assert feed.send("A03", bed=bed).code == "discharged"
    row = Booking.objects.get(purpose=Purpose.CARE)
    assert (row.state, row.end) == (State.DONE, feed.at)
    assert purpose_of(bed.id) == Purpose.TURNOVER
    assert feed.send("A03", bed=bed).code == "already_so"


def test_discharge_of_nobody_waits(feed: Feed):
    """A discharge of somebody who never came is a contradiction, whether or not the person is known."""
    with pytest.raises(Conflict, match="patient_not_known"):
        feed.send("A03")
    feed.expect()
    with pytest.raises(Conflict, match="patient_not_in_bed"):
        feed.send("A03")
    assert feed.state() == "waiting"


def test_discharge_of_another_visit_waits(feed: Feed):
    """A discharge that names another visit is not that of this stay."""
    feed.send("A01", bed=feed.network.beds["neurology"][0])
    with pytest.raises(Conflict, match="visit_differs"):
        feed.send("A03", PV1_19="other")
    assert feed.stay() is not None


def test_discharge_before_arrival_waits(feed: Feed):
    """A discharge long before the arrival is refused; one within the skew of two clocks is taken for the same time."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", bed=bed, at=NOON - timedelta(hours=1))
    with pytest.raises(InvalidInput, match="older_than_known"):
        feed.send("A03", bed=bed, at=NOON - timedelta(hours=2))
    assert feed.send("A03", bed=bed, at=NOON - timedelta(minutes=65)).code == "discharged"


def test_transfer_taken_back(feed: Feed):
    """A12 puts the patient back as if never moved, and the cleaning of the old bed never was."""
    one, other = feed.network.beds["neurology"][:2]
    feed.send("A01", bed=one)
    began = feed.stay()
    feed.send("A02", bed=other)
    assert feed.send("A12", bed=one).code == "transfer_cancelled"
    stay = feed.stay()
    assert stay is not None
    assert began is not None
    assert (stay.pk, stay.start) == (began.pk, began.start)
    assert (purpose_of(one.id), purpose_of(other.id)) == (Purpose.CARE, "free")
    assert feed.send("A12", bed=one).code == "already_so"
    with pytest.raises(Conflict, match="no_move_to_cancel"):
        feed.send("A12")


def test_transfer_taken_back_into_taken_bed_waits(feed: Feed):
    """When somebody else lies in the former bed by now, the transfer cannot be taken back."""
    one, other = feed.network.beds["neurology"][:2]
    feed.send("A01", "P1", one)
    feed.send("A02", "P1", other)
    feed.send("A01", "P2", one)
    with pytest.raises(Conflict, match="bed_occupied"):
        feed.send("A12", "P1", one)
    assert (feed.bed_of("P1"), feed.bed_of("P2")) == (other.id, one.id)


def test_transfer_taken_back_to_another_bed_waits(feed: Feed):
    """The message names a bed that the patient did not come from."""
    beds = feed.network.beds["neurology"]
    feed.send("A01", bed=beds[0])
    feed.send("A02", bed=beds[1])
    with pytest.raises(Conflict, match="bed_differs"):
        feed.send("A12", bed=beds[2])


def test_discharge_taken_back(feed: Feed):
    """A13 reopens the very stay that was ended, also while the bed is being cleaned."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", bed=bed)
    began = feed.stay()
    feed.send("A03", bed=bed)
    assert feed.send("A13", bed=bed).code == "discharge_cancelled"
    assert feed.stay() == began
    assert purpose_of(bed.id) == Purpose.CARE
    assert feed.send("A13", bed=bed).code == "already_so"


def test_discharge_taken_back_after_cleaning(feed: Feed, time: FrozenClock):
    """That the bed was cleaned meanwhile does not keep the patient out of it."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", bed=bed, at=NOON - timedelta(hours=5))
    feed.send("A03", bed=bed, at=NOON - timedelta(hours=2))
    feed.send("A20", bed=bed, at=NOON - timedelta(hours=1), NPU_2="U")
    time.advance(timedelta(minutes=5))
    assert feed.send("A13", bed=bed).code == "discharge_cancelled"
    assert feed.bed_of() == bed.id


def test_discharge_taken_back_from_taken_bed_waits(feed: Feed):
    """When the next patient lies in the bed, the discharge stays."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", "P1", bed)
    feed.send("A03", "P1", bed)
    feed.send("A01", "P2", bed)
    with pytest.raises(Conflict, match="bed_occupied"):
        feed.send("A13", "P1", bed)
    assert feed.stay("P1") is None
    feed.send("A28", "P3")
    with pytest.raises(Conflict, match="no_discharge_to_cancel"):
        feed.send("A13", "P3", bed)


def test_swap(feed: Feed):
    """A17 lets two patients change places at once, with placements of their own; told again it is known already."""
    one, other = feed.network.beds["neurology"][0], feed.network.beds["neurosurgery"][0]
    feed.send("A01", "P1", one)
    feed.send("A01", "P2", other)
    assert feed.send("A17", "P1", other, others={"P2": one}).code == "swapped"
    assert (feed.bed_of("P1"), feed.bed_of("P2")) == (other.id, one.id)
    assert Placement.objects.count() == 4
    assert purpose_of(one.id) == Purpose.CARE
    assert feed.send("A17", "P1", other, others={"P2": one}).code == "already_so"


def test_swap_of_others_waits(feed: Feed):
    """Beds that are not those of the two patients are a contradiction, and nobody moves."""
    beds = feed.network.beds["neurology"]
    feed.send("A01", "P1", beds[0])
    feed.send("A01", "P2", beds[1])
    with pytest.raises(Conflict, match="beds_not_swapped"):
        feed.send("A17", "P1", beds[2], others={"P2": beds[0]})
    assert (feed.bed_of("P1"), feed.bed_of("P2")) == (beds[0].id, beds[1].id)


def test_stay_of_no_time(feed: Feed):
    """Admitted, moved, discharged and reopened within one instant, as a system that enters everything late tells it."""
    one, other = feed.network.beds["neurology"][:2]
    at = NOON - timedelta(hours=1)
    feed.send("A01", bed=one, at=at)
    feed.send("A02", bed=other, at=at)
    feed.send("A03", bed=other, at=at)
    assert feed.stay() is None
    assert feed.send("A03", bed=other, at=at).code == "already_so"
    assert feed.send("A13", bed=other, at=at).code == "discharge_cancelled"
    assert feed.bed_of() == other.id
    assert feed.send("A12", bed=one, at=at).code == "transfer_cancelled"
    assert feed.bed_of() == one.id
