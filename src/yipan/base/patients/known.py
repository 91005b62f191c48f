"""What the lower rooms know of a person, for `dossier`: identity, numbers, merges, and who read or changed what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yipan.base.patients import dossier
from yipan.base.patients.dossier import row_of


def announce() -> None:
    """Register the sections; called once when Django is ready."""
    dossier.section("identity", _("Identity"), _identity, "patients.Patient")
    dossier.section("identifiers", _("Identifiers"), _identifiers, "patients.Identifier")
    dossier.section("duplicates", _("Likely duplicates"), _duplicates, "patients.DuplicateCandidate")
    dossier.section("merges", _("Merges"), _merges, "patients.Merge")
    dossier.section("emergencies", _("Opened in an emergency"), _emergencies, "access.EmergencyAccess")
    dossier.section("audit", _("Who read or changed it"), _audit, "audit.Entry")


def _identity(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    from yipan.base.patients.models import Patient

    return (row_of(row) for row in Patient.objects.filter(pk__in=ids).order_by("created_at"))


def _identifiers(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    from yipan.base.patients.models import Identifier

    return (row_of(row) for row in Identifier.objects.filter(patient_id__in=ids).order_by("created_at"))


def _duplicates(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    from yipan.base.patients.models import DuplicateCandidate

    # The other record is another person's unless somebody decides otherwise: only that there is a pair is told.
    rows = DuplicateCandidate.objects.filter(Q(left_id__in=ids) | Q(right_id__in=ids)).order_by("created_at")
    return (row_of(row, "left_id", "right_id", "reasons") for row in rows)


def _merges(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    from yipan.base.patients.models import Merge

    rows = Merge.objects.filter(Q(survivor_id__in=ids) | Q(retired_id__in=ids)).order_by("at")
    return (row_of(row) for row in rows)


def _emergencies(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    from yipan.base.access.models import EmergencyAccess

    return (row_of(row) for row in EmergencyAccess.objects.filter(patient_id__in=ids).order_by("at"))


def _audit(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    from yipan.base.audit.models import Entry

    return (row_of(row) for row in Entry.objects.filter(patient_id__in=ids).order_by("id"))
