"""Grants of roles to users, practitioners, counted attempts, and records opened in an emergency."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from yipan.base.access.roles import GRANTABLE, Role
from yipan.kernel.ids import new_id


class Grant(models.Model):
    """A user has a role in an organisation and all below it, or in one ward of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=16, choices=[(r.value, r.label) for r in GRANTABLE])
    organisation = models.ForeignKey("network.Organisation", on_delete=models.CASCADE, related_name="grants")
    ward = models.ForeignKey("network.Ward", on_delete=models.CASCADE, null=True, blank=True, related_name="grants")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="grant_once", fields=["user", "role", "organisation", "ward"], nulls_distinct=False
            ),
            models.CheckConstraint(name="grant_role", condition=Q(role__in=[r.value for r in GRANTABLE])),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"

    @property
    def role_label(self) -> str:
        """The role in the active language."""
        return str(Role(self.role).label)


class Practitioner(models.Model):
    """A doctor or nurse who can be responsible for a patient; need not be able to sign in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    department = models.ForeignKey(
        "network.Department", on_delete=models.PROTECT, null=True, blank=True, related_name="practitioners"
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="practitioner"
    )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def label(self) -> str:
        """The name in the active language."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class Attempts(models.Model):
    """How often a key (a user, a name at an address) tried an action in the window that ends at `until`."""

    action = models.CharField(max_length=16)
    key = models.CharField(max_length=200)
    tries = models.PositiveIntegerField(default=0)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="attempts_once", fields=["action", "key"])]
        indexes = [models.Index(name="attempts_until", fields=["until"])]

    def __str__(self) -> str:
        return f"{self.action} {self.tries}"


class EmergencyAccess(models.Model):
    """A person without the right to it opened a patient's record, with a reason, for a while; somebody reviews it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="emergency_accesses")
    patient_id = models.UUIDField()
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    until = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="emergency_reviews"
    )
    justified = models.BooleanField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="emergency_ends", condition=Q(until__gt=F("at"))),
            models.CheckConstraint(
                name="emergency_reviewed_whole",
                condition=Q(reviewed_at=None, reviewed_by=None, justified=None)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, justified__isnull=False),
            ),
            models.CheckConstraint(
                name="emergency_reviewed_by_another", condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user"))
            ),
        ]
        indexes = [
            models.Index(name="emergency_open", fields=["user", "patient_id", "until"]),
            models.Index(name="emergency_unreviewed", fields=["-at"], condition=Q(reviewed_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.patient_id}"
