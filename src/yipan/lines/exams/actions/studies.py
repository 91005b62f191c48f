"""Studies that are found in the archive, and to which order each belongs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yipan.base import audit
from yipan.base.access import Actor
from yipan.base.patients import idcard
from yipan.base.patients.models import number_digest
from yipan.codecs.dicom.studies import StudySummary
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, InvalidInput, NotFound
from yipan.lines.exams.models import ExamOrder, Study
from yipan.lines.exams.models.studies import DESCRIPTION_LENGTH, NAME_LENGTH, NUMBER_LENGTH
from yipan.lines.exams.queries import studies as known
from yipan.spine.events import Happening, record

MATCH = known.MATCH
BATCH = 100


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of studies that the archive told: how many were new, changed, and matched to an order."""

    new: int = 0
    changed: int = 0
    matched: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(self.new + other.new, self.changed + other.changed, self.matched + other.matched)


def take_studies(*, actor: Actor, found: Iterable[StudySummary]) -> Taken:
    """Write down what the archive holds, each study once, and match what waits by accession number. Raises Refused."""
    actor.require(MATCH, "")
    told = {one.uid: one for one in found}
    total = Taken()
    for start in range(0, len(told), BATCH):
        total += _take(actor, list(told.values())[start : start + BATCH])
    return total


def match_waiting(*, actor: Actor) -> int:
    """Match studies whose order came later than they did; how many. Raises Refused."""
    actor.require(MATCH, "")
    with transaction.atomic():
        rows = Study.objects.select_for_update(skip_locked=True).filter(order=None, set_aside_at=None)
        return _match(actor, list(rows.exclude(accession="").order_by("-found_at")[: BATCH * 5]))


def attach_study(*, actor: Actor, study_id: UUID, accession: str, anyway: bool = False) -> Study:
    """A person says to which order a study belongs.

    Raises Refused, NotFound("study_unknown"), NotFound("order_of_number_unknown"), Conflict("study_step") when somebody
    was quicker, Conflict("order_cancelled"), and Conflict("study_other_patient") unless `anyway`.
    """
    actor.require(MATCH)
    with transaction.atomic():
        study = _locked(study_id)
        order = known.by_accession([accession.strip()]).get(accession.strip())
        if order is None:
            raise NotFound("order_of_number_unknown", number=accession.strip()[:NUMBER_LENGTH])
        actor.require(MATCH, order.request.site.organisation.path)
        if study.order_id is not None:
            raise Conflict("study_step")
        if order.request.cancelled_at is not None:
            raise Conflict("order_cancelled")
        if not anyway and not known.is_of(study, order.request.patient, known.holders([study])):
            raise Conflict("study_other_patient")
        study.set_aside_at, study.set_aside_by, study.set_aside_reason = None, "", ""
        _attach(actor, study, order, by=actor.name)
    return study


def detach_study(*, actor: Actor, study_id: UUID, reason: str) -> Study:
    """Take a study from an order it does not belong to; it waits again.

    Raises Refused, NotFound("study_unknown"), Conflict("study_step"), InvalidInput("reason_missing").
    """
    actor.require(MATCH)
    with transaction.atomic():
        study = _locked(study_id)
        if study.order is None:
            raise Conflict("study_step")
        order = known.by_accession([study.order.accession])[study.order.accession]
        actor.require(MATCH, order.request.site.organisation.path)
        why = _given(reason)
        study.order, study.attached_at, study.attached_by = None, None, ""
        # Its number would attach it again at once; a person said that it is wrong.
        study.accession = ""
        study.save(update_fields=["order", "attached_at", "attached_by", "accession"])
        _tell("study.detached", actor, study, order, reason=why)
    return study


def require_fit(order: ExamOrder, told: StudySummary) -> None:
    """Raise Conflict("ecg_known") when this study belongs to another order, Conflict("study_other_patient") when it
    tells another patient."""
    if Study.objects.filter(uid=told.uid).exclude(order=None).exclude(order=order).exists():
        raise Conflict("ecg_known")
    row = _row(told, clock.now())
    row.patient_digest = number_digest(row.patient_number) if row.patient_number else None
    if not known.is_of(row, order.request.patient, known.holders([row])):
        raise Conflict("study_other_patient")


def attach_told(actor: Actor, order: ExamOrder, told: StudySummary) -> Study:
    """In the caller's transaction: write a study down as this order's, unless it is already."""
    study = Study.objects.select_for_update().filter(uid=told.uid).first()
    if study is None:
        study = _row(told, clock.now())
        study.order, study.attached_at, study.attached_by = order, clock.now(), actor.name[:120]
        study.save(force_insert=True)
        _tell("exam.imaged", actor, study, order, by="person")
    elif study.order_id is None:
        study.set_aside_at, study.set_aside_by, study.set_aside_reason = None, "", ""
        _attach(actor, study, order, by=actor.name)
    return study


def set_study_aside(*, actor: Actor, study_id: UUID, reason: str) -> Study:
    """Decide that a study shall belong to no order (a test of the device, another hospital's). Errors as above."""
    actor.require(MATCH)
    with transaction.atomic():
        study = _locked(study_id)
        if study.order_id is not None or study.set_aside_at is not None:
            raise Conflict("study_step")
        study.set_aside_reason = _given(reason)
        study.set_aside_at, study.set_aside_by = clock.now(), actor.name[:120]
        study.save(update_fields=["set_aside_at", "set_aside_by", "set_aside_reason"])
        audit.record(actor, "study.set_aside", "study", study.pk, data={"reason": study.set_aside_reason})
    return study


def take_study_up(*, actor: Actor, study_id: UUID) -> Study:
    """Let a study that was set aside wait again. Raises Refused, NotFound("study_unknown"), Conflict("study_step")."""
    actor.require(MATCH)
    with transaction.atomic():
        study = _locked(study_id)
        if study.set_aside_at is None:
            raise Conflict("study_step")
        study.set_aside_at, study.set_aside_by, study.set_aside_reason = None, "", ""
        study.save(update_fields=["set_aside_at", "set_aside_by", "set_aside_reason"])
        audit.record(actor, "study.taken_up", "study", study.pk)
    return study


def _take(actor: Actor, told: list[StudySummary]) -> Taken:
    now = clock.now()
    with transaction.atomic():
        rows = Study.objects.select_for_update().filter(uid__in=[one.uid for one in told])
        present = {row.uid: row for row in rows}
        changed = [row for one in told if (row := present.get(one.uid)) is not None and _grow(row, one, now)]
        Study.objects.bulk_update(changed, ["series", "instances", "modalities", "changed_at"])
        fresh = [_row(one, now) for one in told if one.uid not in present]
        # Another process may have found the same at the same time.
        Study.objects.bulk_create(fresh, ignore_conflicts=True)
        new = list(Study.objects.filter(pk__in=[row.pk for row in fresh]))
        for row in new:
            audit.record(actor, "study.found", "study", row.pk, data={"modalities": row.modalities})
        return Taken(len(new), len(changed), _match(actor, new))


def _grow(row: Study, told: StudySummary, now: datetime) -> bool:
    """Take the counts over; whether they changed."""
    fresh = (told.series, told.instances, " ".join(told.modalities)[:NUMBER_LENGTH])
    if (row.series, row.instances, row.modalities) == fresh:
        return False
    (row.series, row.instances, row.modalities), row.changed_at = fresh, now
    return True


def _row(told: StudySummary, now: datetime) -> Study:
    return Study(
        uid=told.uid,
        accession=told.accession[:NUMBER_LENGTH],
        modalities=" ".join(told.modalities)[:NUMBER_LENGTH],
        description=told.description[:DESCRIPTION_LENGTH],
        at=told.at,
        patient_number=idcard.normalise(told.patient_id)[:NUMBER_LENGTH],
        patient_name=told.patient_name[:NAME_LENGTH],
        birth_date=told.birth_date,
        sex=told.sex[:8],
        series=max(told.series, 0),
        instances=max(told.instances, 0),
        found_at=now,
        changed_at=now,
    )


def _match(actor: Actor, rows: list[Study]) -> int:
    orders, patients = known.by_accession({row.accession for row in rows if row.accession}), known.holders(rows)
    matched = 0
    for row in rows:
        order = orders.get(row.accession)
        if order is not None and known.reason_of(row, order, patients) is None:
            _attach(actor, row, order, by="")
            matched += 1
    return matched


def _attach(actor: Actor, study: Study, order: ExamOrder, *, by: str) -> None:
    study.order, study.attached_at, study.attached_by = order, clock.now(), by[:120]
    study.save(
        update_fields=["order", "attached_at", "attached_by", "set_aside_at", "set_aside_by", "set_aside_reason"]
    )
    _tell("exam.imaged", actor, study, order, by="person" if by else "accession")


def _tell(kind: str, actor: Actor, study: Study, order: ExamOrder, **data: str) -> None:
    request = order.request
    happening = Happening(
        kind=kind,
        line="exams",
        request_id=request.pk,
        patient_id=request.patient_id,
        site_id=request.site_id,
        data={"study": str(study.pk), "modalities": study.modalities, **data},
    )
    record(actor, [happening])


def _locked(study_id: UUID) -> Study:
    study = Study.objects.select_for_update(of=("self",)).select_related("order").filter(pk=study_id).first()
    if study is None:
        raise NotFound("study_unknown")
    return study


def _given(reason: str) -> str:
    text = reason.strip()[:200]
    if not text:
        raise InvalidInput("reason_missing")
    return text
