"""One table, written once: PostgreSQL itself refuses to change or remove an entry (migration 0001)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """One act of one actor. Holds identifiers as plain values, so that it outlives what it speaks of."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_user_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120)
    action = models.CharField(max_length=64)
    object_type = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    patient_id = models.UUIDField(null=True)
    organisation_path = models.CharField(max_length=255, blank=True)
    data = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            models.Index(name="audit_at", fields=["-at", "-id"]),
            models.Index(name="audit_patient", fields=["patient_id", "-id"], condition=Q(patient_id__isnull=False)),
            models.Index(name="audit_actor", fields=["actor_user_id", "-id"], condition=Q(actor_user_id__isnull=False)),
            models.Index(name="audit_action", fields=["action", "-id"]),
            models.Index(name="audit_object", fields=["object_type", "object_id", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.action}"
