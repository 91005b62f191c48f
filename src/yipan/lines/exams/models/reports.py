"""What was read: every version of a report, templates to write by, and second readings of a sample."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yipan.kernel.ids import new_id
from yipan.lines.exams.models.catalogue import ExamItem
from yipan.lines.exams.models.orders import ExamOrder
from yipan.lines.exams.models.reading import Reader


class Stage(models.TextChoices):
    """What a version of a report is."""

    PRELIMINARY = "preliminary", _("Preliminary")
    FINAL = "final", _("Final")
    AMENDED = "amended", _("Amended")
    ADDENDUM = "addendum", _("Addendum")


class ReportTemplate(models.Model):
    """What a report of an item starts from: usual words, and fields that are asked one by one.

    `fields` is a list of {"key", "name", "name_en", "unit", "choices": [[value, name, name_en], …]}; without choices
    the answer is text.
    """

    item = models.OneToOneField(ExamItem, on_delete=models.CASCADE, primary_key=True, related_name="template")
    findings = models.TextField(blank=True, default="")
    impression = models.TextField(blank=True, default="")
    fields = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return str(self.item)


class Report(models.Model):
    """One version of the report of an order, whole; never changed (a trigger refuses it), the highest one counts.

    The trigger lets texts be emptied and nothing else, for a person who is made anonymous. An addendum holds what is
    added; what it adds to stands in the version before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(ExamOrder, on_delete=models.PROTECT, related_name="reports")
    version = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=12, choices=Stage.choices)
    findings = models.TextField(blank=True, default="")
    impression = models.TextField(blank=True, default="")
    answers = models.JSONField(default=dict, blank=True)
    positive = models.BooleanField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")
    author = models.ForeignKey(Reader, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    signer = models.ForeignKey(Reader, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "version"]
        constraints = [
            models.UniqueConstraint(name="report_version_once", fields=["order", "version"]),
            models.UniqueConstraint(name="report_final_once", fields=["order"], condition=Q(stage="final")),
            models.CheckConstraint(name="report_stage", condition=Q(stage__in=Stage.values)),
            models.CheckConstraint(name="report_version_from_one", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="report_signed",
                condition=Q(stage="preliminary", signer=None, signed_at=None)
                | (~Q(stage="preliminary") & Q(signer__isnull=False, signed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} v{self.version} {self.stage}"


class PeerReview(models.Model):
    """A signed report drawn for a second reading by somebody who does not see it.

    First the reviewer writes what they see (`impression`, `positive`, `read_at`), then they are shown the report and
    give a score as RADPEER does: 1 agree, 2 unlikely to matter or hard, 3 should have been seen, 4 obvious.
    """

    report = models.OneToOneField(Report, on_delete=models.CASCADE, primary_key=True, related_name="review")
    drawn_at = models.DateTimeField()
    reviewer = models.ForeignKey(Reader, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews")
    impression = models.TextField(blank=True, default="")
    positive = models.BooleanField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.CharField(max_length=600, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    author_seen_at = models.DateTimeField(null=True, blank=True)
    head_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="peer_score", condition=Q(score=None, done_at=None) | Q(score__range=(1, 4), done_at__isnull=False)
            ),
            models.CheckConstraint(name="peer_read_first", condition=Q(score=None) | Q(read_at__isnull=False)),
            models.CheckConstraint(
                name="peer_reader_known",
                condition=Q(read_at=None) | Q(reviewer__isnull=False, positive__isnull=False),
            ),
        ]
        indexes = [models.Index(name="peer_open", fields=["drawn_at"], condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.report_id} {self.score or '–'}"
