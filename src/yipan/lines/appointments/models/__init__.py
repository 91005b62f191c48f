"""Tables of the clinics, one file per group."""

from yipan.lines.appointments.models.appointments import Appointment
from yipan.lines.appointments.models.clinics import CLINIC, Clinic, ClosedSession, Holiday

__all__ = ["CLINIC", "Appointment", "Clinic", "ClosedSession", "Holiday"]
