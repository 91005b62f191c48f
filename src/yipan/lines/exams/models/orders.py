"""What the examinations know of a request beyond the spine."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yipan.lines.exams.models.catalogue import ExamItem


class ExamOrder(models.Model):
    """The order of one examination: `spine.Request` of line `exams`.

    `accession` names it to devices, archive and partners (DICOM (0008,0050), at most 16 characters) and is ours;
    `placer_number` is the number that the ordering system gave it (HL7 ORC-2). `inpatient`: the patient lies in a ward.
    Where it stands follows from its booking (`spine.queries`) and what was made of it (studies, reports, results).
    """

    request = models.OneToOneField(
        "spine.Request", on_delete=models.CASCADE, primary_key=True, related_name="exam_order"
    )
    item = models.ForeignKey(ExamItem, on_delete=models.PROTECT, related_name="orders")
    accession = models.CharField(max_length=16, unique=True)
    placer_number = models.CharField(max_length=64, blank=True, default="", db_index=True)
    reason = models.CharField(max_length=400, blank=True, default="")
    inpatient = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(name="exam_order_accession", condition=~Q(accession=""))]

    def __str__(self) -> str:
        return self.accession
