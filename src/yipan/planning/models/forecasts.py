"""Forecasts as they were made, what they were made from, and the alerts that they gave rise to."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yipan.kernel.ids import new_id


class Measure(models.TextChoices):
    """What is counted. Of a ward: who comes into its beds; of a department: its own patients, wherever they lie."""

    OCCUPIED = "occupied", _("Beds taken")
    ARRIVALS = "arrivals", _("Arrivals")
    DISCHARGES = "discharges", _("Discharges")


class Step(models.TextChoices):
    """How far apart the values of a forecast are."""

    DAYS = "days", _("By day")
    HOURS = "hours", _("By hour")


def _subject(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(ward=None) | Q(department=None))


class Subject(models.Model):
    """What a row is about: a ward, a department (a specialty at a site), or else the whole site."""

    site = models.ForeignKey("network.Site", on_delete=models.CASCADE, related_name="+")
    ward = models.ForeignKey("network.Ward", on_delete=models.CASCADE, null=True, related_name="+")
    department = models.ForeignKey("network.Department", on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        abstract = True


class History(Subject):
    """Daily counts from the time before Yipan kept bookings, from day `first` on; NULL where nothing is known."""

    measure = models.CharField(max_length=10, choices=Measure.choices)
    first = models.DateField()
    values = ArrayField(models.FloatField(null=True))

    class Meta:
        constraints = [
            _subject("history_subject"),
            models.CheckConstraint(name="history_measure", condition=Q(measure__in=Measure.values)),
            models.UniqueConstraint(
                name="history_once", fields=["site", "ward", "department", "measure"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.first}"


class Outlook(models.Model):
    """One making of forecasts; never changed. `first` is its first day at midnight, or its first hour.

    `known_until` is the instant up to which facts were used. With `rehearsed` that lies long before `made_at`: the
    forecast was made later, from nothing but what was known then, to show how good the method is.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    step = models.CharField(max_length=8, choices=Step.choices)
    made_at = models.DateTimeField()
    known_until = models.DateTimeField()
    first = models.DateTimeField()
    steps = models.PositiveSmallIntegerField()
    rehearsed = models.BooleanField(default=False)
    levels = ArrayField(models.FloatField())
    seconds = models.FloatField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="outlook_step", condition=Q(step__in=Step.values))]
        indexes = [models.Index(name="outlook_newest", fields=["step", "rehearsed", "-made_at"])]

    def __str__(self) -> str:
        return f"{self.step} {self.made_at:%Y-%m-%d %H:%M}"


class Forecast(Subject):
    """One series of an outlook: `values` are its quantiles, step by step (`steps` times as many as levels).

    `beds` are the open beds when it was made. `naive` is what the seasonal naive method erred per day until then (the
    denominator of MASE). By hour: `arriving` and `leaving` are own arrivals and departures expected in all until the
    end of each hour.
    """

    id = models.BigAutoField(primary_key=True)
    outlook = models.ForeignKey(Outlook, on_delete=models.CASCADE, related_name="forecasts")
    measure = models.CharField(max_length=10, choices=Measure.choices)
    values = ArrayField(models.FloatField(null=True))
    beds = models.PositiveIntegerField(default=0)
    naive = models.FloatField(null=True)
    arriving = ArrayField(models.FloatField(), null=True)
    leaving = ArrayField(models.FloatField(), null=True)

    class Meta:
        constraints = [
            _subject("forecast_subject"),
            models.CheckConstraint(name="forecast_measure", condition=Q(measure__in=Measure.values)),
            models.UniqueConstraint(
                name="forecast_once", fields=["outlook", "site", "ward", "department", "measure"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.outlook_id}"


class Cause(models.TextChoices):
    """What makes beds run out."""

    ARRIVALS = "arrivals", _("More arrivals than usual")
    DISCHARGES = "discharges", _("Fewer discharges than usual")
    CLOSED = "closed", _("Closed beds")
    FULL = "full", _("Full already, arrivals and discharges as usual")


class Alert(Subject):
    """Beds that are likely to run out, as an outlook by hour saw it. `by` is the first hour of the greatest concern.

    `chance` is that of more patients than open beds then, `need` the median of patients; `facts` are the numbers behind
    the cause: {arrivals, arrivals_usual, discharges, discharges_usual, closed}, each for the day up to `by`.
    """

    id = models.BigAutoField(primary_key=True)
    outlook = models.ForeignKey(Outlook, on_delete=models.CASCADE, related_name="alerts")
    by = models.DateTimeField()
    chance = models.FloatField()
    beds = models.PositiveIntegerField()
    taken = models.PositiveIntegerField()
    need = models.FloatField()
    cause = models.CharField(max_length=12, choices=Cause.choices)
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            _subject("alert_subject"),
            models.CheckConstraint(name="alert_cause", condition=Q(cause__in=Cause.values)),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.chance:.0%}"
