"""Receivers, and the messages that wait for them or were answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yipan.base.vault.fields import SealedBytes, WithSealed
from yipan.kernel import clock
from yipan.kernel.ids import new_id

NAME_LENGTH = 180
CONTROL_LENGTH = 20
"""MSH-10 of versions before 2.7 holds so many characters."""


class OutboundCharset(models.TextChoices):
    """What messages to a receiver are written in (MSH-18)."""

    UTF8 = "UNICODE UTF-8", "UTF-8"
    GB18030 = "GB18030", "GB 18030"


class Receiver(models.Model):
    """A system that is told what concerns its organisation, and the organisations below that one.

    `application` and `facility` go to MSH-5 and MSH-6; a message that came from that application is not told back.
    `kinds` are the kinds of message that it takes. While it does not answer, `retry_at` says when it is tried again and
    `failure` why; `claimed_until` keeps a second worker away. Paused (`enabled` False), its messages wait.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    organisation = models.ForeignKey("network.Organisation", on_delete=models.PROTECT, related_name="+")
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField()
    tls = models.BooleanField(default=False)
    application = models.CharField(max_length=NAME_LENGTH, blank=True)
    facility = models.CharField(max_length=NAME_LENGTH, blank=True)
    kinds = models.JSONField(default=list)
    version = models.CharField(max_length=8, default="2.5.1")
    charset = models.CharField(max_length=20, choices=OutboundCharset.choices, default=OutboundCharset.UTF8)
    enabled = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=60, blank=True)
    failure_params = models.JSONField(default=dict)
    retry_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="receiver_port", condition=Q(port__gte=1, port__lte=65535)),
            models.CheckConstraint(name="receiver_given", condition=~Q(name="") & ~Q(host="")),
        ]

    def __str__(self) -> str:
        return self.name


class OutboundState(models.TextChoices):
    """What became of a message to a receiver."""

    WAITING = "waiting", _("Waiting to be sent")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    REFUSED = "refused", _("Refused")
    DROPPED = "dropped", _("Not sent")


class OutboundMessage(WithSealed):
    """A message to one receiver; `id` is the order in which it is sent. `control_id` (MSH-10) never changes, so that a
    receiver knows a repetition. `answer` is MSA-1; `error_code` is set where the message could not even be written.
    """

    id = models.BigAutoField(primary_key=True)
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, related_name="messages")
    control_id = models.CharField(max_length=CONTROL_LENGTH)
    kind = models.CharField(max_length=20)
    raw = SealedBytes(label="interop.outbound", row=("receiver_id", "control_id"))
    patient_id = models.UUIDField(null=True)
    state = models.CharField(max_length=12, choices=OutboundState.choices, default=OutboundState.WAITING)
    created_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=2, blank=True)
    answer_text = models.CharField(max_length=400, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_params = models.JSONField(default=dict)
    note = models.CharField(max_length=400, blank=True)
    handled_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="outbound_once", fields=["receiver", "control_id"]),
            models.CheckConstraint(name="outbound_state", condition=Q(state__in=OutboundState.values)),
        ]
        indexes = [
            models.Index(name="outbound_waiting", fields=["receiver", "id"], condition=Q(state=OutboundState.WAITING)),
            models.Index(name="outbound_refused", fields=["receiver", "id"], condition=Q(state=OutboundState.REFUSED)),
            models.Index(name="outbound_created", fields=["created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"
