"""What the picture archive holds: one row for each study that was found there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yipan.base.patients.models import NUMBER
from yipan.base.vault.fields import Digest, SealedText, WithSealed
from yipan.codecs.dicom.studies import LONGEST_UID
from yipan.kernel.ids import new_id
from yipan.lines.exams.models.orders import ExamOrder

NAME_LENGTH, DESCRIPTION_LENGTH, NUMBER_LENGTH = 120, 120, 64


class Study(WithSealed):
    """A study of the archive (PS3.3 C.7.2), as the archive tells it, and the order it belongs to.

    Without an order it waits, unless somebody set it aside; why it waits follows from its accession number and the
    orders of now (`queries.studies`). What it tells of the patient serves to find the order: the number is sealed like
    every number of a person. `at` is when it was made, `changed_at` when its counts last grew. `attached_by` is empty
    where the accession number decided. The images themselves stay in the archive.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    uid = models.CharField(max_length=LONGEST_UID, unique=True)
    order = models.ForeignKey(ExamOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="studies")
    accession = models.CharField(max_length=NUMBER_LENGTH, blank=True, default="", db_index=True)
    modalities = models.CharField(max_length=NUMBER_LENGTH, blank=True, default="")
    description = models.CharField(max_length=DESCRIPTION_LENGTH, blank=True, default="")
    at = models.DateTimeField(null=True)
    patient_number = SealedText(label="exams.study_patient")
    patient_digest = Digest(of="patient_number", domain=NUMBER)
    patient_name = models.CharField(max_length=NAME_LENGTH, blank=True, default="")
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=8, blank=True, default="")
    series = models.PositiveIntegerField(default=0)
    instances = models.PositiveIntegerField(default=0)
    found_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    attached_at = models.DateTimeField(null=True)
    attached_by = models.CharField(max_length=120, blank=True, default="")
    set_aside_at = models.DateTimeField(null=True)
    set_aside_by = models.CharField(max_length=120, blank=True, default="")
    set_aside_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="study_attached_when_ordered",
                condition=Q(order=None, attached_at=None) | Q(order__isnull=False, attached_at__isnull=False),
            ),
            models.CheckConstraint(name="study_aside_has_no_order", condition=Q(order=None) | Q(set_aside_at=None)),
            models.CheckConstraint(
                name="study_aside_has_reason", condition=Q(set_aside_at=None) | ~Q(set_aside_reason="")
            ),
        ]
        indexes = [
            models.Index(name="study_waiting", fields=["-found_at"], condition=Q(order=None, set_aside_at=None)),
            models.Index(name="study_patient", fields=["patient_digest"], condition=Q(patient_digest__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.uid
