"""Who reads for whom, and what waits to be read."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yipan.base.network.limits import CODE_LENGTH
from yipan.base.network.models.naming import Named
from yipan.kernel.ids import new_id
from yipan.lines.exams.models.catalogue import Category
from yipan.lines.exams.models.orders import ExamOrder


class ReadingCentre(Named):
    """Where examinations are read, for its own hospital and for those in `Coverage`.

    `policy` holds what the centre decides itself; the rest are the defaults of `policy.reading`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="+")
    policy = models.JSONField(default=dict, blank=True)
    in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.CheckConstraint(name="reading_centre_code", condition=~Q(code=""))]


class Coverage(models.Model):
    """A centre reads one category of a site. What nobody covers is read by the hospital that ordered it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(ReadingCentre, on_delete=models.CASCADE, related_name="coverage")
    site = models.ForeignKey("network.Site", on_delete=models.CASCADE, related_name="+")
    category = models.CharField(max_length=12, choices=Category.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="coverage_once", fields=["site", "category"]),
            models.CheckConstraint(name="coverage_category", condition=Q(category__in=Category.values)),
        ]

    def __str__(self) -> str:
        return f"{self.centre_id} {self.category} {self.site_id}"


class Grade(models.TextChoices):
    """How far a reader's word goes by itself (住院、主治、高级)."""

    RESIDENT = "resident", _("Resident")
    ATTENDING = "attending", _("Attending")
    SENIOR = "senior", _("Senior")


class Reader(models.Model):
    """A doctor who reads at a centre. `specialties` are the sub-specialties of `ExamItem` that they read.

    On duty until `duty_until`; nobody has to remember to go off duty. `head` answers for the centre's quality.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    centre = models.ForeignKey(ReadingCentre, on_delete=models.PROTECT, related_name="readers")
    practitioner = models.OneToOneField("access.Practitioner", on_delete=models.PROTECT, related_name="reader")
    grade = models.CharField(max_length=10, choices=Grade.choices, default=Grade.ATTENDING)
    specialties = models.JSONField(default=list, blank=True)
    head = models.BooleanField(default=False)
    duty_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="reader_grade", condition=Q(grade__in=Grade.values))]

    def __str__(self) -> str:
        return str(self.practitioner)

    @property
    def label(self) -> str:
        """The name in the active language."""
        return self.practitioner.label


class Reading(models.Model):
    """An examination that was performed and is to be read: by which centre and until when, decided once.

    `urgency` and `due_at` are what the policy said when it was performed. `done_at` is when it was signed.
    """

    order = models.OneToOneField(ExamOrder, on_delete=models.CASCADE, primary_key=True, related_name="reading")
    centre = models.ForeignKey(ReadingCentre, on_delete=models.PROTECT, related_name="readings")
    urgency = models.CharField(max_length=10)
    performed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reading_urgency", condition=Q(urgency__in=["emergency", "urgent", "inpatient", "outpatient"])
            ),
            models.CheckConstraint(name="reading_due_after", condition=Q(due_at__gte=F("performed_at"))),
        ]
        indexes = [
            models.Index(name="reading_open", fields=["centre", "due_at"], condition=Q(done_at=None)),
            models.Index(name="reading_done", fields=["centre", "done_at"], condition=Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.urgency} {self.order_id}"


class ReadingClaim(models.Model):
    """Somebody reads this now. One row a reading: two readers cannot hold the same.

    `seen_at` is the reader's last sign of life; a claim without one is released after a while.
    """

    reading = models.OneToOneField(Reading, on_delete=models.CASCADE, primary_key=True, related_name="claim")
    reader = models.ForeignKey(Reader, on_delete=models.PROTECT, related_name="claims")
    claimed_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.reading_id} {self.reader_id}"
