"""When beds are ready, what a ward can count on, and who is in the room."""

from yipan.engine.placement.codes import BedState, Refusal, Sex
from yipan.engine.placement.need import Need
from yipan.engine.placement.policy import Policy
from yipan.engine.placement.rank import rank
from yipan.engine.placement.tests.networks import ALLY, KIN, MAN, OWN, Plan, refusal


def test_the_room_is_judged_for_the_time_of_the_stay():
    """A neighbour who leaves before the patient comes does not count, one who is booked during the stay does."""
    plan = Plan().guest(1, Sex.FEMALE, until=300)
    assert refusal(plan, 0) == Refusal.ROOM_WITH_WOMEN
    assert refusal(plan, 0, start=300) == Refusal.NONE
    coming = Plan()
    coming.guests.append({"bed": 1, "sex": Sex.FEMALE, "since": 4000, "until": 9000})
    assert refusal(coming, 0, stay_days=5) == Refusal.ROOM_WITH_WOMEN
    assert refusal(coming, 0, stay_days=2) == Refusal.NONE


def test_a_neighbour_who_should_have_left_is_still_there():
    """An expected discharge in the past does not empty the room."""
    assert refusal(Plan().guest(1, Sex.FEMALE, until=-60), 0) == Refusal.ROOM_WITH_WOMEN


def test_the_one_who_leaves_this_bed_does_not_count_against_it():
    """The bed's own occupant, announced to leave, is no neighbour of the next patient."""
    plan = Plan().guest(0, Sex.FEMALE, until=100)
    plan.beds_rows[0]["available_at"] = 100
    assert refusal(plan, 0) == Refusal.NONE


def test_a_patient_who_moves_is_not_their_own_neighbour():
    """Moving inside a room, the patient's own presence does not refuse the other bed, nor use up the reserve."""
    plan = Plan().guest(0, Sex.FEMALE)
    plan.wards[OWN]["reserve"] = 1
    assert refusal(plan, 1, current_bed=0) == Refusal.NONE
    assert refusal(plan, 1) == Refusal.ROOM_WITH_WOMEN


def test_the_reserve_counts_the_beds_ready_by_then():
    """A bed announced for later is lent when the reserve is kept without it at that time."""
    plan = Plan()
    plan.wards[ALLY]["reserve"] = 1
    for k, at in ((0, 60), (1, 200)):
        plan.beds_rows[2 * ALLY + k].update(state=BedState.OCCUPIED, available_at=at)
    assert refusal(plan, 2 * ALLY) == Refusal.RESERVE, "the first to come free is the reserve"
    assert refusal(plan, 2 * ALLY + 1) == Refusal.NONE, "the second is spare"


def test_a_bed_promised_soon_is_no_reserve():
    """A free bed that is booked within a day is not counted as the ward's reserve."""
    plan = Plan()
    plan.wards[ALLY]["reserve"] = 1
    assert refusal(plan, 2 * ALLY) == Refusal.NONE
    plan.beds_rows[2 * ALLY + 1]["available_until"] = 600
    assert refusal(plan, 2 * ALLY) == Refusal.RESERVE


def test_turnover_delays_an_announced_bed():
    """The bed is ready after the departure and the ward's turnover, else the policy's."""
    plan = Plan()
    plan.beds_rows[0].update(state=BedState.OCCUPIED, available_at=100)
    default = rank(plan.beds(), Need(**MAN), Policy())
    plan.wards[OWN]["turnover"] = 5
    assert (default.result.ready[0], rank(plan.beds(), Need(**MAN), Policy()).result.ready[0]) == (130, 105)


def test_an_announcement_beyond_the_horizon_is_not_trusted():
    """A departure announced for next week is no bed."""
    plan = Plan()
    plan.beds_rows[0].update(state=BedState.OCCUPIED, available_at=49 * 60)
    assert refusal(plan, 0, start=49 * 60 + 30) == Refusal.OCCUPIED
    assert refusal(plan, 0, {"times": {"reservation_horizon_hours": 49}}, start=49 * 60 + 30) == Refusal.NONE


def test_a_closure_with_an_end_is_a_bed_for_later():
    """A closed bed that reopens in time may be proposed; one whose closure should be over may not."""
    plan = Plan()
    plan.beds_rows[0].update(state=BedState.CLOSED, available_at=600)
    assert refusal(plan, 0) == Refusal.NONE
    plan.beds_rows[0]["available_at"] = 0
    assert refusal(plan, 0) == Refusal.CLOSED


def test_cleaning_without_an_end_takes_the_turnover():
    """A bed being cleaned is ready when announced, else after the turnover."""
    plan = Plan()
    plan.beds_rows[0]["state"] = BedState.CLEANING
    plan.beds_rows[1].update(state=BedState.CLEANING, available_at=12)
    assert rank(plan.beds(), Need(**MAN), Policy()).result.ready[:2].tolist() == [30, 12]


def test_the_walk_starts_at_the_nearest_ward_of_the_department_or_at_the_attendings():
    """With two home wards the shorter walk counts, unless the attending's ward is named."""
    plan = Plan()
    plan.wards[KIN]["department"] = OWN
    plan.walk[OWN, ALLY], plan.walk[KIN, ALLY] = 9, 4
    nearest = rank(plan.beds(), Need(**MAN), Policy()).result.travel[2 * ALLY]
    named = rank(plan.beds(), Need(**(MAN | {"ward": OWN})), Policy()).result.travel[2 * ALLY]
    assert (nearest, named) == (4, 9)
