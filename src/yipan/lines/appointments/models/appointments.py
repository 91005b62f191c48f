"""What the clinics know of a request beyond the spine."""

from __future__ import annotations

from django.db import models

from yipan.lines.appointments.models.clinics import Clinic


class Appointment(models.Model):
    """The wish to be seen: `spine.Request` of line `appointments`.

    `specialty` is what is wanted, `wish` the one clinic that it has to be, if any; the clinic that it became is the
    capacity of the booking. `registration` is the appointment whose registration still covers this visit; None when
    this one is registered itself. Where it stands follows from the booking and the events.
    """

    request = models.OneToOneField(
        "spine.Request", on_delete=models.CASCADE, primary_key=True, related_name="appointment"
    )
    specialty = models.ForeignKey("network.Specialty", on_delete=models.PROTECT, related_name="+")
    wish = models.ForeignKey(Clinic, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    registration = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    reason = models.CharField(max_length=400, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.specialty_id} {self.request_id}"
