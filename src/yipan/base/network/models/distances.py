"""Minutes between wards on foot and between sites by road."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yipan.base.network.limits import LONGEST_WALK, MINUTES_A_DAY
from yipan.base.network.models.organisations import Site
from yipan.base.network.models.wards import Ward
from yipan.kernel.ids import new_id


class Walk(models.Model):
    """Minutes on foot between two wards, where the rule by building and floor is wrong.

    A row counts both ways unless the way back has a row of its own.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    from_ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="walks")
    to_ward = models.ForeignKey(Ward, on_delete=models.PROTECT, related_name="+")
    minutes = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["from_ward", "to_ward"], name="walk_once"),
            models.CheckConstraint(condition=~Q(from_ward=F("to_ward")), name="walk_between_two"),
            models.CheckConstraint(condition=Q(minutes__gte=0, minutes__lte=LONGEST_WALK), name="walk_minutes_range"),
        ]

    def __str__(self) -> str:
        return f"{self.from_ward_id} → {self.to_ward_id}: {self.minutes} min"


class Road(models.Model):
    """Minutes by road between two sites. A row counts both ways unless the way back has a row of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    from_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="roads")
    to_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    minutes = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["from_site", "to_site"], name="road_once"),
            models.CheckConstraint(condition=~Q(from_site=F("to_site")), name="road_between_two"),
            models.CheckConstraint(condition=Q(minutes__gte=0, minutes__lte=MINUTES_A_DAY), name="road_minutes_range"),
        ]

    def __str__(self) -> str:
        return f"{self.from_site_id} → {self.to_site_id}: {self.minutes} min"
