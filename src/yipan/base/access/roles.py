"""The roles that a hospital hands out. What each may do stands in the matrix, next to the verb."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A person's task. `INTERFACE` belongs to message feeds only and is never granted to a person."""

    COORDINATOR = "coordinator", _("Bed coordinator")
    WARD_NURSE = "ward_nurse", _("Ward nurse")
    DOCTOR = "doctor", _("Doctor")
    TECHNICIAN = "technician", _("Technician")
    READER = "reader", _("Reading doctor")
    DISPATCHER = "dispatcher", _("Dispatcher")
    MANAGER = "manager", _("Manager")
    INTEGRATOR = "integrator", _("Integrator")
    ADMINISTRATOR = "administrator", _("Administrator")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    INTERFACE = "interface", _("Message interface")


GRANTABLE = tuple(role for role in Role if role is not Role.INTERFACE)
"""Roles that an administrator can give to a person."""

EVERY_PERSON = frozenset(GRANTABLE) - {Role.PRIVACY_OFFICER}
"""For verbs that any signed-in person who works with the network may do. The privacy officer only looks over their
shoulders: what the officer may do is named verb by verb."""
