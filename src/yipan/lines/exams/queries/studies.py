"""Studies of the archive: those of an order, those that wait and why, and the orders that may be meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yipan.base.access import Actor, scope
from yipan.base.patients.models import Identifier, Patient
from yipan.kernel.errors import NotFound
from yipan.lines.exams.models import ExamOrder, Study
from yipan.lines.exams.policy import matching
from yipan.spine.models import Booking
from yipan.spine.states import TAKES_TIME, Purpose

OPEN, MATCH = "exams.images", "exams.match"
"""Verbs: opening images, and deciding to which order a study belongs."""
SITE = "request__site__organisation__path"
READ, CENTRE = "exams.read", "reading__centre__site__organisation__path"
"""Whoever reads at a centre opens what was given to it, wherever it was ordered."""
MOST_PROPOSALS = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """A study without an order: why, and the orders that may be meant, likeliest first."""

    study: Study
    reason: matching.Waits
    proposals: tuple[ExamOrder, ...]


def order(actor: Actor, request_id: UUID, verb: str = OPEN) -> ExamOrder:
    """An order that the actor may do this with. Raises Refused, NotFound("exam_order_unknown")."""
    actor.require(verb)
    mine = scope(actor, verb, SITE) | (scope(actor, READ, CENTRE) if verb == OPEN else Q(pk__in=[]))
    found = _orders().filter(mine, pk=request_id).first()
    if found is None:
        raise NotFound("exam_order_unknown")
    return found


def of_order(actor: Actor, request_id: UUID) -> list[Study]:
    """The studies of an order whose images the actor may open, the newest first. Errors as of `order`."""
    return list(order(actor, request_id).studies.order_by("-at", "uid"))


def study(actor: Actor, study_id: UUID) -> Study:
    """A study whose images the actor may open: its order's site decides.

    Raises Refused, NotFound("study_unknown"), also for one that waits: nobody knows yet whose it is.
    """
    actor.require(OPEN)
    rows = Study.objects.select_related("order__request__patient", "order__request__site__organisation", "order__item")
    mine = scope(actor, OPEN, f"order__{SITE}") | scope(actor, READ, f"order__{CENTRE}")
    found = rows.filter(mine, pk=study_id, order__isnull=False).first()
    if found is None:
        raise NotFound("study_unknown")
    return found


def waiting(actor: Actor) -> QuerySet[Study]:
    """Studies that belong to no order yet, the newest first. Raises Refused."""
    actor.require(MATCH)
    return Study.objects.filter(order=None, set_aside_at=None).order_by("-found_at", "uid")


def set_aside(actor: Actor) -> QuerySet[Study]:
    """Studies that shall belong to no order, the newest first. Raises Refused."""
    actor.require(MATCH)
    return Study.objects.filter(order=None, set_aside_at__isnull=False).order_by("-set_aside_at", "uid")


def one_waiting(actor: Actor, study_id: UUID) -> Study:
    """A study without an order. Raises Refused, NotFound("study_unknown")."""
    actor.require(MATCH)
    found = Study.objects.filter(order=None, pk=study_id).first()
    if found is None:
        raise NotFound("study_unknown")
    return found


def explained(actor: Actor, studies: Sequence[Study]) -> list[Waiting]:
    """Why each of these waits, with the orders that may be meant. A fixed number of queries."""
    orders = by_accession({s.accession for s in studies if s.accession})
    patients = holders(studies)
    return [
        Waiting(s, reason_of(s, orders.get(s.accession), patients) or matching.Waits.UNKNOWN, proposals(actor, s))
        for s in studies
    ]


def reason_of(study: Study, found: ExamOrder | None, patients: dict[bytes, set[UUID]]) -> matching.Waits | None:
    """Why this study waits; None when it belongs to the order with its accession number."""
    return matching.reason(
        study.accession,
        ordered=found is not None,
        cancelled=found is not None and found.request.cancelled_at is not None,
        same=found is not None and is_of(study, found.request.patient, patients),
    )


def is_of(study: Study, patient: Patient, patients: dict[bytes, set[UUID]]) -> bool:
    """Whether what a study tells of its patient may be this patient."""
    number = bytes(study.patient_digest) if study.patient_digest else b""
    return matching.same_patient(
        matching.Told(study.patient_name, study.birth_date, study.sex),
        matching.Expected(patient.name, patient.pinyin, patient.birth_date, patient.sex),
        number_known=patient.pk in patients.get(number, ()),
    )


def by_accession(numbers: Iterable[str]) -> dict[str, ExamOrder]:
    """Orders by accession number."""
    return {found.accession: found for found in _orders().filter(accession__in=set(numbers))}


def holders(studies: Iterable[Study]) -> dict[bytes, set[UUID]]:
    """Patients that carry a number which a study tells, by the digest of the number."""
    digests = {bytes(s.patient_digest) for s in studies if s.patient_digest}
    found: dict[bytes, set[UUID]] = {}
    for digest, patient in Identifier.objects.filter(value_digest__in=digests).values_list(
        "value_digest", "patient_id"
    ):
        found.setdefault(bytes(digest), set()).add(patient)
    return found


def number_of(patient: Patient) -> str:
    """The number by which devices and archive call a patient: a record number, else the identifier of ours."""
    found = patient.identifiers.filter(type="MR").order_by("created_at").first()
    return found.value if found is not None else str(patient.pk)


def proposals(actor: Actor, study: Study) -> tuple[ExamOrder, ...]:
    """Orders that may be meant, as a proposal only: of a patient with this number, or of this name and birth date, for
    the same kind of device and about the same time; those without a study first."""
    who = Q(request__patient_id__in=holders([study]).get(bytes(study.patient_digest or b""), ()))
    if study.patient_name and study.birth_date:
        who |= Q(request__patient__name=study.patient_name, request__patient__birth_date=study.birth_date)
    rows = _orders().filter(who, scope(actor, MATCH, SITE), request__cancelled_at=None)
    rows = rows.annotate(has_study=Exists(Study.objects.filter(order=OuterRef("pk")))).order_by(
        "has_study", "-request__wanted_from"
    )[: MOST_PROPOSALS * 4]
    planned = planned_times(rows)
    near = [
        row
        for row in rows
        if matching.likely(study.modalities, study.at, modality=row.item.modality, planned=planned[row.pk])
    ]
    return tuple(near[:MOST_PROPOSALS])


def planned_times(orders: Iterable[ExamOrder]) -> dict[UUID, datetime]:
    """When each order is planned or was made: the start of its latest booking, else when it was wanted."""
    times: dict[UUID, Any] = {row.pk: row.request.wanted_from for row in orders}
    booked = Booking.objects.filter(
        request_id__in=times, purpose=Purpose.CARE, state__in=[str(s) for s in TAKES_TIME]
    ).order_by("period")
    times |= {row.request_id: row.start for row in booked if row.request_id}
    return times


def _orders() -> QuerySet[ExamOrder]:
    return ExamOrder.objects.select_related("request__patient", "request__site__organisation", "item")
