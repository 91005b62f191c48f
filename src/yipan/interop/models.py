"""Messages as they were received, the systems that sent them, and what these call our beds."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yipan.base.vault.fields import SealedBytes, WithSealed
from yipan.interop.outbound.models import OutboundMessage, Receiver
from yipan.kernel import clock
from yipan.kernel.ids import new_id

__all__ = [
    "Charset",
    "InboundMessage",
    "LocationAlias",
    "LocationMode",
    "MessageState",
    "OutboundMessage",
    "Receiver",
    "Source",
]

NAME_LENGTH = 180


class LocationMode(models.TextChoices):
    """How a sender's locations become beds; aliases always come last and win over nothing."""

    AUTO = "auto", _("Bed code, or ward code with bed label")
    CODE = "code", _("Bed code only")
    ALIAS = "alias", _("Only as listed below")


class Charset(models.TextChoices):
    """What to read a message with that names no character set (MSH-18)."""

    DETECT = "", _("Detect: UTF-8, then GB 18030")
    UTF8 = "utf-8", "UTF-8"
    GB18030 = "gb18030", "GB 18030"
    LATIN1 = "iso8859-1", "ISO-8859-1"


class Source(models.Model):
    """A sending system: MSH-3 and MSH-4. Made by itself when a new sender is first heard.

    Without an organisation nothing of it is applied: its messages wait. `assigners` maps an assigning authority ("HIS")
    or one with a type ("HIS:MR") to an identifier system; `services` a hospital service (PV1-10) to the code of a
    department.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.CharField(max_length=NAME_LENGTH, blank=True)
    facility = models.CharField(max_length=NAME_LENGTH, blank=True)
    organisation = models.ForeignKey(
        "network.Organisation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    charset = models.CharField(max_length=12, choices=Charset.choices, default=Charset.DETECT, blank=True)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    location_mode = models.CharField(max_length=8, choices=LocationMode.choices, default=LocationMode.AUTO)
    assigners = models.JSONField(default=dict, blank=True)
    services = models.JSONField(default=dict, blank=True)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="source_once", fields=["application", "facility"]),
            models.CheckConstraint(name="source_location_mode", condition=Q(location_mode__in=LocationMode.values)),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The sender as people say it: application, then facility."""
        return " · ".join(p for p in (self.application, self.facility) if p) or "–"


class LocationAlias(models.Model):
    """What a sender calls one of our beds: ward^room^bed as it stands in PV1-3."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="aliases")
    location = models.CharField(max_length=200)
    bed = models.ForeignKey("network.Bed", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="alias_once", fields=["source", "location"]),
            models.CheckConstraint(name="alias_given", condition=~Q(location="")),
        ]

    def __str__(self) -> str:
        return f"{self.location} → {self.bed_id}"


class MessageState(models.TextChoices):
    """What became of a message."""

    RECEIVED = "received", _("Received")
    APPLIED = "applied", _("Applied")
    WAITING = "waiting", _("Not applied yet")
    IGNORED = "ignored", _("Ignored")
    SUPERSEDED = "superseded", _("Overtaken")


class InboundMessage(WithSealed):
    """A message as it was received. `raw` is never changed; `id` is the order of arrival from each sender.

    `digest` is the SHA-256 of the content without the time of sending (MSH-7), `control_id` MSH-10: together with the
    sender they tell a repetition. `outcome` names what an applied message did; `error_code` and `error_params` why it
    waits; `note` why somebody chose to ignore it. `retry_at` is when it is tried again by itself, empty when it needs a
    person. `location`, `prior_location` and `happened_at` are as the sender told them; `patient_key` is the keyed
    digest of the person's first number. `raw` is sealed, and bound to the sender and the content it was received as.
    """

    id = models.BigAutoField(primary_key=True)
    received_at = models.DateTimeField()
    peer = models.CharField(max_length=120)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="messages")
    control_id = models.CharField(max_length=NAME_LENGTH, blank=True)
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, blank=True)
    version = models.CharField(max_length=20, blank=True)
    charset = models.CharField(max_length=20, blank=True)
    raw = SealedBytes(label="interop.raw", row=("source_id", "control_id", "digest"))
    state = models.CharField(max_length=12, choices=MessageState.choices, default=MessageState.RECEIVED)
    attempts = models.PositiveIntegerField(default=0)
    applied_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_params = models.JSONField(default=dict)
    note = models.CharField(max_length=400, blank=True)
    handled_by = models.CharField(max_length=120, blank=True)
    happened_at = models.DateTimeField(null=True)
    patient_key = models.BinaryField(null=True, max_length=16)
    patient_id = models.UUIDField(null=True)
    location = models.CharField(max_length=200, blank=True)
    prior_location = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="message_once", fields=["source", "control_id", "digest"]),
            models.CheckConstraint(name="message_state", condition=Q(state__in=MessageState.values)),
            models.CheckConstraint(
                name="message_reason",
                condition=~Q(state=MessageState.WAITING) | ~Q(error_code=""),
            ),
        ]
        indexes = [
            models.Index(name="message_pending", fields=["source", "id"], condition=Q(state=MessageState.RECEIVED)),
            models.Index(name="message_waiting", fields=["source", "id"], condition=Q(state=MessageState.WAITING)),
            models.Index(name="message_retry", fields=["retry_at"], condition=Q(retry_at__isnull=False)),
            models.Index(
                name="message_person", fields=["source", "patient_key", "id"], condition=Q(patient_key__isnull=False)
            ),
            models.Index(name="message_of_source", fields=["source", "id"]),
            models.Index(name="message_received", fields=["received_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"
