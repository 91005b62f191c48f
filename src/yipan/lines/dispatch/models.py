"""What the ambulances know beyond the spine: vehicles, transports, and what was handed over."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yipan.base.network.limits import CODE_LENGTH

AMBULANCE = "ambulance"
"""Kind of the capacities of this line."""


class Level(models.TextChoices):
    """What a vehicle and its crew can do on the way."""

    BASIC = "basic", _("Basic life support")
    ADVANCED = "advanced", _("Advanced life support")


class Vehicle(models.Model):
    """An ambulance with its crew. Its base is the site of its capacity; `call_sign` is its name on the radio.

    `preparation_minutes` from the alert to leaving the base.
    """

    capacity = models.OneToOneField(
        "spine.Capacity", on_delete=models.PROTECT, primary_key=True, related_name="vehicle"
    )
    call_sign = models.CharField(max_length=CODE_LENGTH, unique=True)
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.BASIC)
    preparation_minutes = models.PositiveSmallIntegerField(default=3)
    in_service = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["call_sign"]
        constraints = [
            models.CheckConstraint(name="vehicle_call_sign_given", condition=~Q(call_sign="")),
            models.CheckConstraint(name="vehicle_level", condition=Q(level__in=Level.values)),
            models.CheckConstraint(name="vehicle_preparation", condition=Q(preparation_minutes__lte=60)),
        ]

    def __str__(self) -> str:
        return self.call_sign

    @property
    def label(self) -> str:
        """The call sign, which is the same in every language."""
        return self.call_sign


class Transport(models.Model):
    """Somebody to be taken from one site to another: `spine.Request` of line `dispatch`.

    `level` is the least that the vehicle must be able to do. Where it stands follows from the booking and the events.
    """

    request = models.OneToOneField(
        "spine.Request", on_delete=models.CASCADE, primary_key=True, related_name="transport"
    )
    from_site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="+")
    to_site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.BASIC)
    condition = models.CharField(max_length=400, blank=True, default="")
    oxygen = models.BooleanField(default=False)
    escort = models.BooleanField(default=False)
    note = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(name="transport_level", condition=Q(level__in=Level.values)),
            models.CheckConstraint(name="transport_between_two", condition=~Q(from_site=F("to_site"))),
        ]

    def __str__(self) -> str:
        return f"{self.from_site_id} → {self.to_site_id}"


class Handover(models.Model):
    """What the crew handed over with the patient. `vitals` by LOINC-like names of `policy.VITALS`, in their units."""

    transport = models.OneToOneField(Transport, on_delete=models.CASCADE, primary_key=True, related_name="handover")
    at = models.DateTimeField()
    vitals = models.JSONField(default=dict)
    treatment = models.CharField(max_length=1000, blank=True, default="")
    note = models.CharField(max_length=400, blank=True, default="")
    received_by = models.CharField(max_length=120)
    given_by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(name="handover_received", condition=~Q(received_by=""))]

    def __str__(self) -> str:
        return f"{self.transport_id} {self.at}"
