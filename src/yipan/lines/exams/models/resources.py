"""What examines: devices and the people who work them. Each is a capacity of the spine under the same identifier."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yipan.base.network.limits import CODE_LENGTH
from yipan.base.network.models.naming import Named
from yipan.lines.exams.models.catalogue import ExamItem

DEVICE, TECHNICIAN = "device", "technician"
"""Kinds of capacities of this line."""


class Device(Named):
    """A scanner, an ECG recorder, an endoscope, an analyser. Its site is that of its capacity.

    `hours` are the opening hours in the site's zone by ISO weekday, {"1": [["08:00", "12:00"], ["14:00", "17:30"]], …};
    empty means always. `ae_title` is its name in DICOM (PS3.5: at most 16 characters), `items` what it can do.
    """

    capacity = models.OneToOneField("spine.Capacity", on_delete=models.PROTECT, primary_key=True, related_name="device")
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    department = models.ForeignKey("network.Department", on_delete=models.PROTECT, related_name="+")
    modality = models.CharField(max_length=4, blank=True, default="")
    ae_title = models.CharField(max_length=16, blank=True, default="")
    hours = models.JSONField(default=dict, blank=True)
    items = models.ManyToManyField(ExamItem, related_name="devices", blank=True)
    in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="device_code_given", condition=~Q(code="")),
            models.UniqueConstraint(name="device_ae_title_once", fields=["ae_title"], condition=~Q(ae_title="")),
        ]


class Technician(models.Model):
    """Somebody who works devices of one site. `items` are the examinations they are qualified for; `hours` as above."""

    capacity = models.OneToOneField(
        "spine.Capacity", on_delete=models.PROTECT, primary_key=True, related_name="technician"
    )
    practitioner = models.OneToOneField("access.Practitioner", on_delete=models.PROTECT, related_name="technician")
    hours = models.JSONField(default=dict, blank=True)
    items = models.ManyToManyField(ExamItem, related_name="technicians", blank=True)
    in_use = models.BooleanField(default=True)

    def __str__(self) -> str:
        return str(self.practitioner)
