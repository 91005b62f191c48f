"""The review queue of likely duplicates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.patients import matching
from yipan.base.patients.actions.facts import known_person
from yipan.base.patients.matching import NATIONAL_ID, IdentifierValue, Person
from yipan.base.patients.models import DuplicateCandidate, DuplicateState, Patient, number_digest, phone_digest
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, NotFound

# A date that stands in for "unknown" (1900-01-01) may be shared by thousands; comparing them all would find nobody.
BLOCK = 50


def queue_duplicates(patient: Patient) -> list[DuplicateCandidate]:
    """Compare with the records that share a name, a date or a phone number, and queue the likely pairs.

    A pair that was decided stays decided. Four indexed queries whatever the number of patients.
    """
    subject = known_person(patient)
    queued = []
    for other in _block(patient, subject):
        reasons = matching.evidence(subject, known_person(other))
        points = matching.score(reasons)
        if points >= matching.THRESHOLD:
            told = [{"code": r.code, "weight": r.weight} for r in reasons]
            queued.append(queue_pair(patient.pk, other.pk, points, told))
    return queued


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


def _block(patient: Patient, subject: Person) -> list[Patient]:
    """Records worth comparing: at most BLOCK for each shared feature."""
    rows = Patient.objects.filter(merged_into=None).exclude(pk=patient.pk)
    features: list[Q] = [Q(phone_digest=phone_digest(subject.phone))] if subject.phone else []
    if subject.birth_date:
        dates = [subject.birth_date, *matching.near_dates(subject.birth_date)]
        features.append(Q(birth_date__in=dates, name=subject.name))
        if subject.pinyin:
            features.append(Q(birth_date=subject.birth_date, pinyin=subject.pinyin))
        if subject.national_id:
            features.append(Q(birth_date=subject.birth_date, identifiers__system=NATIONAL_ID))
    ids: set[UUID] = set()
    for feature in features:
        ids |= set(rows.filter(feature).values_list("pk", flat=True)[:BLOCK])
    return list(Patient.objects.filter(pk__in=ids).prefetch_related("identifiers").order_by("pk")) if ids else []


def _is_news(pair: DuplicateCandidate, reasons: list[dict[str, Any]]) -> bool:
    """A contradiction of identifiers is not painted over by mere likeness."""
    claims = {"identifier_conflict", "named_together"}
    had = any(r["code"] in claims for r in pair.reasons)
    return not had or any(r["code"] in claims for r in reasons)


def _who(pair: DuplicateCandidate) -> dict[str, str]:
    return {"left": str(pair.left_id), "right": str(pair.right_id)}
