"""The roles that a hospital hands out. What each may do stands in the matrix, next to the verb."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A person's task. `INTERFACE` belongs to message feeds only and is never granted to a person."""

    COORDINATOR = "coordinator", _("Bed coordinator")
    WARD_NURSE = "ward_nurse", _("Ward nurse")
    DOCTOR = "doctor", _("Doctor")
    MANAGER = "manager", _("Manager")
    INTEGRATOR = "integrator", _("Integrator")
    ADMINISTRATOR = "administrator", _("Administrator")
    INTERFACE = "interface", _("Message interface")


GRANTABLE = tuple(role for role in Role if role is not Role.INTERFACE)
"""Roles that an administrator can give to a person."""

EVERY_PERSON = frozenset(GRANTABLE)
"""For verbs that any signed-in person with a role may do."""
