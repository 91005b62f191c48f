"""What can be examined: one catalogue for the network."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yipan.base.network.limits import CODE_LENGTH
from yipan.base.network.models.naming import Named
from yipan.kernel.ids import new_id


class Category(models.TextChoices):
    """What kind of examination."""

    IMAGING = "imaging", _("Imaging")
    ECG = "ecg", _("ECG")
    ULTRASOUND = "ultrasound", _("Ultrasound")
    ENDOSCOPY = "endoscopy", _("Endoscopy")
    LABORATORY = "laboratory", _("Laboratory")


class ExamItem(Named):
    """An examination that can be ordered.

    `modality` is DICOM's (PS3.3 C.7.3.1.1.1: CT, MR, DX, US, ECG, ES …), empty for the laboratory. `minutes` is how
    long device and technician are taken. `preparation_minutes` is the least time between order and start that preparing
    needs (fasting, contrast), with the words for the patient in `preparation`. `price` in yuan, `dose` in mSv.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    category = models.CharField(max_length=12, choices=Category.choices)
    modality = models.CharField(max_length=4, blank=True, default="")
    loinc = models.CharField(max_length=12, blank=True, default="", db_index=True)
    specialty = models.CharField(max_length=32, blank=True, default="")  # sub-specialty of who reads it: neuro, chest …
    minutes = models.PositiveSmallIntegerField(default=15)
    preparation = models.CharField(max_length=400, blank=True, default="")
    preparation_en = models.CharField(max_length=400, blank=True, default="")
    preparation_minutes = models.PositiveIntegerField(default=0)
    price = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    dose = models.FloatField(default=0)
    in_use = models.BooleanField(default=True)

    class Meta:
        ordering = ["category", "code"]
        constraints = [
            models.CheckConstraint(name="exam_item_code_given", condition=~Q(code="")),
            models.CheckConstraint(name="exam_item_category", condition=Q(category__in=Category.values)),
            models.CheckConstraint(name="exam_item_minutes", condition=Q(minutes__gte=1, minutes__lte=1440)),
            models.CheckConstraint(name="exam_item_price", condition=Q(price__gte=0, dose__gte=0)),
        ]

    @property
    def preparation_label(self) -> str:
        """What the patient has to do before, in the active language; in Chinese where there is no English."""
        english = (get_language() or "").startswith("en")
        return self.preparation_en if english and self.preparation_en else self.preparation
