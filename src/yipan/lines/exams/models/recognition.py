"""Mutual recognition: what items ask of results, in which areas the network lies, and what doctors decided."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yipan.kernel.ids import new_id
from yipan.lines.exams.models.catalogue import ExamItem
from yipan.lines.exams.models.results import Result
from yipan.lines.exams.policy.recognition import Refusal, Scope

REFUSALS = {
    Refusal.CHANGED: _("The condition changed, or the result does not fit the picture or the diagnosis"),
    Refusal.FAST: _("The result changes fast in the course of the disease"),
    Refusal.DECISIVE: _("Decisive for treatment, such as before surgery or transfusion"),
    Refusal.EMERGENCY: _("Emergency"),
    Refusal.ASSESSMENT: _("Forensic, disability or retirement assessment"),
    Refusal.OTHER: _("Another case that needs it"),
}


class RecognitionRule(models.Model):
    """What an item asks of a result before it is recognised; an item without one has the defaults of its category.

    `recognisable` False puts it on the negative list. Days of control and assessment are None where none is asked for.
    """

    item = models.OneToOneField(ExamItem, on_delete=models.CASCADE, primary_key=True, related_name="recognition")
    recognisable = models.BooleanField(default=True)
    valid_hours = models.PositiveIntegerField()
    valid_hours_ward = models.PositiveIntegerField(null=True, blank=True)
    mark_needed = models.BooleanField(default=False)
    for_critical = models.BooleanField(default=False)
    internal_days = models.PositiveSmallIntegerField(null=True, blank=True)
    external_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="recognition_valid", condition=Q(valid_hours__gte=1))]

    def __str__(self) -> str:
        return str(self.pk)


class RecognitionArea(models.Model):
    """A region or province that the network lies in, as marks name it (云溪市, 云南省, 京津冀)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=40, unique=True)
    scope = models.CharField(
        max_length=8, choices=[(str(Scope.REGION), _("Region")), (str(Scope.PROVINCE), _("Province"))]
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="recognition_area_scope", condition=Q(scope__in=[str(Scope.REGION), str(Scope.PROVINCE)])
            )
        ]

    def __str__(self) -> str:
        return self.name


class Decision(models.Model):
    """What a doctor decided about a result at hand when ordering: recognised, or refused with one of the six reasons.

    `request` is the order that the result answered, where there was one already. `price` and `dose` are those of the
    item at that time: what a recognition saved. `site` and `department` ordered.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(ExamItem, on_delete=models.PROTECT, related_name="+")
    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="decisions")
    request = models.ForeignKey("spine.Request", on_delete=models.PROTECT, null=True, related_name="+")
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("network.Department", on_delete=models.PROTECT, related_name="+")
    recognised = models.BooleanField()
    reason = models.CharField(max_length=12, choices=list(REFUSALS.items()), blank=True, default="")
    text = models.CharField(max_length=400, blank=True, default="")
    price = models.DecimalField(max_digits=9, decimal_places=2)
    dose = models.FloatField()
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="decision_reason", condition=Q(recognised=True, reason="") | (Q(recognised=False) & ~Q(reason=""))
            ),
            models.UniqueConstraint(
                name="decision_once", fields=["result", "item", "department"], condition=Q(recognised=True)
            ),
        ]
        indexes = [models.Index(name="decision_at", fields=["decided_at"])]

    def __str__(self) -> str:
        return f"{self.pk} {self.recognised}"
