"""Admissions: told, expected, and taken back."""

from __future__ import annotations

from datetime import datetime

from yipan.base.access import Actor
from yipan.base.patients.models import Patient
from yipan.codecs.hl7v2.event import AdtEvent
from yipan.codecs.hl7v2.timestamp import Precision
from yipan.codecs.hl7v2.triggers import Meaning
from yipan.kernel import clock
from yipan.kernel.errors import Conflict
from yipan.lines.beds.queries.facts import BedPlace
from yipan.lines.beds.wire import people, presence, requests, times
from yipan.lines.beds.wire.clinical import INPATIENT, OUTPATIENT
from yipan.lines.beds.wire.sender import place_at
from yipan.spine import booking
from yipan.spine.queries import RequestState, state_of
from yipan.spine.wire import Sender
from yipan.spine.wire.outcome import ALREADY_SO, Outcome


def admit(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A01, A06: the patient is in the bed of PV1-3; without a bed there, the patient waits for one.

    Raises Conflict: "bed_occupied", "bed_closed", "patient_in_other_bed", "visit_ended", "time_in_future" …
    """
    if event.meaning is Meaning.ADMIT and event.patient_class == OUTPATIENT:
        return Outcome("not_inpatient", ignored=True)
    patient = people.registered(event, source=source, actor=actor)
    place = place_at(event.location, source=source, actor=actor)
    here = presence.of(patient.pk, source=source, actor=actor)
    if here is None:
        at = times.happened(event, clock.now())
        if place is None:
            return _wait(event, patient, at, source=source, actor=actor)
        return enter(event, patient, place, at, source=source, actor=actor)
    requests.refuse_other_visit(here.request, event)
    if place is not None and place.capacity_id != here.place.capacity_id:
        raise Conflict("patient_in_other_bed", bed=here.place.label)
    doctor = people.attending(event, source)
    requests.bring_up_to_date(here.request, event, doctor=doctor, actor=actor)
    return Outcome(ALREADY_SO, patient.pk)


def register_visit(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A04: an outpatient visit is none of the bed pool's business; some systems admit inpatients with it."""
    if event.patient_class != INPATIENT:
        return Outcome("not_inpatient", ignored=True)
    return admit(event, source=source, actor=actor)


def expect_admit(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A05, A14: the patient will come, at PV2-8 or EVN-3; a request waits for a bed from then on."""
    patient = people.registered(event, source=source, actor=actor)
    if presence.of(patient.pk, source=source, actor=actor) is not None:
        raise Conflict("patient_in_bed")
    now = clock.now()
    planned = next(
        (t.at for t in (event.expected_admission, event.planned_at) if t is not None and t.precision >= Precision.DAY),
        now,
    )
    return _wait(event, patient, max(planned, now), source=source, actor=actor)


def cancel_admit(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A11: the admission never was; the request ends with it."""
    patient = people.known(event, source=source, actor=actor)
    here = presence.of(patient.pk, source=source, actor=actor)
    if here is None:
        return _withdraw(event, patient, actor=actor)
    requests.refuse_other_visit(here.request, event)
    if here.booking.previous_id is not None:
        raise Conflict("stay_has_transfers")
    booking.undo_arrive(booking_id=here.booking.pk, by=actor, reason=requests.REASON)
    requests.withdraw(here.request, actor=actor)
    return Outcome("admission_cancelled", patient.pk)


def cancel_expected_admit(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A27: the patient will not come."""
    patient = people.known(event, source=source, actor=actor)
    if presence.of(patient.pk, source=source, actor=actor) is not None:
        raise Conflict("patient_in_bed")
    return _withdraw(event, patient, actor=actor)


def enter(event: AdtEvent, patient: Patient, place: BedPlace, at: datetime, *, source: Sender, actor: Actor) -> Outcome:
    """Record that a patient without a bed is in this one since `at`."""
    doctor = people.attending(event, source)
    request = requests.open_or_new(event, patient, place=place, start=at, doctor=doctor, source=source, actor=actor)
    presence.take(request, place, at, actor=actor)
    return Outcome("admitted", patient.pk)


def _wait(event: AdtEvent, patient: Patient, start: datetime, *, source: Sender, actor: Actor) -> Outcome:
    """Let a request wait for a bed; where it has one already, only the wanted time may change."""
    before = requests.open_of(patient.pk)
    request = requests.open_or_new(
        event,
        patient,
        place=None,
        start=start,
        doctor=people.attending(event, source),
        source=source,
        actor=actor,
    )
    if before is None:
        return Outcome("waits_for_bed", patient.pk)
    requests.postpone(request, start, actor=actor)
    return Outcome(ALREADY_SO, patient.pk)


def _withdraw(event: AdtEvent, patient: Patient, *, actor: Actor) -> Outcome:
    request = requests.open_of(patient.pk)
    if request is not None:
        requests.refuse_other_visit(request, event)
        requests.withdraw(request, actor=actor)
        return Outcome("admission_cancelled", patient.pk)
    former = requests.of_visit(patient.pk, event.visit_number)
    if former is not None and former.cancelled_at is not None:
        return Outcome(ALREADY_SO, patient.pk)
    if former is not None and state_of(former.pk) == RequestState.DONE:
        raise Conflict("visit_ended")
    raise Conflict("no_admission_to_cancel")
