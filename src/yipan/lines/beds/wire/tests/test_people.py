"""Persons told, corrected and merged."""

from __future__ import annotations

import pytest

from yipan.base.access.models import Practitioner
from yipan.base.patients import idcard
from yipan.base.patients.models import Identifier, Merge, Patient
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.beds.wire.tests.feed import Feed
from yipan.spine.models import Event
from yipan.spine.queries import state_of
from yipan.spine.testing import practitioner, small_network


def test_person_told_and_corrected(feed: Feed):
    """A28 makes the person known, A31 corrects what it says and leaves what it does not say."""
    assert feed.send("A28", PID_13="13812345678", PID_11="东风路1号^^汉口").code == "person_told"
    feed.send("A31", PID_7="19600502", PID_11='""')
    person = Patient.objects.get()
    assert (str(person.birth_date), person.phone, person.address) == ("1960-05-02", "13812345678", "")


def test_numbers_of_two_hospitals_are_two_people(feed: Feed):
    """The same number from two hospitals, both called HIS, is not the same person."""
    other = Feed(small_network())
    feed.send("A28")
    other.send("A28", PID_7="19900101")
    assert Patient.objects.count() == 2


def test_update_of_a_stay(feed: Feed):
    """A08 corrects person, diagnosis and attending; it moves nobody, and an unknown inpatient waits."""
    bed = feed.network.beds["neurology"][0]
    with pytest.raises(Conflict, match="patient_not_known"):
        feed.send("A08", bed=bed)
    assert feed.send("A08", bed=bed, PV1_2="O").ignored
    feed.send("A01", bed=bed)
    doctor = practitioner(feed.network.departments["neurology"])
    other = feed.network.beds["neurology"][1]
    done = feed.send("A08", bed=other, PV1_7=f"{doctor.code}^刘^主任", DG1_3="I61.9^脑出血", PID_13="13800000000")
    assert done.code == "updated"
    assert (feed.request().attending, feed.admission().diagnosis_code) == (doctor, "I61.9")
    assert feed.bed_of() == bed.id
    assert Event.objects.filter(kind="request.revised").count() == 2


def test_update_of_another_visit_touches_the_person_only(feed: Feed):
    """An update of an earlier visit does not overwrite the present one."""
    feed.send("A01", bed=feed.network.beds["neurology"][0], DG1_3="I63.9^脑梗死")
    assert feed.send("A08", PV1_19="old", DG1_3="J18.9^肺炎").code == "person_told"
    assert feed.admission().diagnosis_code == "I63.9"


def test_doctors_of_two_hospitals_with_one_number(feed: Feed):
    """Doctor D7 of one hospital is not doctor D7 of the other."""
    other = Feed(small_network())
    feed.send("A01", bed=feed.network.beds["neurology"][0])
    other.send("A01", bed=other.network.beds["neurology"][0], PV1_7="D7^王^医生")
    assert Practitioner.objects.count() == 2


def test_merge(feed: Feed):
    """A40 brings two records together; told again it is known already."""
    feed.send("A28", "P1")
    feed.send("A01", "P2", feed.network.beds["neurology"][0])
    assert feed.send("A40", "P1", MRG_1="P2").code == "merged"
    assert Merge.objects.get().survivor_id == feed.patient_id("P1")
    assert feed.bed_of("P1") is not None
    assert feed.send("A40", "P1", MRG_1="P2").code == "already_so"


def test_merge_of_two_people_in_beds_waits(feed: Feed):
    """Who lies in two beds at once is two people; nothing is merged."""
    for who, bed in zip(("P1", "P2"), feed.network.beds["neurology"], strict=False):
        feed.send("A01", who, bed)
    with pytest.raises(Conflict, match="merge_two_bodies"):
        feed.send("A40", "P1", MRG_1="P2")
    assert not Merge.objects.exists()
    assert feed.bed_of("P1") != feed.bed_of("P2")


def test_merge_of_two_requests(feed: Feed):
    """One person waits for one bed: of two open requests the one that is further on stays."""
    waiting = feed.expect("P1")
    feed.send("A01", "P2", feed.network.beds["neurology"][0])
    assert feed.send("A40", "P1", MRG_1="P2").code == "merged"
    assert feed.bed_of("P1") is not None
    assert str(state_of(waiting.pk)) == "cancelled"


def test_merge_where_one_number_is_new(feed: Feed):
    """When only one of the two numbers is known, the person has both from then on."""
    assert feed.send("A40", "P1", MRG_1="P2").ignored
    feed.send("A28", "P2")
    assert feed.send("A40", "P1", MRG_1="P2").code == "merged"
    assert feed.patient_id("P1") == feed.patient_id("P2")
    assert Patient.objects.count() == 1


def test_visit_numbers_are_no_persons(feed: Feed):
    """A visit number in PID-3 finds nobody; a message without a person's number is refused."""
    with pytest.raises(InvalidInput, match="patient_identifier_missing"):
        feed.send("A28", PID_3="77^^^HIS^VN")
    assert not Identifier.objects.exists()


def test_one_number_for_two_people(feed: Feed):
    """A number that was given to a second person by mistake: the visit tells whose bed it is about."""
    one, other = feed.network.beds["neurology"][:2]
    feed.send("A01", "P1", one)
    wrong = {"PID_3": "P1^^^HIS^MR", "PID_7": "19900101", "PID_8": "F"}
    second = feed.send("A01", "P2", other, **wrong)
    assert second.patient_id != feed.patient_id("P1")
    assert feed.send("A03", "P2", other, **wrong).patient_id == second.patient_id
    assert feed.bed_of("P1") == one.id


def test_identity_card_number_finds_the_person_anywhere(feed: Feed):
    """Two hospitals that know the same identity card number speak of one person."""
    card = "42010119600501123"
    number = card + idcard.check_digit(card)
    other = Feed(small_network())
    feed.send("A28", PID_3=f"77^^^HIS^MR~{number}^^^^NI")
    other.send("A28", PID_3=f"{number}^^^PSB^NI~88^^^HIS^MR")
    assert Patient.objects.count() == 1
    assert Identifier.objects.count() == 3
