"""Admissions told, expected and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yipan.base.network.models import Alliance
from yipan.base.patients.models import Patient
from yipan.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from yipan.lines.beds.models import Placement
from yipan.lines.beds.wire.tests.feed import Feed
from yipan.spine import booking
from yipan.spine.booking import Claim
from yipan.spine.models import Booking, Event, OutboxMessage, Request
from yipan.spine.queries import present
from yipan.spine.states import State
from yipan.spine.testing import NOON, patient, small_network


def nothing_happened() -> bool:
    return not (
        Booking.objects.exists() or Request.objects.exists() or Patient.objects.exists() or Event.objects.exists()
    )


def test_admit_puts_patient_in_bed(feed: Feed):
    """A01 makes patient, request, stay and placement, and each says what the message said."""
    bed = feed.network.beds["neurology"][0]
    done = feed.send("A01", bed=bed, DG1_3="I63.9^脑梗死", PV2_42="C")
    stay = feed.stay()
    assert done.code == "admitted"
    assert stay is not None
    assert (stay.capacity_id, stay.start) == (bed.id, feed.at)
    person = Patient.objects.get()
    assert (person.name, person.sex, done.patient_id) == ("李建国", "male", person.pk)
    facts = feed.admission()
    assert (facts.visit_number, facts.diagnosis_code, facts.diagnosis) == ("V-P1", "I63.9", "脑梗死")
    assert (facts.severity, facts.origin) == ("critical", "his")
    assert feed.request().attending.name == "张医生"
    assert Placement.objects.get(booking=stay).tier == "own"
    assert not OutboxMessage.objects.filter(topic="beds.call").exists()


def test_admit_twice_is_admit_once(feed: Feed):
    """The same admission told again changes nothing but the facts it corrects."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", bed=bed)
    again = feed.send("A01", bed=bed, DG1_3="I63.9^脑梗死")
    assert again.code == "already_so"
    assert Booking.objects.count() == 1
    assert feed.admission().diagnosis_code == "I63.9"


def test_admit_abroad_wishes_for_call(feed: Feed):
    """A patient of another department is an outlier: tier by alliance, and a call on day 3."""
    home, host = feed.network.departments["neurology"], feed.network.departments["neurosurgery"]
    Alliance.objects.create(department=home, ally=host, rank=1)
    feed.send("A01", bed=feed.network.beds["neurosurgery"][0], PV1_10=home.code)
    placement = Placement.objects.get()
    assert (placement.home_department, placement.host_department, placement.tier) == (home, host, "allied")
    assert OutboxMessage.objects.get(topic="beds.call").payload["due_on"] == "2026-03-05"


def test_admit_begins_the_reservation(feed: Feed):
    """A bed that was held for the patient is the one they arrive in; the same booking goes on."""
    bed = feed.network.beds["neurology"][1]
    feed.expect()
    held = booking.hold(
        claims=[Claim(bed.id, feed.request(), NOON - timedelta(hours=4), NOON + timedelta(days=3))],
        by=feed.actor,
        keep=timedelta(hours=9),
        at=NOON - timedelta(hours=4),
    )[0]
    feed.send("A01", bed=bed)
    held.refresh_from_db()
    assert held.state == State.ACTIVE
    assert Booking.objects.count() == 1


def test_admit_elsewhere_gives_the_reservation_back(feed: Feed):
    """The hospital's system put the patient into another bed than the one held: the hold ends, the truth counts."""
    one, other = feed.network.beds["neurology"][:2]
    feed.expect()
    held = booking.hold(
        claims=[Claim(one.id, feed.request(), NOON, NOON + timedelta(days=3))],
        by=feed.actor,
        keep=timedelta(minutes=15),
    )[0]
    feed.send("A01", bed=other)
    held.refresh_from_db()
    assert held.state == State.RELEASED
    assert feed.bed_of() == other.id


def test_admit_displaces_reservations_of_others(feed: Feed):
    """Somebody lies where another was to come: the other's request waits again, and the line is asked to tell."""
    bed = feed.network.beds["neurology"][0]
    feed.expect("P2")
    held = booking.hold(
        claims=[Claim(bed.id, feed.request("P2"), NOON, NOON + timedelta(days=3))],
        by=feed.actor,
        keep=timedelta(minutes=15),
    )[0]
    feed.send("A01", "P1", bed)
    held.refresh_from_db()
    assert held.state == State.DISPLACED
    assert feed.state("P2") == "waiting"
    assert OutboxMessage.objects.filter(topic="beds.displaced").exists()


def test_admit_ends_cleaning(feed: Feed):
    """A patient in a bed that is still marked as being cleaned ends the cleaning, with and without a reservation."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", "P1", bed)
    feed.send("A03", "P1", bed)
    feed.send("A01", "P2", bed)
    assert feed.bed_of("P2") == bed.id
    feed.send("A03", "P2", bed)
    feed.expect("P3")
    booking.hold(
        claims=[Claim(bed.id, feed.request("P3"), NOON + timedelta(hours=1), NOON + timedelta(days=2))],
        by=feed.actor,
        keep=timedelta(hours=2),
    )
    feed.send("A01", "P3", bed)
    assert feed.bed_of("P3") == bed.id


def test_admit_into_occupied_bed_waits(feed: Feed):
    """Two patients in one bed cannot be true: the second is refused and nothing of it is left."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", "P1", bed)
    with pytest.raises(Conflict, match="bed_occupied"):
        feed.send("A01", "P2", bed)
    assert Booking.objects.count() == 1
    assert present(patient_id=feed.patient_id("P1")) is not None


def test_admit_into_second_bed_waits(feed: Feed):
    """A patient in another bed is not moved by an admission."""
    one, other = feed.network.beds["neurology"][:2]
    feed.send("A01", bed=one)
    with pytest.raises(Conflict, match="patient_in_other_bed"):
        feed.send("A01", bed=other)
    assert feed.bed_of() == one.id


def test_admit_into_closed_bed_waits(feed: Feed):
    """A closed bed is not opened by an admission."""
    bed = feed.network.beds["neurology"][0]
    booking.close(capacity_ids=[bed.id], until=None, reason="repair", by=feed.actor)
    with pytest.raises(Conflict, match="bed_closed"):
        feed.send("A01", bed=bed)


def test_admit_of_ended_visit_waits(feed: Feed):
    """A late admission message of a visit that is over does not bring the patient back."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", bed=bed)
    feed.send("A03", bed=bed)
    with pytest.raises(Conflict, match="visit_ended"):
        feed.send("A01", bed=bed, at=NOON - timedelta(hours=6))
    assert feed.stay() is None


def test_next_visit_of_the_same_patient(feed: Feed):
    """After a discharge, a new visit is a new request and a new stay."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", bed=bed)
    feed.send("A03", bed=bed)
    feed.send("A01", bed=bed, PV1_19="V2")
    assert feed.bed_of() == bed.id
    assert Request.objects.count() == 2


def test_late_entry_of_a_departure_gives_way(feed: Feed):
    """A departure entered some minutes after the next arrival does not keep the arrival out."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", "P1", bed, at=NOON - timedelta(hours=5))
    feed.send("A03", "P1", bed, at=NOON - timedelta(minutes=10))
    feed.send("A01", "P2", bed, at=NOON - timedelta(minutes=25))
    stay = feed.stay("P2")
    assert stay is not None
    assert stay.start == NOON - timedelta(minutes=10)


def test_bed_taken_long_after_waits(feed: Feed):
    """An arrival hours before the former patient left is a contradiction."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", "P1", bed, at=NOON - timedelta(hours=5))
    feed.send("A03", "P1", bed, at=NOON - timedelta(minutes=10))
    with pytest.raises(Conflict, match="bed_taken_then"):
        feed.send("A01", "P2", bed, at=NOON - timedelta(hours=3))


def test_initial_load_of_a_long_stay(feed: Feed):
    """A patient who has been there longer than the usual stay is expected to stay on for a while."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", bed=bed, at=NOON - timedelta(days=20))
    stay = feed.stay()
    assert stay is not None
    assert stay.start == NOON - timedelta(days=20)
    assert stay.end == NOON + timedelta(hours=4)


def test_admission_without_bed_waits_for_one(feed: Feed):
    """An admission that names only the ward is a request for a bed; the transfer into a bed is the arrival."""
    ward = feed.network.wards["neurology"]
    assert feed.send("A01", PV1_3=ward.code).code == "waits_for_bed"
    assert feed.state() == "waiting"
    assert feed.request().home_department == ward.department
    bed = feed.network.beds["neurology"][2]
    assert feed.send("A02", bed=bed).code == "admitted"
    assert feed.bed_of() == bed.id
    assert Request.objects.count() == 1


def test_department_must_be_told(feed: Feed):
    """Without bed, ward, service or a doctor's department nobody knows whose patient it is."""
    with pytest.raises(InvalidInput, match="department_untold"):
        feed.send("A01", PV1_10="unknown", PV1_7="")


def test_expected_admission(feed: Feed):
    """A14 and A05 make a request for the expected day; told again with another day, the request follows."""
    code = feed.network.departments["neurology"].code
    assert feed.send("A14", PV1_10=code, PV2_8="202603031000").code == "waits_for_bed"
    assert feed.request().wanted_from == NOON + timedelta(hours=22)
    assert feed.send("A05", PV1_10=code, PV2_8="202603041000").code == "already_so"
    assert feed.request().wanted_from == NOON + timedelta(hours=46)
    assert feed.send("A27").code == "admission_cancelled"
    assert feed.state() == "cancelled"
    assert feed.send("A27").code == "already_so"


def test_cancelled_admission(feed: Feed):
    """A11 makes the bed free and ends the request; the same visit can be admitted anew."""
    bed = feed.network.beds["neurology"][0]
    feed.send("A01", bed=bed)
    assert feed.send("A11", bed=bed).code == "admission_cancelled"
    assert feed.stay() is None
    assert feed.state() == "cancelled"
    assert feed.send("A11", bed=bed).code == "already_so"
    feed.send("A01", bed=bed)
    assert feed.bed_of() == bed.id


def test_cancelled_admission_after_transfer_waits(feed: Feed):
    """An admission is not taken back under a transfer."""
    one, other = feed.network.beds["neurology"][:2]
    feed.send("A01", bed=one)
    feed.send("A02", bed=other)
    with pytest.raises(Conflict, match="stay_has_transfers"):
        feed.send("A11")
    assert feed.bed_of() == other.id


def test_outpatients_do_not_concern_the_pool(feed: Feed):
    """Registrations of outpatients leave nothing behind; an inpatient registration is an admission."""
    bed = feed.network.beds["neurology"][0]
    assert feed.send("A04", bed=bed, PV1_2="O").ignored
    assert feed.send("A01", bed=bed, PV1_2="O").ignored
    assert nothing_happened()
    assert feed.send("A04", bed=bed).code == "admitted"


def test_outpatient_becomes_inpatient_and_back(feed: Feed):
    """A06 puts the patient into a bed, A07 takes them out of it."""
    bed = feed.network.beds["neurology"][0]
    assert feed.send("A06", bed=bed).code == "admitted"
    assert feed.send("A07", PV1_2="O").code == "discharged"
    assert feed.stay() is None


def test_bed_of_another_hospital(feed: Feed):
    """A system speaks for the beds of its own organisation only; nothing is left of the attempt but the person."""
    foreign = small_network().beds["neurology"][0]
    with pytest.raises(Refused, match="bed_of_other_organisation"):
        feed.send("A01", bed=foreign)
    assert not Booking.objects.exists()


def test_patient_in_bed_of_another_hospital(feed: Feed):
    """A system does not discharge a patient from another hospital's bed."""
    other = Feed(small_network())
    bed = other.network.beds["neurology"][0]
    other.sender.organisation_code = feed.sender.organisation_code
    other.send("A01", bed=bed)
    with pytest.raises(Refused, match="bed_of_other_organisation"):
        feed.send("A03")
    assert other.bed_of() == bed.id


def test_unknown_location_and_future(feed: Feed):
    """A bed that nobody knows and a time to come are refused with their reason."""
    bed = feed.network.beds["neurology"][0]
    with pytest.raises(NotFound, match="location_unknown"):
        feed.send("A01", PV1_3="W^R^99")
    with pytest.raises(Conflict, match="time_in_future"):
        feed.send("A01", bed=bed, at=NOON + timedelta(hours=2))
    feed.send("A01", bed=bed, at=NOON + timedelta(minutes=5))
    stay = feed.stay()
    assert stay is not None
    assert stay.start == NOON


def test_ward_nurse_arrival_before_the_message(feed: Feed):
    """The ward has clicked the arrival already; the message adds what it knows."""
    bed = feed.network.beds["neurology"][0]
    feed.expect()
    booking.occupy(claim=Claim(bed.id, feed.request(), NOON, NOON + timedelta(days=3)), by=feed.actor, at=NOON)
    assert feed.send("A01", bed=bed).code == "already_so"
    assert Patient.objects.count() == 1


def test_second_patient_number_of_same_person(feed: Feed):
    """Sample of identity: an equal identifier is the same person, whatever else the message says of the stay."""
    feed.send("A28", "P1")
    patient()
    feed.send("A01", "P1", feed.network.beds["neurology"][0])
    assert Patient.objects.count() == 2
