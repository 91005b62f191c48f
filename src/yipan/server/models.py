"""What the server keeps beside the rooms: how fast the demo day passes, and which processes are at work."""

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


class Process(models.Model):
    """A process that is at work somewhere, as it last said so: written and removed by `presence` only.

    `started_at` and `seen_at` are instants of the database's clock, which is one for all machines; `clock_ahead` is by
    how many seconds the machine's clock is ahead of it. `samples` holds the process's own counters for `/metrics`.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    part = models.CharField(max_length=12)
    host = models.CharField(max_length=120)
    pid = models.IntegerField()
    version = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    clock_ahead = models.FloatField()
    samples = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(name="process_seen", fields=["part", "seen_at"])]

    def __str__(self) -> str:
        return f"{self.part} {self.host}:{self.pid}"
