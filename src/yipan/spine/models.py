"""The four tables. Constraints here are what makes a double booking impossible; code only makes the answer polite."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from yipan.kernel import trace
from yipan.kernel.ids import new_id
from yipan.spine.states import LIVE, TAKES_TIME, Purpose, State

TAKING = Q(state__in=[str(s) for s in TAKES_TIME])
CARE = Q(purpose=str(Purpose.CARE))
PLANNED = Q(state__in=[str(State.HELD), str(State.CONFIRMED)])


class Priority(models.TextChoices):
    EMERGENCY = "emergency"
    URGENT = "urgent"
    ELECTIVE = "elective"


class Request(models.Model):
    """What a patient needs of one service line. Its state is derived: `spine.queries.with_state`.

    `parent` is the request of another line for whose sake this one was made: the referral that wants the bed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.SlugField(max_length=32)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="requests")
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="+")
    home_department = models.ForeignKey("network.Department", on_delete=models.PROTECT, related_name="+")
    attending = models.ForeignKey(
        "access.Practitioner", on_delete=models.PROTECT, null=True, blank=True, related_name="requests"
    )
    priority = models.CharField(max_length=12, choices=Priority.choices, default=Priority.URGENT)
    source = models.CharField(max_length=32, default="desk")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    wanted_from = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="request_priority", condition=Q(priority__in=Priority.values)),
        ]
        indexes = [
            models.Index(name="request_open", fields=["line", "created_at"], condition=Q(cancelled_at=None)),
            models.Index(name="request_created", fields=["created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.id}"


class Capacity(models.Model):
    """One thing that can be taken by one booking at a time: a bed, a scanner, a clinic's hour, an ambulance.

    `kind` names the line it belongs to (`registry.line_of_kind`), whose own table describes it under the same `id`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.SlugField(max_length=32)
    bed = models.OneToOneField("network.Bed", on_delete=models.CASCADE, null=True, related_name="capacity")
    site = models.ForeignKey("network.Site", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="capacity_bed", condition=~Q(kind="bed") | Q(bed__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Booking(models.Model):
    """A capacity taken for a period. Written by `spine.booking` only.

    `period` is [start, end) in UTC: for a held or confirmed booking the planned time, for an active one from the
    arrival to the expected end, for a done one what really happened (a seat
    of a queue keeps its planned time: `booking.seats`). `end_announced` tells an expected departure that
    the ward has stated from one that is only estimated. `body` marks places where a patient lies, `attends` what the
    patient comes to in person: nobody is planned to be at two of these at once, whatever really happens later.
    `patient_period` is the part of a reservation in which the patient is there (FHIR Appointment.participant.period):
    the ride of a trip; None is all of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    capacity = models.ForeignKey(Capacity, on_delete=models.PROTECT, related_name="bookings")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, null=True, related_name="bookings")
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, null=True, related_name="bookings")
    previous = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    purpose = models.CharField(max_length=12, choices=[(p, p) for p in Purpose], default=Purpose.CARE)
    state = models.CharField(max_length=12, choices=[(s, s) for s in State])
    period = DateTimeRangeField()
    body = models.BooleanField(default=True)
    attends = models.BooleanField(default=False, db_default=False)
    patient_period = DateTimeRangeField(null=True)
    end_announced = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="booking_one_per_capacity",
                expressions=[(F("capacity"), RangeOperators.EQUAL), (F("period"), RangeOperators.OVERLAPS)],
                condition=TAKING,
            ),
            ExclusionConstraint(
                name="booking_one_per_body",
                expressions=[(F("patient"), RangeOperators.EQUAL), (F("period"), RangeOperators.OVERLAPS)],
                condition=TAKING & Q(body=True, patient__isnull=False),
            ),
            ExclusionConstraint(
                name="booking_one_plan_per_patient",
                expressions=[
                    (F("patient"), RangeOperators.EQUAL),
                    (Coalesce("patient_period", "period"), RangeOperators.OVERLAPS),
                ],
                condition=PLANNED & Q(attends=True),
            ),
            models.CheckConstraint(
                name="booking_patient_period",
                condition=~PLANNED
                | Q(patient_period=None)
                | Q(attends=True, patient_period__isempty=False, period__contains=F("patient_period")),
            ),
            # A reservation may start where an announced stay ends; but only one thing is under way at a time, whatever
            # was planned.
            models.UniqueConstraint(
                name="booking_one_active_per_capacity", fields=["capacity"], condition=Q(state=str(State.ACTIVE))
            ),
            models.UniqueConstraint(
                name="booking_one_active_per_body",
                fields=["patient"],
                condition=Q(state=str(State.ACTIVE), body=True, patient__isnull=False),
            ),
            models.CheckConstraint(
                name="booking_care_has_patient",
                condition=(CARE & Q(request__isnull=False, patient__isnull=False)) | (~CARE & Q(patient__isnull=True)),
            ),
            models.CheckConstraint(
                name="booking_live_period",
                condition=~Q(state__in=[str(s) for s in LIVE])
                | Q(period__isempty=False, period__startswith__isnull=False),
            ),
            models.CheckConstraint(
                name="booking_hold_expires",
                condition=Q(state=str(State.HELD), expires_at__isnull=False)
                | (~Q(state=str(State.HELD)) & Q(expires_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(name="booking_live", fields=["capacity"], condition=Q(state__in=[str(s) for s in LIVE])),
            models.Index(name="booking_request", fields=["request"]),
            models.Index(name="booking_expiry", fields=["expires_at"], condition=Q(state=str(State.HELD))),
            GistIndex(name="booking_period", fields=["period"], condition=CARE & TAKING),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.state} {self.id}"

    @property
    def gives_up(self) -> bool:
        """It keeps nothing any more: to be written before another one takes the place (`base.unit`)."""
        return self.state not in LIVE

    @property
    def start(self) -> Any:
        return self.period.lower

    @property
    def end(self) -> Any:
        return self.period.upper


class Event(models.Model):
    """Something that happened; never changed, never removed (a trigger refuses both).

    `at` is when it happened, `recorded_at` when Yipan learned of it. `xid` (xid8, filled by the database) orders what
    live pages have not yet seen: see `server/sse.py`.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.SlugField(max_length=48)
    line = models.SlugField(max_length=32)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_name = models.CharField(max_length=120)
    actor_id = models.BigIntegerField(null=True)
    # Plain columns, not constraints: an event outlives what it speaks of, and is written on the hottest path.
    request_id = models.UUIDField(null=True)
    booking_id = models.UUIDField(null=True)
    capacity_id = models.UUIDField(null=True)
    patient_id = models.UUIDField(null=True)
    site_id = models.UUIDField(null=True)
    ward_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(name="event_request", fields=["request_id", "id"], condition=Q(request_id__isnull=False)),
            models.Index(name="event_booking", fields=["booking_id", "id"], condition=Q(booking_id__isnull=False)),
            models.Index(name="event_patient", fields=["patient_id", "id"], condition=Q(patient_id__isnull=False)),
            models.Index(name="event_ward", fields=["ward_id", "at"], condition=Q(ward_id__isnull=False)),
            models.Index(name="event_kind", fields=["kind", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"


class OutboxMessage(models.Model):
    """An effect that is still to happen after the commit that asked for it. `key` makes twice once.

    `trace` names the request, message or job that asked for it.
    """

    id = models.BigAutoField(primary_key=True)
    topic = models.SlugField(max_length=48)
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=400, blank=True)
    trace = models.CharField(max_length=trace.LONGEST, blank=True, default="", db_default="")

    class Meta:
        indexes = [models.Index(name="outbox_waiting", fields=["not_before", "id"], condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"
