"""What the bed pool knows beyond the spine: the admission request, why a bed was chosen, and the two task lists."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yipan.base.network.models import Isolation, LevelOfCare
from yipan.kernel.ids import new_id


class Severity(models.TextChoices):
    """病情. Critical and serious patients stay with their own specialty or in intensive care."""

    CRITICAL = "critical", _("Critical")
    SERIOUS = "serious", _("Serious")
    GENERAL = "general", _("General")


class NursingLevel(models.TextChoices):
    """护理级别 (WS/T 431-2013): special, then levels I to III."""

    SPECIAL = "special", _("Special care")
    LEVEL_1 = "1", _("Level I care")
    LEVEL_2 = "2", _("Level II care")
    LEVEL_3 = "3", _("Level III care")


class Tier(models.TextChoices):
    """收治顺序: how near a bed's department is to the patient's own."""

    OWN = "own", _("Own department")
    INTENSIVE = "intensive", _("Intensive care")
    ALLIED = "allied", _("Allied department")
    SIMILAR = "similar", _("Similar specialty")
    NEAREST = "nearest", _("Nearest")


class Origin(models.TextChoices):
    """Where the patient comes from."""

    CLINIC = "clinic", _("Clinic")
    EMERGENCY = "emergency", _("Emergency department")
    REFERRAL = "referral", _("Referral")
    HIS = "his", _("Hospital system")


class AdmissionRequest(models.Model):
    """The clinical side of a request for a bed; what placement asks about the patient.

    `certificate_at` starts the 20-minute clock. `home_minutes` is one way from home to the hospital.
    """

    request = models.OneToOneField(
        "spine.Request", on_delete=models.CASCADE, primary_key=True, related_name="admission"
    )
    certificate_no = models.CharField(max_length=40, blank=True)
    certificate_at = models.DateTimeField()
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.CLINIC)
    diagnosis_code = models.CharField(max_length=12, blank=True)
    diagnosis = models.CharField(max_length=200, blank=True)
    severity = models.CharField(max_length=10, choices=Severity.choices, default=Severity.GENERAL)
    nursing_level = models.CharField(max_length=8, choices=NursingLevel.choices, default=NursingLevel.LEVEL_2)
    isolation = models.CharField(max_length=12, choices=Isolation.choices, default=Isolation.NONE)
    pathogen = models.CharField(max_length=40, blank=True)
    oxygen = models.BooleanField(default=False)
    monitor = models.BooleanField(default=False)
    ventilator = models.BooleanField(default=False)
    level_of_care = models.CharField(max_length=10, choices=LevelOfCare.choices, default=LevelOfCare.GENERAL)
    sex = models.CharField(max_length=8, default="unknown")
    age_years = models.PositiveSmallIntegerField(null=True, blank=True)
    home_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    expected_days = models.DecimalField(max_digits=5, decimal_places=1, default=7)
    visit_number = models.CharField(max_length=64, blank=True, db_index=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="admission_severity", condition=Q(severity__in=Severity.values)),
            models.CheckConstraint(name="admission_nursing", condition=Q(nursing_level__in=NursingLevel.values)),
            models.CheckConstraint(name="admission_isolation", condition=Q(isolation__in=Isolation.values)),
            models.CheckConstraint(name="admission_days", condition=Q(expected_days__gt=0, expected_days__lte=365)),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_no} {self.diagnosis_code}"


class Placement(models.Model):
    """Why this bed: the decision as it was made, for the record and for the figures.

    `reasons` and `why_not` are lists of {"code": …, "params": …} as `engine.placement` gave them. Whether the patient
    is an outlier follows from the two departments; it is not stored.
    """

    booking = models.OneToOneField(
        "spine.Booking", on_delete=models.CASCADE, primary_key=True, related_name="placement"
    )
    home_department = models.ForeignKey("network.Department", on_delete=models.PROTECT, related_name="+")
    host_department = models.ForeignKey("network.Department", on_delete=models.PROTECT, related_name="+")
    tier = models.CharField(max_length=10, choices=Tier.choices)
    score = models.FloatField(null=True)
    position = models.PositiveSmallIntegerField(null=True)
    reasons = models.JSONField(default=list)
    why_not = models.JSONField(default=list)
    policy_version = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="placement_tier", condition=Q(tier__in=Tier.values))]
        indexes = [models.Index(name="placement_departments", fields=["home_department", "host_department"])]

    def __str__(self) -> str:
        return f"{self.tier} {self.score}"


class FollowUpCall(models.Model):
    """The call to a cross-department patient on day 3 of the stay (B7). One for each stay abroad."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    booking = models.OneToOneField("spine.Booking", on_delete=models.CASCADE, related_name="follow_up_call")
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=120, blank=True)
    reached = models.BooleanField(null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="call_satisfaction", condition=Q(satisfaction=None) | Q(satisfaction__gte=1, satisfaction__lte=5)
            )
        ]
        indexes = [models.Index(name="call_open", fields=["due_on"], condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.due_on} {self.booking_id}"


class NoticeKind(models.TextChoices):
    """What a ward is told."""

    INCOMING = "incoming", _("Patient coming: make the bed ready")
    CANCELLED = "cancelled", _("Patient not coming: bed is free again")
    DISPLACED = "displaced", _("Reservation lost: a stay lasts longer")
    OVERRUN = "overrun", _("Stay lasts longer than announced")
    HOME_BED = "home_bed", _("A bed of the home department is free for an outlier")


class WardNotice(models.Model):
    """Something a ward was told and has to see. `key` makes sure that it is told once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120, unique=True)
    ward = models.ForeignKey("network.Ward", on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=NoticeKind.choices)
    booking = models.ForeignKey("spine.Booking", on_delete=models.CASCADE, related_name="notices")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(name="notice_open", fields=["ward", "created_at"], condition=Q(seen_at=None))]

    def __str__(self) -> str:
        return f"{self.kind} {self.ward_id}"
