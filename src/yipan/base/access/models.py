"""Grants of roles to users, practitioners, and failed logins."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
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


class LoginFailure(models.Model):
    """How often a user name failed to sign in from an address, since the first failure of the running window."""

    username = models.CharField(max_length=150)
    address = models.CharField(max_length=45)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="login_failure_once", fields=["username", "address"])]
        indexes = [models.Index(name="login_failure_since", fields=["since"])]

    def __str__(self) -> str:
        return f"{self.username} {self.failures}"
