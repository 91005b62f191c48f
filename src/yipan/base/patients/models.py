"""Patients, their identifiers, likely duplicates and merges."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from yipan.base.vault.fields import Digest, SealedJson, SealedText, WithSealed, digest
from yipan.kernel.ids import new_id

PHONE, NUMBER = "patients.phone", "patients.identifier"
"""Domains of the digests by which phone numbers and identifiers are found."""


class Sex(models.TextChoices):
    """Administrative sex (HL7 table 0001, FHIR administrative-gender, GB/T 2261.1)."""

    MALE = "male", _("Male")
    FEMALE = "female", _("Female")
    OTHER = "other", _("Other sex")
    UNKNOWN = "unknown", _("Sex not known")


class Patient(WithSealed):
    """A person, once for the whole network.

    Name, sex and birth date are open, because desks search by parts of them; what reaches the person is sealed
    (docs/adr/0004). `pinyin` and `initials` repeat the name for search and are kept right by `actions`. A record that
    was merged keeps its row and points to the one that took over; `queries.resolve` follows.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Collation "C": prefix search by plain B-tree, whatever the database's own collation.
    name = models.CharField(max_length=120, db_collation="C")
    pinyin = models.CharField(max_length=400, db_collation="C", editable=False)
    initials = models.CharField(max_length=120, db_collation="C", editable=False)
    sex = models.CharField(max_length=8, choices=Sex.choices, default=Sex.UNKNOWN)
    birth_date = models.DateField(null=True, blank=True)
    phone = SealedText(label="patients.phone")
    phone_digest = Digest(of="phone", domain=PHONE)
    address = SealedText(label="patients.address")
    contact_name = SealedText(label="patients.contact_name")
    contact_phone = SealedText(label="patients.contact_phone")
    died_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="absorbed")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="patient_name_given", condition=~Q(name="")),
            models.CheckConstraint(name="patient_sex", condition=Q(sex__in=Sex.values)),
            # That a chain of merges never closes to a ring is held by a trigger (migration 0001).
            models.CheckConstraint(name="patient_not_merged_into_itself", condition=~Q(merged_into=F("id"))),
        ]
        indexes = [
            models.Index(name="patient_name", fields=["name"]),
            models.Index(name="patient_pinyin", fields=["pinyin"]),
            models.Index(name="patient_initials", fields=["initials", "pinyin"]),
            models.Index(name="patient_birth_date", fields=["birth_date", "pinyin"]),
            models.Index(name="patient_phone", fields=["phone_digest"], condition=Q(phone_digest__isnull=False)),
            models.Index(name="patient_absorbed", fields=["merged_into"], condition=Q(merged_into__isnull=False)),
            GinIndex(OpClass("pinyin", name="gin_trgm_ops"), name="patient_pinyin_inside"),
            # Single characters, because trigrams cannot find the two characters of a given name.
            GinIndex(
                Func(F("name"), Value(None), function="string_to_array"),
                name="patient_name_characters",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Identifier(WithSealed):
    """A number that an assigner gave to a patient. One (system, value) belongs to one patient; the database tells by
    the digest, because the value itself is sealed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=120, db_collation="C")
    value = SealedText(label="patients.identifier")
    value_digest = Digest(of="value", domain=NUMBER)
    type = models.CharField(max_length=12, default="MR")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="identifier_once", fields=["system", "value_digest"]),
            models.CheckConstraint(name="identifier_given", condition=~Q(system="") & Q(value_digest__isnull=False)),
        ]
        indexes = [models.Index(name="identifier_value", fields=["value_digest"])]

    def __str__(self) -> str:
        return f"{self.type} {self.system}"


def phone_digest(phone: str) -> bytes | None:
    """What finds a phone number, as `phones.normalise` writes it."""
    return digest(PHONE, phone)


def number_digest(value: str) -> bytes | None:
    """What finds an identifier, as `facts.clean_identifier` writes it."""
    return digest(NUMBER, value)


class DuplicateState(models.TextChoices):
    """What was decided about a pair."""

    OPEN = "open", _("To decide")
    SAME = "same", _("Same person")
    DIFFERENT = "different", _("Different people")


class DuplicateCandidate(models.Model):
    """Two records that may be one person. `left` is the smaller identifier, so that a pair exists once.

    `reasons` is a list of {"code", "weight"}; a conflict of identifiers also has "system" and "digest".
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    left = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=DuplicateState.choices, default=DuplicateState.OPEN)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="duplicate_once", fields=["left", "right"]),
            models.CheckConstraint(name="duplicate_in_order", condition=Q(left__lt=F("right"))),
            models.CheckConstraint(
                name="duplicate_decided",
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(name="duplicate_open", fields=["-score", "id"], condition=Q(state="open"))]

    def __str__(self) -> str:
        return f"{self.left_id} ~ {self.right_id}"


class Merge(WithSealed):
    """`retired` was found to be `survivor`. `moved` says exactly what went over, so that it can come back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    survivor = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges")
    retired = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="retirements")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    moved = SealedJson(label="patients.merge.moved")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="merge_of_two", condition=~Q(survivor=F("retired"))),
            models.UniqueConstraint(name="merge_open_once", fields=["retired"], condition=Q(undone_at__isnull=True)),
        ]
        indexes = [models.Index(name="merge_at", fields=["-at"])]

    def __str__(self) -> str:
        return f"{self.retired_id} → {self.survivor_id}"
