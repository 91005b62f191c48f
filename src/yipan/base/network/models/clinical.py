"""Specialties (诊疗科目), departments (科室), and which of them help one another."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yipan.base.network.limits import CODE_LENGTH
from yipan.base.network.models.naming import Named
from yipan.base.network.models.organisations import Site
from yipan.kernel.ids import new_id


class Specialty(Named):
    """A clinical specialty, by national code where there is one (医疗机构诊疗科目名录: 03.03 = neurology)."""

    code = models.CharField(max_length=CODE_LENGTH, primary_key=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="specialty_code_given")]


class SpecialtySimilarity(models.Model):
    """How well a ward of `other` can care for a patient of `specialty`: 0 not at all, 1 as well as its own.

    Counts in the direction it is written.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="similarities")
    other = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="+")
    similarity = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["specialty", "other"], name="similarity_once"),
            models.CheckConstraint(condition=~Q(specialty=F("other")), name="similarity_of_two"),
            models.CheckConstraint(condition=Q(similarity__gte=0, similarity__lte=1), name="similarity_range"),
        ]

    def __str__(self) -> str:
        return f"{self.specialty_id} ~ {self.other_id}: {self.similarity}"


class Department(Named):
    """A clinical unit of one site, with one specialty; patients belong to it, beds are assigned to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="departments")
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="departments")

    class Meta:
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=~Q(code=""), name="department_code_given")]


class Alliance(models.Model):
    """`ally` takes patients of `department` (联盟科室), rank 1 first. Counts in the direction written."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="alliances")
    ally = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="allied_to")
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["department", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["department", "ally"], name="alliance_once"),
            # Deferred, so that two ranks can be swapped in one transaction.
            models.UniqueConstraint(
                fields=["department", "rank"], name="alliance_rank_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=~Q(department=F("ally")), name="alliance_of_two"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="alliance_rank_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} → {self.ally_id} ({self.rank})"
