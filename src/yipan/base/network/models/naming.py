"""Names in two languages."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language

from yipan.base.network.limits import NAME_LENGTH


class Named(models.Model):
    """Something with a Chinese name and, if known, an English one."""

    name = models.CharField(max_length=NAME_LENGTH)
    name_en = models.CharField(max_length=NAME_LENGTH, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the active language; the Chinese one where there is no English one."""
        if self.name_en and (get_language() or "").startswith("en"):
            return self.name_en
        return self.name
