"""A file between its check and the decision to import it."""

from __future__ import annotations

from django.db import models

from yipan.kernel import clock
from yipan.kernel.ids import new_id


class Upload(models.Model):
    """What somebody uploaded and has not confirmed yet. Removed when confirmed, or after a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    data = models.BinaryField()
    replace = models.BooleanField(default=False)
    network_version = models.BigIntegerField()
    user_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name
