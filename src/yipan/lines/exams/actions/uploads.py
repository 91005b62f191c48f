"""What Yipan itself puts into the archive: a recording that a device exported as a file."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from yipan.base.access import Actor, scope
from yipan.codecs.dicom.studies import StudySummary
from yipan.kernel import clock
from yipan.kernel.errors import Conflict, NotFound
from yipan.lines.exams.actions.studies import attach_told, require_fit
from yipan.lines.exams.models import ExamOrder, Study
from yipan.lines.exams.queries import studies as known
from yipan.lines.exams.wire.archive import archive

if TYPE_CHECKING:
    from pydicom import Dataset

UPLOAD = "exams.perform"


def store_ecg(*, actor: Actor, request_id: UUID, raw: bytes) -> Study:
    """Store an ECG file (DICOM) in the archive as a recording of this order, and attach its study to the order.

    The file gets the order's accession number, patient number and name; what stood there before is kept in it (PS3.3
    C.12.1.1.9, Original Attributes). Raises Refused, NotFound("exam_order_unknown"), Conflict("order_cancelled"),
    Conflict("study_other_patient") when the file tells another birth date or sex, Conflict("ecg_known") when its study
    belongs to another order, the errors of `codecs.dicom.ecg`, and those of the archive.
    """
    from yipan.codecs.dicom import datasets, ecg

    order = _order(actor, request_id)
    data = datasets.read_file(raw)
    ecg.read_ecg(data)
    told = _summary(order, data)
    require_fit(order, told)
    _adopt(order, data)
    # Stored first: a study that is told and not there would be worse than one that is found a minute later.
    archive().store(data)
    with transaction.atomic():
        return attach_told(actor, order, told)


def _order(actor: Actor, request_id: UUID) -> ExamOrder:
    actor.require(UPLOAD)
    rows = ExamOrder.objects.select_related("request__patient", "request__site__organisation", "item")
    order = rows.filter(scope(actor, UPLOAD, known.SITE), pk=request_id).first()
    if order is None:
        raise NotFound("exam_order_unknown")
    if order.request.cancelled_at is not None:
        raise Conflict("order_cancelled")
    return order


def _summary(order: ExamOrder, data: Dataset) -> StudySummary:
    """What the file tells of its study, with the order's accession number."""
    from yipan.codecs.dicom import datasets, ecg
    from yipan.codecs.dicom.moments import read_day
    from yipan.codecs.dicom.studies import plain_name

    identity = ecg.identity(data, ZoneInfo(order.request.site.time_zone))
    return StudySummary(
        uid=identity.study_uid,
        accession=order.accession,
        modalities=("ECG",),
        at=identity.at or clock.now(),
        description=datasets.text(data, "StudyDescription"),
        patient_id=identity.patient_id,
        patient_issuer="",
        patient_name=plain_name(datasets.text(data, "PatientName").split("=")[-1]),
        birth_date=read_day(datasets.text(data, "PatientBirthDate")),
        sex=datasets.text(data, "PatientSex"),
        series=1,
        instances=1,
    )


def _adopt(order: ExamOrder, data: Dataset) -> None:
    """Write the order's number and patient into the object, and beside them what stood there before."""
    from pydicom import Dataset
    from pydicom.sequence import Sequence

    patient = order.request.patient
    before, kept = Dataset(), Dataset()
    fresh = {"AccessionNumber": order.accession, "PatientID": known.number_of(patient), "PatientName": patient.name}
    for keyword, text in fresh.items():
        if keyword in data:
            before.add(deepcopy(data[keyword]))
        setattr(data, keyword, text)
    data.SpecificCharacterSet = "ISO_IR 192"
    kept.AttributeModificationDateTime = clock.now().strftime("%Y%m%d%H%M%S+0000")
    kept.ModifyingSystem, kept.SourceOfPreviousValues = "YIPAN", ""
    kept.ReasonForTheAttributeModification = "COERCE"
    kept.ModifiedAttributesSequence = Sequence([before])
    data.OriginalAttributesSequence = Sequence([*(data.get("OriginalAttributesSequence") or []), kept])
