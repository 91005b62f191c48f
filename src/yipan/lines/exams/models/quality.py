"""Quality of what sites measure: controls and external assessments. Nothing here is a patient's."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yipan.kernel.ids import new_id
from yipan.lines.exams.models.catalogue import ExamItem


class ControlMaterial(models.Model):
    """A control of one level with its target; another lot is another row, so that a target never changes.

    `analyte` tells apart what one item measures (K, Na …); empty where the item is one value.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(ExamItem, on_delete=models.PROTECT, related_name="+")
    analyte = models.CharField(max_length=40, blank=True, default="")
    level = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    lot = models.CharField(max_length=40)
    mean = models.FloatField()
    sd = models.FloatField()
    unit = models.CharField(max_length=40, blank=True, default="")
    in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["item__code", "analyte", "level", "lot"]
        constraints = [
            models.CheckConstraint(name="control_level", condition=Q(level__gte=1, level__lte=5)),
            models.CheckConstraint(name="control_sd", condition=Q(sd__gt=0)),
            models.UniqueConstraint(name="control_once", fields=["site", "item", "analyte", "level", "lot"]),
            models.UniqueConstraint(
                name="control_one_in_use", fields=["site", "item", "analyte", "level"], condition=Q(in_use=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.lot}"


class ControlRun(models.Model):
    """The controls of one item at one site, measured together. Whether it was good follows from its measurements."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(ExamItem, on_delete=models.PROTECT, related_name="+")
    analyte = models.CharField(max_length=40, blank=True, default="")
    measured_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True, default="")
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="control_run_once", fields=["site", "item", "analyte", "measured_at"])
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.measured_at}"


class ControlMeasurement(models.Model):
    """What one level measured in a run."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(ControlRun, on_delete=models.CASCADE, related_name="measurements")
    material = models.ForeignKey(ControlMaterial, on_delete=models.PROTECT, related_name="+")
    value = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(name="control_measured_once", fields=["run", "material"])]

    def __str__(self) -> str:
        return f"{self.run_id} {self.value}"


class ExternalAssessment(models.Model):
    """One round of an external quality assessment (室间质量评价) for one item of one site.

    `score` in percent as the organiser gave it; `sample_at` when the sample was measured, `assessed_at` when the
    outcome became known.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(ExamItem, on_delete=models.PROTECT, related_name="+")
    organiser = models.CharField(max_length=120)
    round = models.CharField(max_length=40)
    sample_at = models.DateTimeField()
    assessed_at = models.DateTimeField()
    score = models.FloatField(null=True, blank=True)
    passed = models.BooleanField()
    note = models.CharField(max_length=200, blank=True, default="")
    entered_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="assessment_once", fields=["site", "item", "organiser", "round"]),
            models.CheckConstraint(
                name="assessment_score", condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organiser} {self.round}"
