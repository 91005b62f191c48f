"""Clinics: who sees patients of which specialty, where, on which days; and the days on which it does not happen."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yipan.base.network.limits import CODE_LENGTH
from yipan.base.network.models.naming import Named
from yipan.kernel.ids import new_id

CLINIC = "clinic"
"""Kind of the capacities of this line."""


class Clinic(Named):
    """A doctor's regular session: each seat of it is a time on its capacity, whose site is where the patient comes to.

    "Every Tuesday 08:00–12:00 from … until …": `weekdays` are ISO (1 Monday), `starts` and `ends` local times of the
    site, `every_weeks` 2 means each second week counted from `first_day`. `department` is whose clinic it is; one that
    belongs to another site than the capacity sends a visiting doctor. `kept_for_referrals` seats of each session are
    given to referrals only, until a day before (`policy.open_to`).
    """

    capacity = models.OneToOneField("spine.Capacity", on_delete=models.PROTECT, primary_key=True, related_name="clinic")
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    department = models.ForeignKey("network.Department", on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey("access.Practitioner", on_delete=models.PROTECT, related_name="clinics")
    room = models.CharField(max_length=40, blank=True, default="")
    weekdays = ArrayField(models.PositiveSmallIntegerField())
    starts = models.TimeField()
    ends = models.TimeField()
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    every_weeks = models.PositiveSmallIntegerField(default=1)
    on_holidays = models.BooleanField(default=False)
    minutes = models.PositiveSmallIntegerField(default=10)
    kept_for_referrals = models.PositiveSmallIntegerField(default=0)
    in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="clinic_code_given", condition=~Q(code="")),
            models.CheckConstraint(name="clinic_times", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(name="clinic_days", condition=Q(last_day=None) | Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(name="clinic_weekdays", condition=Q(weekdays__len__gte=1)),
            models.CheckConstraint(name="clinic_minutes", condition=Q(minutes__gte=2, minutes__lte=240)),
            models.CheckConstraint(name="clinic_weeks", condition=Q(every_weeks__gte=1, every_weeks__lte=8)),
        ]


class ClosedSession(models.Model):
    """A session that does not take place: the doctor is away. Its patients were displaced when it was closed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="closed_sessions")
    day = models.DateField()
    reason = models.CharField(max_length=200)
    closed_by = models.CharField(max_length=120)
    closed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="closed_session_once", fields=["clinic", "day"])]

    def __str__(self) -> str:
        return f"{self.clinic_id} {self.day}"


class Holiday(Named):
    """A public holiday, on which no clinic takes place that does not say otherwise."""

    day = models.DateField(primary_key=True)

    class Meta:
        ordering = ["day"]
