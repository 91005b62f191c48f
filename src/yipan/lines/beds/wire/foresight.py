"""Reading at once what the messages of a batch will ask for one by one, and locking what they will write.

Locks are taken in the order in which every verb takes them: numbers, records, clinical sides, places. What is read here
is no decision: whoever decides asks for the same facts again, and reads what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from yipan.base import unit
from yipan.base.network.queries import placement_policy
from yipan.base.patients.identities import identities
from yipan.codecs.hl7v2.event import AdtEvent, PatientEvent
from yipan.codecs.hl7v2.triggers import Meaning
from yipan.kernel.errors import YipanError
from yipan.lines.beds.queries import facts as known
from yipan.lines.beds.wire import people
from yipan.spine import booking
from yipan.spine.holdings import holdings, kept_places
from yipan.spine.wire import Sender

MAKES_KNOWN = frozenset(
    {
        Meaning.ADMIT,
        Meaning.TO_INPATIENT,
        Meaning.REGISTER,
        Meaning.PREADMIT,
        Meaning.EXPECT_ADMIT,
        Meaning.ADD_PERSON,
        Meaning.UPDATE_PERSON,
        Meaning.UPDATE,
    }
)
"""What may make a person known or correct one."""

PERSON_ONLY = frozenset({Meaning.ADD_PERSON, Meaning.UPDATE_PERSON, Meaning.UPDATE, Meaning.MERGE})
"""What changes no bed, whatever bed it names."""

Told = tuple[AdtEvent, Sender]


def foresee(told: Sequence[tuple[PatientEvent, Sender]]) -> None:
    """Read and lock for these events of these senders; orders and results are of other lines."""
    own = [(event, source) for event, source in told if isinstance(event, AdtEvent)]
    parts = [(part, source) for event, source in own for part in (event, *event.further)]
    holders = _people(parts)
    patients = list(dict.fromkeys(holder for holder in holders if holder is not None))
    unit.facts(people.Doctors).foresee(parts)
    unit.facts(known.Requests).of_patient.warm(patients)
    moving = [part for part in parts if part[0].meaning not in PERSON_ONLY]
    movers = [h for h, (part, _) in zip(holders, parts, strict=True) if h and part.meaning not in PERSON_ONLY]
    capacities = _places(moving) | kept_places(movers)
    if capacities:
        booking.lock_places(capacities)
    holdings().foresee(capacity_ids=capacities, patient_ids=patients)
    places = unit.facts(known.Places)
    places.by_capacity.warm(capacities)
    stand = [place for i in capacities if (place := places.by_capacity[i]) is not None]
    unit.facts(known.Departments).by_id.warm(place.department_id for place in stand)
    for path in {place.path for place in stand if place.turnover_minutes is None}:
        placement_policy(path)


def _people(parts: Sequence[Told]) -> list[UUID | None]:
    """Who each part is about, where that person is known already; those whom it may write are locked."""
    numbers = [people.numbers_of(part, source) for part, source in parts]
    writing = [i for (part, _), found in zip(parts, numbers, strict=True) if part.meaning in MAKES_KNOWN for i in found]
    identities().foresee([i for found in numbers for i in found], writing)
    holders = [_holder(found) for found in numbers]
    known.lock_admissions({holder for holder in holders if holder is not None})
    return holders


def _holder(numbers: Iterable[people.IdentifierValue]) -> UUID | None:
    holders = (identities().holder(i.system, i.value) for i in numbers)
    return next((h.pk for h in holders if h is not None), None)


def _places(parts: Iterable[Told]) -> set[UUID]:
    """The capacities of the beds that messages name."""
    beds = {bed for part, source in parts if (bed := _bed(part, source)) is not None}
    places = unit.facts(known.Places)
    places.by_bed.warm(beds)
    return {place.capacity_id for bed in beds if (place := places.by_bed[bed]) is not None}


def _bed(event: AdtEvent, source: Sender) -> UUID | None:
    if event.location is None or not event.location.bed:
        return None
    try:
        return source.bed(event.location)
    except YipanError:  # the message itself will say so
        return None
