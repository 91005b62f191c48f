"""A run of the planner with what it started from, and the proposals that it made."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yipan.kernel.ids import new_id


class Status(models.TextChoices):
    """Where a run stands."""

    QUEUED = "queued", _("Waits for its turn")
    RUNNING = "running", _("Being made")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")


class Run(models.Model):
    """A plan of admissions for an organisation's subtree, or one of its sites.

    `fingerprint` is of everything the plan was made from; `network_version` and `policy_versions` (path → version) are
    the parts of it that a reader is told about by name. `progress` is {phase, share, cost, bound}, `components` the
    cost by part in points, `counts` and `wards` what the page shows (identifiers and numbers only).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("network.Organisation", on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey("network.Site", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    days = models.PositiveSmallIntegerField(default=14)
    seconds = models.PositiveSmallIntegerField(default=10)
    seed = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    stop_asked = models.BooleanField(default=False)
    failure = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    taken_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    network_version = models.BigIntegerField(null=True)
    policy_versions = models.JSONField(default=dict)
    progress = models.JSONField(default=dict)
    reason = models.CharField(max_length=12, blank=True)
    cost = models.FloatField(null=True)
    bound = models.FloatField(null=True)
    components = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    wards = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(name="run_status", condition=Q(status__in=Status.values)),
            models.CheckConstraint(name="run_days", condition=Q(days__gte=1, days__lte=28)),
        ]
        indexes = [models.Index(name="run_newest", fields=["organisation", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        """Whether it is still being made."""
        return self.status in (Status.QUEUED, Status.RUNNING)


class Kind(models.TextChoices):
    """What a proposal would have somebody do."""

    ADMISSION = "admission", _("Admission")
    TRANSFER = "transfer", _("Planned transfer")
    REPATRIATION = "repatriation", _("Back to the own department")


class Proposal(models.Model):
    """One place of a plan: a patient, a bed, a day, and why.

    `stay` is the booking of somebody who lies in a bed and moves. `reasons` and `why_not` are as `beds.Placement` keeps
    them. `asked` and `relies` are what the proposal assumed of the request and of departures; `after` is the request
    whose move frees the bed. `held` is the booking that came of it; `answer` is the code of why none did, the last
    time that somebody tried.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    request = models.ForeignKey("spine.Request", on_delete=models.CASCADE, related_name="+")
    stay = models.ForeignKey("spine.Booking", on_delete=models.CASCADE, null=True, related_name="+")
    bed = models.ForeignKey("network.Bed", on_delete=models.CASCADE, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    tier = models.CharField(max_length=10)
    tier_before = models.CharField(max_length=10, blank=True)
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    why_not = models.JSONField(default=list)
    asked = models.JSONField(default=dict)
    relies = models.JSONField(default=list)
    after = models.ForeignKey("spine.Request", on_delete=models.CASCADE, null=True, related_name="+")
    held = models.ForeignKey("spine.Booking", on_delete=models.SET_NULL, null=True, related_name="+")
    answer = models.CharField(max_length=40, blank=True)
    answer_params = models.JSONField(default=dict)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="proposal_kind", condition=Q(kind__in=Kind.values)),
            models.UniqueConstraint(name="proposal_once", fields=["run", "request"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.start:%Y-%m-%d}"
