"""What the server keeps beside the rooms: how fast the demo day passes."""

from __future__ import annotations

from django.db import models


class DemoPace(models.Model):
    """One row: `speed` times the clock on the wall; 0 lets the demo day stand still."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    speed = models.FloatField(default=10.0)

    class Meta:
        constraints = [
            models.CheckConstraint(name="demo_pace_single_row", condition=models.Q(id=1)),
            models.CheckConstraint(name="demo_pace_range", condition=models.Q(speed__gte=0, speed__lte=240)),
        ]

    def __str__(self) -> str:
        return f"{self.speed:g}x"
