"""The trail and its seals, written once: PostgreSQL itself refuses to change or remove a row (migrations)."""

from __future__ import annotations

import json
from hashlib import sha256

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """One act of one actor. Holds identifiers as plain values, so that it outlives what it speaks of.

    A column `xid` (xid8, filled by the database) names the transaction, for sealing. New columns must be nullable:
    see `journals.Journal`.
    """

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
            models.Index(
                name="audit_list", fields=["object_id", "actor_user_id", "-at"], condition=Q(object_type="list")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.action}"


class Seal(models.Model):
    """A batch of committed rows of one journal, chained to the seal before it, whatever that one's journal.

    `leaves` holds 32 bytes for each of `ids`, in that order. All of transaction `mark_xid` up to row `mark_id`, and of
    every older transaction, is in this seal or an earlier one of the journal, provided that it was written in the
    database cluster `cluster`, where rows have identifiers above `floor_id` (see `sealing`).
    """

    number = models.BigIntegerField(primary_key=True)
    journal = models.CharField(max_length=16)
    at = models.DateTimeField()
    count = models.IntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    ids = ArrayField(models.BigIntegerField())
    leaves = models.BinaryField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    cluster = models.BigIntegerField()
    mark_xid = models.BigIntegerField()
    mark_id = models.BigIntegerField()
    floor_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(name="audit_seal_journal", fields=["journal", "-number"])]

    def __str__(self) -> str:
        return f"{self.number} {self.journal}"

    def computed_digest(self) -> str:
        """SHA-256 of everything that the seal says; the rows stand in it by their root."""
        said = {
            name: getattr(self, name)
            for name in ("number", "journal", "count", "first_id", "last_id", "root", "previous", "cluster")
        }
        said |= {"at": self.at.isoformat(), "mark": [self.mark_xid, self.mark_id, self.floor_id]}
        return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
