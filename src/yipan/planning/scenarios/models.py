"""A question to the twin, with what it started from and what came out."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yipan.kernel.ids import new_id


class ScenarioStatus(models.TextChoices):
    """Where a scenario stands."""

    QUEUED = "queued", _("Waits for its turn")
    RUNNING = "running", _("Being simulated")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")


class Scenario(models.Model):
    """Policies side by side on the patients of the coming days of an organisation's subtree.

    `policies` are [{key, kind, version, in_force, body, policy}]: `policy` is the whole policy that was simulated,
    `body` what the organisation would decide itself if it were applied. `closures` are [{ward, begin, end}], `surges`
    [{department, factor, begin, end}], in days from the start. `made_from` and `result` hold identifiers and numbers
    only; `telling.Result` reads them. `author` is who asked, None for the system; others see it once it is `shared`.
    What is `saved`, or stands behind a policy, is kept.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("network.Organisation", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80, blank=True)
    author = models.ForeignKey("auth.User", on_delete=models.SET_NULL, null=True, related_name="+")
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    seconds = models.PositiveSmallIntegerField()
    penalty = models.FloatField()
    seed = models.PositiveIntegerField(default=1)
    policies = models.JSONField(default=list)
    closures = models.JSONField(default=list)
    surges = models.JSONField(default=list)
    saved = models.BooleanField(default=False)
    shared = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=ScenarioStatus.choices, default=ScenarioStatus.QUEUED)
    stop_asked = models.BooleanField(default=False)
    failure = models.CharField(max_length=40, blank=True)
    failure_params = models.JSONField(default=dict)
    progress = models.JSONField(default=dict)
    taken_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    made_from = models.JSONField(default=dict)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(name="scenario_status", condition=Q(status__in=ScenarioStatus.values)),
            models.CheckConstraint(name="scenario_days", condition=Q(days__gte=1, days__lte=90)),
            models.CheckConstraint(name="scenario_penalty", condition=Q(penalty__gte=0, penalty__lte=5)),
        ]
        indexes = [models.Index(name="scenario_newest", fields=["organisation", "-created_at"])]

    def __str__(self) -> str:
        return self.name or f"{self.organisation_id} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        """Whether it is still being simulated."""
        return self.status in (ScenarioStatus.QUEUED, ScenarioStatus.RUNNING)

    @property
    def is_done(self) -> bool:
        """Whether there is something to read."""
        return self.status == ScenarioStatus.DONE

    @property
    def evidence(self) -> str:
        """How a policy names it as its evidence."""
        return f"{EVIDENCE}:{self.pk}"

    def chosen(self, key: str) -> dict[str, Any] | None:
        """The policy of that key."""
        return next((row for row in self.policies if row["key"] == key), None)


EVIDENCE = "scenario"
"""The kind of evidence that a scenario is, as `network.Policy.evidence` names it."""
