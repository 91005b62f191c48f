"""Critical values (危急值): what counts as one, each one raised, and to whom it was carried further."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yipan.base.network.limits import CODE_LENGTH
from yipan.base.network.models.naming import Named
from yipan.kernel.ids import new_id
from yipan.lines.exams.models.catalogue import Category
from yipan.lines.exams.models.orders import ExamOrder
from yipan.lines.exams.policy.units import readable


class CriticalFinding(Named):
    """Something a reader must tell at once: a dissecting aorta, a pneumothorax under tension, a third-degree block."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    category = models.CharField(max_length=12, choices=Category.choices)
    in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["category", "code"]
        constraints = [models.CheckConstraint(name="critical_finding_code", condition=~Q(code=""))]


class CriticalRule(Named):
    """A number below `low` or above `high` is critical: potassium below 2.5 or above 6.5 mmol/L.

    `loinc` names what is measured, `unit` in UCUM; a result in another unit is not judged but told to a person.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    loinc = models.CharField(max_length=12, unique=True)
    unit = models.CharField(max_length=24)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["loinc"]
        constraints = [
            models.CheckConstraint(name="critical_rule_bound", condition=Q(low__isnull=False) | Q(high__isnull=False)),
            models.CheckConstraint(
                name="critical_rule_order",
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lt=F("high")),
            ),
        ]

    @property
    def shown_unit(self) -> str:
        """The unit as people write it."""
        return readable(self.unit)


class DepartmentHead(models.Model):
    """Who answers for a department when its attending does not."""

    department = models.OneToOneField(
        "network.Department", on_delete=models.CASCADE, primary_key=True, related_name="head"
    )
    practitioner = models.ForeignKey("access.Practitioner", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.department_id} {self.practitioner_id}"


class CriticalValue(models.Model):
    """One critical value and its loop: told → acknowledged → acted. Closed is one that was acted on.

    `key` makes twice once: the same finding of the same report, the same number of the same result. `unit` is that of
    `value`, as the rule had it then. A number that answers no order of Yipan has instead the `patient`, the
    `organisation` that told it and the `site` that made it, where that is one of the network's. A number that was
    replaced while the loop was open says by what (`corrected_to`, "" when it was withdrawn). What was done cannot be
    said before somebody acknowledged, nor that before somebody was told (checks).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=160, unique=True)
    order = models.ForeignKey(ExamOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="criticals")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(
        "network.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    finding = models.ForeignKey(CriticalFinding, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.ForeignKey(CriticalRule, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    value = models.FloatField(null=True, blank=True)
    unit = models.CharField(max_length=24, blank=True, default="", db_default="")
    note = models.CharField(max_length=300, blank=True, default="")
    corrected_at = models.DateTimeField(null=True, blank=True)
    corrected_to = models.CharField(max_length=60, blank=True, default="", db_default="")
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=120)
    told_at = models.DateTimeField(null=True, blank=True)
    told_by = models.CharField(max_length=120, blank=True, default="")
    told_to = models.CharField(max_length=120, blank=True, default="")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=120, blank=True, default="")
    read_back = models.CharField(max_length=300, blank=True, default="")
    acted_at = models.DateTimeField(null=True, blank=True)
    acted_by = models.CharField(max_length=120, blank=True, default="")
    action = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="critical_of_somebody",
                condition=Q(order__isnull=False, patient=None, organisation=None, site=None)
                | Q(order=None, patient__isnull=False, organisation__isnull=False, rule__isnull=False),
            ),
            models.CheckConstraint(
                name="critical_of_something", condition=Q(finding__isnull=False) | Q(rule__isnull=False)
            ),
            models.CheckConstraint(
                name="critical_told_whole", condition=Q(told_at=None) | (~Q(told_by="") & ~Q(told_to=""))
            ),
            models.CheckConstraint(
                name="critical_acknowledged_after_told",
                condition=Q(acknowledged_at=None) | (Q(told_at__isnull=False) & ~Q(acknowledged_by="")),
            ),
            models.CheckConstraint(
                name="critical_acted_after_acknowledged",
                condition=Q(acted_at=None) | (Q(acknowledged_at__isnull=False) & ~Q(acted_by="")),
            ),
        ]
        indexes = [
            models.Index(name="critical_open", fields=["raised_at"], condition=Q(acted_at=None)),
            models.Index(name="critical_raised", fields=["-raised_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.raised_at:%Y-%m-%d %H:%M}"

    @property
    def label(self) -> str:
        """What it is, in the active language."""
        named = self.finding or self.rule
        return named.label if named is not None else ""

    @property
    def measured(self) -> str:
        """The number with its unit, as people write it; "" where there is none."""
        return "" if self.value is None else f"{self.value:.12g} {readable(self.unit)}".strip()


class CriticalEscalation(models.Model):
    """A step was overdue and the value was carried to the next person, once for each step and person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    value = models.ForeignKey(CriticalValue, on_delete=models.CASCADE, related_name="escalations")
    step = models.CharField(max_length=12)
    rung = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="escalation_once", fields=["value", "step", "rung"])]

    def __str__(self) -> str:
        return f"{self.value_id} {self.step} {self.rung}"
