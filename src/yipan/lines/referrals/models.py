"""What referrals know beyond the spine: the clinical side, steps, what travels with the patient, agreements."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yipan.base.network.limits import CODE_LENGTH
from yipan.base.vault.fields import SealedBytes, SealedJson, SealedText, WithSealed
from yipan.kernel.ids import new_id
from yipan.lines.referrals.policy import PATHWAYS, State


class StepKind(models.TextChoices):
    """Where a step leads: `policy.State` in words."""

    DRAFTED = "drafted", _("Drafted")
    SENT = "sent", _("Sent")
    RETURNED = "returned", _("Returned for information")
    ACCEPTED = "accepted", _("Accepted")
    BOOKED = "booked", _("Booked")
    IN_TRANSIT = "in_transit", _("On the way")
    ARRIVED = "arrived", _("Has arrived")
    TREATED = "treated", _("Treated")
    SENT_BACK = "sent_back", _("Sent back")
    CLOSED = "closed", _("Ended here")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PathwayKind(models.TextChoices):
    """绿色通道."""

    CHEST_PAIN = "chest_pain", _("Chest pain")
    STROKE = "stroke", _("Stroke")
    TRAUMA = "trauma", _("Trauma")
    MATERNAL = "maternal", _("High-risk mother")
    NEWBORN = "newborn", _("Newborn at risk")


class Refusal(models.TextChoices):
    """Why a receiver says no, or asks again."""

    NO_CAPACITY = "no_capacity", _("No bed or slot in time")
    NOT_OFFERED = "not_offered", _("Not treated here")
    NOT_INDICATED = "not_indicated", _("Can be treated where the patient is")
    NOT_FIT = "not_fit", _("Not fit for the transport")
    INCOMPLETE = "incomplete", _("Information is missing")
    ELSEWHERE = "elsewhere", _("Better at another hospital")
    DECLINED = "declined", _("The patient or family declines")
    OTHER = "other", _("Other")


class Referral(WithSealed):
    """The clinical side of a referral: `spine.Request` of line `referrals`, whose department is the sending one.

    Where it stands is what its last step says (`queries.states`). `needs` are the places wished for, as the lines that
    have them ask ({"line", "details"}). `previous` is the referral that this one answers: the way down after a way up.
    `patient`, `problem` and `ended_at` say again what request and steps know, for one constraint alone: one live
    referral per patient and problem. Triggers write `patient` and `ended_at`, and nothing else reads them but lists
    that leave out what is over. The summary is sealed: nobody searches in it.
    """

    request = models.OneToOneField("spine.Request", on_delete=models.CASCADE, primary_key=True, related_name="referral")
    number = models.CharField(max_length=20, unique=True)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+", editable=False)
    problem = models.CharField(max_length=40)
    to_department = models.ForeignKey("network.Department", on_delete=models.PROTECT, related_name="+")
    pathway = models.CharField(max_length=12, choices=PathwayKind.choices, blank=True, default="")
    diagnosis_code = models.CharField(max_length=12, blank=True)
    diagnosis = models.CharField(max_length=200, blank=True)
    summary = SealedJson(label="referrals.summary")
    needs = models.JSONField(default=list, blank=True)
    placer_number = models.CharField(max_length=64, blank=True, default="", db_index=True)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="following")
    eta = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="referral_one_live", fields=["patient", "problem"], condition=Q(ended_at=None)
            ),
            models.CheckConstraint(name="referral_number_given", condition=~Q(number="")),
            models.CheckConstraint(name="referral_pathway", condition=Q(pathway__in=["", *PATHWAYS])),
            models.CheckConstraint(name="referral_problem_given", condition=~Q(problem="")),
        ]
        indexes = [
            models.Index(name="referral_live_to", fields=["to_department"], condition=Q(ended_at=None)),
            models.Index(name="referral_to", fields=["to_department"]),
        ]

    def __str__(self) -> str:
        return self.number


class Step(WithSealed):
    """One step of a referral: append-only; the database refuses changes and steps that are not the next one.

    `side` is the party that took it, `reason` a value of `Refusal` where it has one. `agreement` is the one under which
    the sender acted in the receiver's name.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=StepKind.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    reason = models.CharField(max_length=16, choices=Refusal.choices, blank=True, default="")
    note = SealedText(label="referrals.step.note")
    agreement = models.ForeignKey("Agreement", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["referral", "number"]
        constraints = [
            models.UniqueConstraint(name="referral_step_once", fields=["referral", "number"]),
            models.CheckConstraint(name="referral_step_state", condition=Q(state__in=[str(s) for s in State])),
            models.CheckConstraint(name="referral_step_reason", condition=Q(reason__in=["", *Refusal.values])),
        ]
        indexes = [models.Index(name="referral_step_at", fields=["state", "at"])]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.number} {self.state}"


class Mark(models.Model):
    """When a milestone of a green channel was reached, as somebody pressed it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="marks")
    code = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(name="referral_mark_once", fields=["referral", "code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.at}"


class NoteKind(models.TextChoices):
    MESSAGE = "message", _("Message")
    PROGRESS = "progress", _("Progress")


class Recovery(models.TextChoices):
    """How the patient fares."""

    BETTER = "better", _("Better")
    SAME = "same", _("Unchanged")
    WORSE = "worse", _("Worse")


class Note(WithSealed):
    """What one party wrote to the other; or, after the way down, how the patient fares."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, choices=NoteKind.choices, default=NoteKind.MESSAGE)
    recovery = models.CharField(max_length=8, choices=Recovery.choices, blank=True, default="")
    text = SealedText(label="referrals.note")
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    organisation = models.ForeignKey("network.Organisation", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at"]
        constraints = [models.CheckConstraint(name="referral_note_kind", condition=Q(kind__in=NoteKind.values))]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class Document(WithSealed):
    """A file that travels with the patient."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="documents")
    name = SealedText(label="referrals.document.name")
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    content = SealedBytes(label="referrals.document")
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.media_type} {self.size}"


class TaskKind(models.TextChoices):
    """What the lower hospital is to do."""

    VISIT = "visit", _("Visit")
    TEST = "test", _("Test")
    MEDICINE = "medicine", _("Medicines")
    REHABILITATION = "rehabilitation", _("Rehabilitation")
    CALL = "call", _("Call")


class Task(WithSealed):
    """Follow-up that came with a patient who was sent down; ticked off by the receiver."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=16, choices=TaskKind.choices)
    title = models.CharField(max_length=200)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=120, blank=True, default="")
    result = SealedText(label="referrals.task.result")

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(name="referral_task_kind", condition=Q(kind__in=TaskKind.values)),
            models.CheckConstraint(
                name="referral_task_done", condition=Q(done_at=None, done_by="") | Q(done_at__isnull=False)
            ),
        ]
        indexes = [models.Index(name="referral_task_open", fields=["due_on"], condition=Q(done_at=None))]

    def __str__(self) -> str:
        return f"{self.due_on} {self.title}"


class Agreement(WithSealed):
    """What two organisations agreed about referrals from one to the other. Empty lists and hours mean no limit.

    `weekdays` are ISO numbers (1 Monday), hours those of the receiver's clock. `direct`: the sender may reserve the
    receiver's places without asking (green channel).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sender = models.ForeignKey("network.Organisation", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("network.Organisation", on_delete=models.PROTECT, related_name="+")
    specialties = ArrayField(models.CharField(max_length=CODE_LENGTH), default=list, blank=True)
    pathways = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)
    direct = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    contact = models.CharField(max_length=120, blank=True, default="")
    phone = SealedText(label="referrals.agreement.phone")
    note = models.CharField(max_length=400, blank=True, default="")
    edited_at = models.DateTimeField()
    edited_by = models.CharField(max_length=120)

    class Meta:
        ordering = ["receiver__code", "sender__code", "valid_from"]
        constraints = [
            models.CheckConstraint(name="agreement_of_two", condition=~Q(sender=F("receiver"))),
            models.CheckConstraint(
                name="agreement_days_in_order", condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="agreement_hours_whole",
                condition=Q(opens=None, closes=None) | Q(opens__isnull=False, closes__isnull=False),
            ),
            models.UniqueConstraint(
                name="agreement_once", fields=["sender", "receiver", "direct", "valid_from", "specialties", "pathways"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} → {self.receiver_id}"


class RuleText(models.Model):
    """Referral rules of an organisation and all below it, as it wrote them (`policy.rules`)."""

    organisation = models.OneToOneField(
        "network.Organisation", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    text = models.TextField()
    edited_at = models.DateTimeField()
    edited_by = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.organisation_id}"


class Candidate(models.Model):
    """Somebody in a bed who, as the criteria say, could go on at a lower hospital: proposed once for each stay.

    `request` is that of the stay. What became of it follows: dismissed with a reason, or referred (`referral`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.OneToOneField("spine.Request", on_delete=models.CASCADE, related_name="down_candidate")
    criterion = models.CharField(max_length=40)
    verdicts = models.JSONField(default=list)
    target = models.ForeignKey("network.Department", on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.CharField(max_length=120, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    referral = models.OneToOneField(
        Referral, on_delete=models.SET_NULL, null=True, blank=True, related_name="candidate"
    )

    class Meta:
        indexes = [
            models.Index(
                name="candidate_open", fields=["proposed_at"], condition=Q(dismissed_at=None, referral__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.request_id}"
