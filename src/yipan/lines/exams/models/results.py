"""What was found: results of the network's own sites and of others, as they were told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yipan.base.network.limits import CODE_LENGTH
from yipan.kernel.ids import new_id
from yipan.lines.exams.models.catalogue import ExamItem
from yipan.lines.exams.policy.recognition import Scope

NAME_LENGTH = 200


class ResultStatus(models.TextChoices):
    """What a result is worth, the codes of HL7 table 0085 that Yipan keeps apart."""

    PRELIMINARY = "P", _("Preliminary")
    FINAL = "F", _("Final")
    CORRECTED = "C", _("Corrected")
    CANCELLED = "X", _("Not available")


SCOPES = {
    Scope.NONE: _("No mark"),
    Scope.REGION: _("Region"),
    Scope.PROVINCE: _("Province"),
    Scope.NATIONAL: _("Whole country"),
}


class Result(models.Model):
    """One observation of one report. A correction is another row; the one that it replaces says since when.

    `item` is what was examined, as the catalogue has it; `analyte` the item of this observation where it can be ordered
    by itself. Without either nobody has mapped the sender's codes. `report` is what the rows of one report have in
    common: who made it and its number there; `key` is what was observed in it, `position` the order. A number is in
    `value` (with `comparator` for one such as "<0.01"), anything else in `text`. `site` made it; `performer` names one
    outside the network.
    `request` is ours when it answers one. `mark_scope` and `mark_area` are the recognition mark (全国HR …).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(ExamItem, on_delete=models.PROTECT, null=True, related_name="+")
    analyte = models.ForeignKey(ExamItem, on_delete=models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey("spine.Request", on_delete=models.PROTECT, null=True, related_name="+")
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, null=True, related_name="+")
    performer = models.CharField(max_length=NAME_LENGTH, blank=True, default="")
    source = models.CharField(max_length=120)
    report = models.CharField(max_length=NAME_LENGTH)
    key = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField(default=0)
    loinc = models.CharField(max_length=12, blank=True, default="")
    code = models.CharField(max_length=80, blank=True, default="")
    name = models.CharField(max_length=NAME_LENGTH)
    value = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    comparator = models.CharField(max_length=2, blank=True, default="")
    text = models.TextField(blank=True, default="")
    unit = models.CharField(max_length=40, blank=True, default="")
    reference_range = models.CharField(max_length=80, blank=True, default="")
    flags = models.CharField(max_length=20, blank=True, default="")
    status = models.CharField(max_length=1, choices=ResultStatus.choices)
    performed_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="")
    mark_scope = models.CharField(max_length=8, choices=list(SCOPES.items()), blank=True, default="")
    mark_area = models.CharField(max_length=40, blank=True, default="")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    superseded_at = models.DateTimeField(null=True)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="result_status", condition=Q(status__in=ResultStatus.values)),
            models.CheckConstraint(name="result_mark", condition=Q(mark_scope__in=[str(s) for s in Scope])),
            models.CheckConstraint(name="result_report_given", condition=~Q(report="")),
            models.UniqueConstraint(
                name="result_once", fields=["report", "key"], condition=Q(superseded_at__isnull=True)
            ),
        ]
        indexes = [
            models.Index(
                name="result_of_patient", fields=["patient", "-performed_at"], condition=Q(superseded_at__isnull=True)
            ),
            models.Index(
                name="result_of_item",
                fields=["patient", "item", "-performed_at"],
                condition=Q(superseded_at__isnull=True, item__isnull=False),
            ),
            models.Index(
                name="result_of_analyte",
                fields=["patient", "analyte", "-performed_at"],
                condition=Q(superseded_at__isnull=True, analyte__isnull=False),
            ),
            models.Index(name="result_request", fields=["request"], condition=Q(request__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.key}"


class ItemCode(models.Model):
    """What a sender, or everybody, calls an item: a local code or LOINC beside that of the catalogue.

    `system` is the coding system as messages name it ("L", "LN", a hospital's own), or empty for any; `organisation`
    whose code it is, or nobody's in particular.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(ExamItem, on_delete=models.CASCADE, related_name="codes")
    organisation = models.ForeignKey("network.Organisation", on_delete=models.CASCADE, null=True, related_name="+")
    system = models.CharField(max_length=40, blank=True, default="")
    code = models.CharField(max_length=CODE_LENGTH)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="item_code_once", fields=["organisation", "system", "code"], nulls_distinct=False
            ),
            models.CheckConstraint(name="item_code_given", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.code}"
