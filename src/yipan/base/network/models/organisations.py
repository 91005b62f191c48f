"""Organisations in a tree, and the sites (院区) where they stand."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yipan.base.network import paths
from yipan.base.network.limits import CODE_LENGTH
from yipan.base.network.models.naming import Named
from yipan.base.network.models.version import NetworkVersion
from yipan.kernel.ids import new_id


class OrganisationKind(models.TextChoices):
    """What an organisation is in the network."""

    GROUP = "group", _("Group")
    TERTIARY_HOSPITAL = "tertiary_hospital", _("Tertiary hospital")
    GENERAL_HOSPITAL = "general_hospital", _("General hospital")
    LEADING_HOSPITAL = "leading_hospital", _("Leading hospital")
    HUB = "hub", _("Hub")
    TOWNSHIP_CENTRE = "township_centre", _("Township health centre")
    VILLAGE_CLINIC = "village_clinic", _("Village clinic")
    PARTNER = "partner", _("Partner")


class Organisation(Named):
    """A node of the network's tree. `path` ("0001.0003.") names it and all above it: a subtree is a prefix.

    Saving keeps the paths of the organisation and of everything below it right; `paths.arrange` is the only
    function that makes them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, unique=True, editable=False)

    class Meta:
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="organisation_code_given"),
            models.CheckConstraint(condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_known"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="organisation_not_own_parent"
            ),
            models.CheckConstraint(condition=Q(path__regex=r"^([0-9]{4,}\.)+$"), name="organisation_path_shape"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and move the subtree along when the parent has changed. Raises InvalidInput for a cycle."""
        with transaction.atomic():
            NetworkVersion.lock()
            everyone = [o for o in Organisation.objects.all() if o.pk != self.pk]
            moved = paths.arrange([*everyone, self])
            super().save(*args, **kwargs)
            Organisation.objects.bulk_update([o for o in moved if o is not self], ["path"])

    @property
    def depth(self) -> int:
        """0 for a root."""
        return self.path.count(".") - 1


class Site(Named):
    """A place with an address: a campus of a hospital, a health centre, a clinic. Coordinates in degrees, WGS 84."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="site_code_given"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                # A comparison with NULL would count as kept, so both are asked for by name.
                | Q(latitude__isnull=False, latitude__gte=-90, latitude__lte=90)
                & Q(longitude__isnull=False, longitude__gte=-180, longitude__lte=180),
                name="site_on_earth",
            ),
        ]
