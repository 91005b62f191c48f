"""The review queue of likely duplicates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.patients import matching
from yipan.base.patients.actions.facts import known_person
from yipan.base.patients.matching import NATIONAL_ID, IdentifierValue, Person
from yipan.base.patients.models import (
    DuplicateCandidate,
    DuplicateState,
    Identifier,
    Patient,
    number_digest,
    phone_digest,
)
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, NotFound

# A date that stands in for "unknown" (1900-01-01) may be shared by thousands; comparing them all would find nobody.
BLOCK = 50

Shared = tuple[UUID, Any, str]


# For each subject at most so many: (subject, what is shared, what is shared) of many subjects, and the limit.
PHONE = """
SELECT told.subject, other.id FROM unnest(%s::uuid[], %s::bytea[], %s::text[]) AS told (subject, phone, empty)
CROSS JOIN LATERAL (
  SELECT p.id FROM patients_patient p
   WHERE p.phone_digest = told.phone AND p.merged_into_id IS NULL AND p.id <> told.subject LIMIT %s
) AS other
"""
BORN = """
SELECT told.subject, other.id FROM unnest(%s::uuid[], %s::date[], %s::text[]) AS told (subject, born, shared)
CROSS JOIN LATERAL (
  SELECT p.id FROM patients_patient p
   WHERE p.birth_date = told.born AND {} AND p.merged_into_id IS NULL AND p.id <> told.subject LIMIT %s
) AS other
"""
NAME = BORN.format("p.name = told.shared")
PINYIN = BORN.format("p.pinyin = told.shared")
CARD = BORN.format("EXISTS (SELECT 1 FROM patients_identifier i WHERE i.patient_id = p.id AND i.system = told.shared)")


def queue_duplicates(patients: Iterable[Patient]) -> None:
    """Compare these with the records that share a name, a date or a phone number, and queue the likely pairs.

    A pair that was decided stays decided. A few indexed queries, whatever the number of patients.
    """
    people = {p.pk: p for p in patients}
    subjects = {pk: known_person(people[pk], numbers) for pk, numbers in _numbers(people).items()}
    pairs = _block(subjects)
    others = (
        {
            p.pk: known_person(p)
            for p in Patient.objects.filter(pk__in={other for _, other in pairs}).prefetch_related("identifiers")
        }
        if pairs
        else {}
    )
    for subject, other in sorted(pairs):
        reasons = matching.evidence(subjects[subject], others[other])
        points = matching.score(reasons)
        if points >= matching.THRESHOLD:
            queue_pair(subject, other, points, [{"code": r.code, "weight": r.weight} for r in reasons])


def queue_pair(one: UUID, other: UUID, points: float, reasons: list[dict[str, Any]]) -> DuplicateCandidate:
    """Put a pair into the queue, or bring the evidence of an open one up to date."""
    left, right = sorted((one, other))
    pair, made = DuplicateCandidate.objects.get_or_create(
        left_id=left,
        right_id=right,
        defaults={"score": points, "reasons": reasons, "created_at": clock.now()},
    )
    if not made and pair.state == DuplicateState.OPEN and _is_news(pair, reasons):
        pair.score, pair.reasons = points, reasons
        pair.save(update_fields=["score", "reasons"])
    return pair


def queue_conflict(newcomer: Patient, holder_id: UUID, identifier: IdentifierValue) -> DuplicateCandidate:
    """Two records whose data contradict an identifier that both claim: a human must look, whatever the evidence."""
    holder = Patient.objects.prefetch_related("identifiers").get(pk=holder_id)
    reasons = matching.evidence(known_person(newcomer), known_person(holder))
    told = [{"code": r.code, "weight": r.weight} for r in reasons]
    claim = {"code": "identifier_conflict", "weight": 0.0, **marked(identifier)}
    return queue_pair(newcomer.pk, holder_id, max(matching.score(reasons), matching.THRESHOLD), [claim, *told])


def queue_shared(one: UUID, other: UUID, identifiers: Iterable[IdentifierValue]) -> DuplicateCandidate:
    """One message named two known patients as one person."""
    named = [{"code": "named_together", "weight": 0.0, **marked(i)} for i in identifiers]
    return queue_pair(one, other, matching.THRESHOLD * 2, named)


def marked(identifier: IdentifierValue) -> dict[str, str]:
    """An identifier as the evidence of a pair names it: by its digest, which tells it again and shows nothing."""
    return {"system": identifier.system, "digest": (number_digest(identifier.value) or b"").hex()}


@transaction.atomic
def decide_duplicate(*, actor: Actor, candidate_id: UUID, different: bool = True) -> DuplicateCandidate:
    """State that a pair is two people; it is not proposed again. (That it is one person is stated by `merge`.)

    `different=False` opens a pair again that was called different by mistake.
    Raises Refused, NotFound, Conflict("duplicate_decided").
    """
    actor.require("patients.merge")
    pair = DuplicateCandidate.objects.select_for_update().filter(pk=candidate_id).first()
    if pair is None:
        raise NotFound("duplicate_unknown")
    expected, new = DuplicateState.OPEN, DuplicateState.DIFFERENT
    if not different:
        expected, new = new, expected
    if pair.state != expected:
        raise Conflict("duplicate_decided")
    set_state(pair, new, actor.name if different else "")
    audit.record(
        actor, "duplicate.different" if different else "duplicate.reopen", "duplicate", pair.pk, data=_who(pair)
    )
    return pair


def set_state(pair: DuplicateCandidate, state: DuplicateState, by: str) -> None:
    """Write a decision, or its absence."""
    pair.state, pair.decided_by = state, by[:120]
    pair.decided_at = None if state == DuplicateState.OPEN else clock.now()
    pair.save(update_fields=["state", "decided_by", "decided_at"])


def _numbers(people: dict[UUID, Patient]) -> dict[UUID, list[Identifier]]:
    """The identity card of each, where there is one."""
    found: dict[UUID, list[Identifier]] = {pk: [] for pk in people}
    for row in Identifier.objects.filter(patient_id__in=list(people), system=NATIONAL_ID):
        found[row.patient_id].append(row)
    return found


def _block(subjects: dict[UUID, Person]) -> set[tuple[UUID, UUID]]:
    """(subject, record worth comparing): at most BLOCK for each shared feature."""
    phones, named, sounding, carded = list[Shared](), list[Shared](), list[Shared](), list[Shared]()
    for pk, person in subjects.items():
        if person.phone:
            phones.append((pk, phone_digest(person.phone), ""))
        if person.birth_date:
            dates = (person.birth_date, *matching.near_dates(person.birth_date))
            named += [(pk, day, person.name) for day in dates]
            if person.pinyin:
                sounding.append((pk, person.birth_date, person.pinyin))
            if person.national_id:
                carded.append((pk, person.birth_date, NATIONAL_ID))
    return {
        *_who_shares(PHONE, phones),
        *_who_shares(NAME, named),
        *_who_shares(PINYIN, sounding),
        *_who_shares(CARD, carded),
    }


def _who_shares(sql: str, shared: list[Shared]) -> list[tuple[UUID, UUID]]:
    if not shared:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(list(column) for column in zip(*shared, strict=True)), BLOCK])
        return cursor.fetchall()


def _is_news(pair: DuplicateCandidate, reasons: list[dict[str, Any]]) -> bool:
    """A contradiction of identifiers is not painted over by mere likeness."""
    claims = {"identifier_conflict", "named_together"}
    had = any(r["code"] in claims for r in pair.reasons)
    return not had or any(r["code"] in claims for r in reasons)


def _who(pair: DuplicateCandidate) -> dict[str, str]:
    return {"left": str(pair.left_id), "right": str(pair.right_id)}
