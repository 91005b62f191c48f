"""The network of a later hour holds who is still there, who has come, and what is being made ready."""

from __future__ import annotations

import pytest

from yipan.engine.placement import NEVER, Need, Policy, rank
from yipan.engine.placement.codes import BedState, Refusal, Sex
from yipan.engine.placement.later import later
from yipan.engine.placement.tests.networks import MAN, OWN, Plan

BED = 2 * OWN


def at(plan: Plan, minutes: int) -> tuple[int, int, int]:
    """State, availability and next booking of the home ward's first bed."""
    row = later(plan.beds(), minutes, 30).beds[BED]
    return int(row["state"]), int(row["available_at"]), int(row["available_until"])


def staying(until: int) -> Plan:
    plan = Plan().guest(BED, Sex.MALE, until=until)
    plan.beds_rows[BED]["available_at"] = until
    return plan


def test_somebody_leaves_and_the_bed_is_cleaned_and_free() -> None:
    """A stay of 100 minutes is there at 60, cleaned at 110, gone at 130, in bed and room alike."""
    assert at(staying(100), 60) == (BedState.OCCUPIED, 40, NEVER)
    assert at(staying(100), 110) == (BedState.CLEANING, 20, NEVER)
    assert at(staying(100), 130) == (BedState.FREE, NEVER, NEVER)
    assert [len(later(staying(100).beds(), m, 30).guests) for m in (60, 110)] == [1, 0]


def test_whoever_has_no_end_stays() -> None:
    """Without an announced or stated end the bed is taken at every later hour."""
    assert at(staying(NEVER), 90_000) == (BedState.OCCUPIED, NEVER, NEVER)


def test_a_reservation_begins_and_ends() -> None:
    """A booked stay is ahead, then there, then over; what is ahead counts down."""
    plan = Plan()
    plan.guests.append({"bed": BED, "since": 500, "until": 900, "sex": Sex.MALE})
    plan.beds_rows[BED]["available_until"] = 500
    assert at(plan, 200) == (BedState.FREE, NEVER, 300)
    assert at(plan, 600) == (BedState.OCCUPIED, 300, NEVER)
    assert at(plan, 910) == (BedState.CLEANING, 20, NEVER)
    assert at(plan, 930) == (BedState.FREE, NEVER, NEVER)


def test_a_planned_closure_closes() -> None:
    """A reservation in which nobody lies keeps the bed from its start on."""
    plan = Plan()
    plan.beds_rows[BED]["available_until"] = 500
    assert at(plan, 200) == (BedState.FREE, NEVER, 300)
    assert at(plan, 500) == (BedState.CLOSED, NEVER, NEVER)


def test_a_closure_and_a_held_bed_end_as_stated() -> None:
    """A closure with an end is over then, one without stays; a held bed is free after the stay it is held for."""
    plan = Plan()
    plan.beds_rows[BED] |= {"state": BedState.CLOSED, "available_at": 50}
    assert at(plan, 60) == (BedState.FREE, NEVER, NEVER)
    plan.beds_rows[BED]["available_at"] = NEVER
    assert at(plan, 60) == (BedState.CLOSED, NEVER, NEVER)
    plan.beds_rows[BED]["state"] = BedState.HELD
    plan.guests.append({"bed": BED, "since": -5, "until": 100, "sex": Sex.MALE})
    assert at(plan, 60)[0] == BedState.HELD
    assert at(plan, 130)[0] == BedState.FREE


def test_a_bed_that_is_ready_now_is_what_rank_says_of_that_hour() -> None:
    """For a free bed, asking about a later start now and asking then give the same answer."""
    beds = Plan().beds()
    now = rank(beds, Need(**MAN, start=600), Policy())
    then = rank(later(beds, 600, 30), Need(**MAN), Policy())
    assert now.order.tolist() == then.order.tolist()
    assert then.refusal(BED) is Refusal.NONE


def test_no_hour_lies_behind() -> None:
    """The past is not made again; the present is the network itself."""
    beds = Plan().beds()
    assert later(beds, 0, 30) is beds
    with pytest.raises(ValueError, match="behind"):
        later(beds, -1, 30)
