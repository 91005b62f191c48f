"""The placement policy as data, with its whole history."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yipan.base.network.models.organisations import Organisation
from yipan.kernel import clock
from yipan.kernel.ids import new_id


class Policy(models.Model):
    """One edit of an organisation's policy. Rows are never changed or removed (the database refuses it).

    `body` holds only the keys that this organisation decides; the rest comes from the organisations above, and at the
    top from the engine's defaults. The row of the highest version is in force. `evidence` names what the edit rests on,
    "kind:identifier", for `evidence.link`; empty when nobody said.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    body = models.JSONField(default=dict)
    edited_by = models.CharField(max_length=150, blank=True, default="")
    edited_at = models.DateTimeField(default=clock.now)
    evidence = models.CharField(max_length=80, blank=True, default="", db_default="")

    class Meta:
        ordering = ["organisation", "-version"]
        verbose_name_plural = "policies"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="policy_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="policy_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} v{self.version}"
