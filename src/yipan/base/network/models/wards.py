"""Wards (病区), what their nurses can do, rooms (病房) and beds (床位)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yipan.base.network.limits import BUILDING_LENGTH, CODE_LENGTH, LABEL_LENGTH, MINUTES_A_DAY, OLDEST
from yipan.base.network.models.clinical import Department, Specialty
from yipan.base.network.models.naming import Named
from yipan.base.network.models.organisations import Site
from yipan.kernel.ids import new_id


class SexPolicy(models.TextChoices):
    """Who may lie in a room together."""

    ANY = "any", _("Any sex")
    MALE = "male", _("Men only")
    FEMALE = "female", _("Women only")
    SAME = "same", _("One sex at a time")


class Isolation(models.TextChoices):
    """Precautions a room is fit for."""

    NONE = "none", _("No isolation")
    CONTACT = "contact", _("Contact isolation")
    DROPLET = "droplet", _("Droplet isolation")
    AIRBORNE = "airborne", _("Airborne isolation")
    PROTECTIVE = "protective", _("Protective isolation")


class LevelOfCare(models.TextChoices):
    """What care a bed is staffed and equipped for."""

    GENERAL = "general", _("General care")
    STEP_DOWN = "step_down", _("Step-down care")
    INTENSIVE = "intensive", _("Intensive care")


class Ward(Named):
    """A nursing unit. `floor` counts storeys of the building (−1 is the basement).

    `emergency_reserve` (beds kept free) and `turnover_minutes` (cleaning) override the policy; empty follows it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="wards")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="wards")
    building = models.CharField(max_length=BUILDING_LENGTH, blank=True, default="")
    floor = models.SmallIntegerField(default=1)
    nurses_total = models.PositiveSmallIntegerField(default=0)
    emergency_reserve = models.PositiveSmallIntegerField(null=True, blank=True)
    turnover_minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="ward_code_given"),
            models.CheckConstraint(condition=Q(turnover_minutes__lte=MINUTES_A_DAY), name="ward_turnover_within_a_day"),
        ]


class WardCompetence(models.Model):
    """How many nurses of a ward are qualified for a specialty; the rest of the ward's `nurses_total` are not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="competences")
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="competent_wards")
    nurses_qualified = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ward", "specialty"], name="competence_once")]

    def __str__(self) -> str:
        return f"{self.ward_id}/{self.specialty_id}: {self.nurses_qualified}"


class Room(models.Model):
    """A room of a ward. Ages are completed years, both ends included; empty means no limit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="rooms")
    label = models.CharField(max_length=LABEL_LENGTH)
    sex_policy = models.CharField(max_length=10, choices=SexPolicy.choices, default=SexPolicy.SAME)
    isolation = models.CharField(max_length=12, choices=Isolation.choices, default=Isolation.NONE)
    age_min = models.PositiveSmallIntegerField(null=True, blank=True)
    age_max = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["ward", "label"]
        constraints = [
            models.UniqueConstraint(fields=["ward", "label"], name="room_label_once_in_ward"),
            models.CheckConstraint(condition=~Q(label=""), name="room_label_given"),
            models.CheckConstraint(condition=Q(sex_policy__in=SexPolicy.values), name="room_sex_policy_known"),
            models.CheckConstraint(condition=Q(isolation__in=Isolation.values), name="room_isolation_known"),
            models.CheckConstraint(
                condition=Q(age_min__isnull=True) | Q(age_max__isnull=True) | Q(age_min__lte=F("age_max")),
                name="room_ages_in_order",
            ),
            models.CheckConstraint(condition=Q(age_min__lte=OLDEST), name="room_age_min_human"),
            models.CheckConstraint(condition=Q(age_max__lte=OLDEST), name="room_age_max_human"),
        ]

    def __str__(self) -> str:
        return self.label


class Bed(models.Model):
    """A bed in a room, assigned to a department. Whether it is free is never stored here: bookings tell it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="beds")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="beds")
    label = models.CharField(max_length=LABEL_LENGTH)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    oxygen = models.BooleanField(default=False)
    monitor = models.BooleanField(default=False)
    ventilator = models.BooleanField(default=False)
    level_of_care = models.CharField(max_length=10, choices=LevelOfCare.choices, default=LevelOfCare.GENERAL)

    class Meta:
        ordering = ["code"]
        constraints = [
            # Deferred, so that two labels can be swapped in one transaction.
            models.UniqueConstraint(
                fields=["room", "label"], name="bed_label_once_in_room", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=~Q(code=""), name="bed_code_given"),
            models.CheckConstraint(condition=~Q(label=""), name="bed_label_given"),
            models.CheckConstraint(condition=Q(level_of_care__in=LevelOfCare.values), name="bed_level_of_care_known"),
        ]

    def __str__(self) -> str:
        return self.label
