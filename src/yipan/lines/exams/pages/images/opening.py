"""Who opens images: each opening is a reading of the patient's record, and what is fetched afterwards belongs to one.

A page of images fetches hundreds of frames. The opening is written down once, with the page; what the page fetches
carries its mark, so that no frame is given out that was not opened by the same person within a working day.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.core import signing

from yipan.base import audit
from yipan.base.access import Actor
from yipan.kernel.errors import NotFound
from yipan.lines.exams.models import ExamOrder, Study
from yipan.lines.exams.queries import studies as query

SALT = "exams.images"
HOURS = 12
LONGEST_MARK = 300


def opened(actor: Actor, order: ExamOrder, studies: Iterable[Study]) -> dict[UUID, str]:
    """Write the opening of each study down; the mark of each, for what is fetched of it."""
    marks: dict[UUID, str] = {}
    for study in studies:
        audit.record(
            actor,
            "study.read",
            "study",
            study.pk,
            patient_id=order.request.patient_id,
            path=order.request.site.organisation.path,
        )
        marks[study.pk] = signing.dumps([str(study.pk), actor.user_id], salt=SALT)
    return marks


def study_of(actor: Actor, study_id: UUID, mark: str) -> Study:
    """The study that this person has opened and may still see.

    Raises NotFound("images_not_opened") without a mark of theirs, and the errors of `queries.studies.study`.
    """
    study = query.study(actor, study_id)
    try:
        told = signing.loads(mark[:LONGEST_MARK], salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        told = None
    if told != [str(study.pk), actor.user_id]:
        raise NotFound("images_not_opened")
    return study
