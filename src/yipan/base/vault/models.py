"""Which keys sealed something, how far a change of keys has come, and how long this installation keeps things."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yipan.base.vault.fields import SealedText, WithSealed


class KnownKey(WithSealed):
    """A key that this database has used. `probe` is sealed with it: a ring with another key of that name is noticed.

    `index_digest` does the same for the key of the digests.
    """

    id = models.CharField(primary_key=True, max_length=8)
    algorithm = models.CharField(max_length=20)
    first_seen_at = models.DateTimeField()
    probe = SealedText(label="vault.probe")
    index_digest = models.BinaryField()

    def __str__(self) -> str:
        return self.id


class Reseal(models.Model):
    """How far one table is brought under one key: everything up to the row `after`, in the order of its key."""

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=63)
    key = models.CharField(max_length=8)
    after = models.CharField(max_length=40, blank=True)
    rows = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reseal_once", fields=["table", "key"]),
            models.CheckConstraint(name="reseal_table", condition=~Q(table="")),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.key}"


class KeepFor(models.Model):
    """How many days something is kept here; see `retention`. Without a row the rule's own number holds."""

    key = models.CharField(primary_key=True, max_length=60)
    days = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.key} {self.days}"
