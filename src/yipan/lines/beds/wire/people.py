"""Who a message speaks of, where the visit decides between two people, and what messages say of people."""

from __future__ import annotations

from yipan.base.access import Actor
from yipan.base.patients import actions, names
from yipan.base.patients.matching import IdentifierValue
from yipan.base.patients.models import Patient
from yipan.codecs.hl7v2.event import AdtEvent
from yipan.kernel.errors import Conflict, InvalidInput
from yipan.lines.beds.wire import requests
from yipan.lines.beds.wire.clinical import INPATIENT
from yipan.spine.wire import ALREADY_SO, Outcome, Sender
from yipan.spine.wire.people import (
    Doctors,
    attending,
    correct,
    holder,
    identifiers,
    identifiers_of,
    registered,
)

__all__ = [
    "Doctors",
    "IdentifierValue",
    "attending",
    "find",
    "identifiers_of",
    "known",
    "merge_people",
    "numbers_of",
    "registered",
    "tell_person",
    "update",
]


def find(event: AdtEvent, *, source: Sender, actor: Actor) -> Patient | None:
    """The patient that carries one of the identifiers, first told first; None when nobody does.

    A number may have been given to two people; then registration has kept the second one apart, without that number
    (`patients.actions.register`). So where the name is another than that of the number's holder, the visit decides.
    """
    carrier = holder(identifiers_of(event, source), actor)
    told = names.clean(event.name.text) if event.name else ""
    if not told or (carrier is not None and carrier.name == told):
        return carrier
    visitor = requests.patient_of_visit(event.visit_number, source)
    return visitor if visitor is not None and visitor.name == told else carrier


def known(event: AdtEvent, *, source: Sender, actor: Actor) -> Patient:
    """Like `find`. Raises Conflict("patient_not_known"): the message that makes the patient known may still come."""
    patient = find(event, source=source, actor=actor)
    if patient is None:
        raise Conflict("patient_not_known")
    return patient


def numbers_of(event: AdtEvent, source: Sender) -> list[IdentifierValue]:
    """Every number that a message speaks of: the person's, and those that are merged into them."""
    return [*identifiers_of(event, source), *identifiers(event.previous_identifiers, source)]


def tell_person(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A28, A31: a person is made known or corrected; nothing of a stay."""
    patient = registered(event, source=source, actor=actor)
    return Outcome("person_told", patient.pk)


def update(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A08: person, attending and diagnosis are brought up to date. A bed is not changed by this message."""
    patient = find(event, source=source, actor=actor)
    if patient is None:
        if event.patient_class != INPATIENT:
            return Outcome("not_inpatient", ignored=True)
        raise Conflict("patient_not_known")
    correct(patient, event, actor=actor)
    request = requests.open_of(patient.pk)
    if request is None or requests.other_visit(request, event):
        return Outcome("person_told", patient.pk)
    requests.bring_up_to_date(request, event, doctor=attending(event, source), actor=actor)
    return Outcome("updated", patient.pk)


def merge_people(event: AdtEvent, *, source: Sender, actor: Actor) -> Outcome:
    """A40: the record of MRG-1 goes into that of PID-3; several pairs may be told at once."""
    results = [_merge(part, source, actor) for part in (event, *event.further)]
    return next((r for r in results if r.code == "merged"), results[0])


def _merge(event: AdtEvent, source: Sender, actor: Actor) -> Outcome:
    surviving, retired = identifiers_of(event, source), identifiers(event.previous_identifiers, source)
    if not surviving or not retired:
        raise InvalidInput("patient_identifier_missing", where="PID-3" if not surviving else "MRG-1")
    survivor, former = holder(surviving, actor), holder(retired, actor)
    if survivor is None and former is None:
        return Outcome("nobody_known", ignored=True)
    if survivor is not None and former is not None:
        if survivor.pk == former.pk:
            return Outcome(ALREADY_SO, survivor.pk)
        requests.keep_one(survivor.pk, former.pk, actor=actor)
        actions.merge(actor=actor, survivor_id=survivor.pk, retired_id=former.pk, reason=f"ADT^A40 {actor.name}"[:200])
        return Outcome("merged", survivor.pk)
    # Only one of the two numbers was known: the person simply has both from now on.
    kept = survivor or former
    assert kept is not None
    for system, value, kind in retired if survivor is not None else surviving:
        actions.add_identifier(actor=actor, patient_id=kept.pk, system=system, value=value, type=kind)
    return Outcome("merged", kept.pk)
