"""What referrals know of a person, for `patients.dossier`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yipan.base.patients import dossier
from yipan.base.patients.dossier import row_of
from yipan.lines.referrals.models import Candidate, Document, Mark, Note, Referral, Step, Task

OF_REFERRAL = "referral__request__patient_id__in"
ERASED = "–"


def announce() -> None:
    """Register the sections and what is removed; called once when Django is ready."""
    dossier.section("referrals", _("Referrals"), _referrals, "referrals.Referral")
    dossier.section("referral_steps", _("Steps of referrals"), _steps, "referrals.Step", "referrals.Mark")
    dossier.section("referral_notes", _("Messages of referrals"), _notes, "referrals.Note")
    dossier.section("referral_documents", _("Documents of referrals"), _documents, "referrals.Document")
    dossier.section("referral_tasks", _("Tasks after referrals"), _tasks, "referrals.Task")
    dossier.section("down_candidates", _("Proposed down-referrals"), _candidates, "referrals.Candidate")
    dossier.on_erase("referrals", _erase)


def _referrals(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in Referral.objects.filter(request__patient_id__in=ids).order_by("number"))


def _steps(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    yield from (row_of(r) for r in Step.objects.filter(**{OF_REFERRAL: ids}).order_by("at"))
    yield from (row_of(r) for r in Mark.objects.filter(**{OF_REFERRAL: ids}).order_by("at"))


def _notes(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in Note.objects.filter(**{OF_REFERRAL: ids}).order_by("at"))


def _documents(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    """Names, kinds and sizes; the files themselves are opened on the page of the referral."""
    return (row_of(r, "content") for r in Document.objects.filter(**{OF_REFERRAL: ids}).order_by("at"))


def _tasks(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in Task.objects.filter(**{OF_REFERRAL: ids}).order_by("due_on"))


def _candidates(ids: Sequence[UUID]) -> Iterable[dict[str, Any]]:
    return (row_of(r) for r in Candidate.objects.filter(request__patient_id__in=ids).order_by("proposed_at"))


def _erase(ids: Sequence[UUID]) -> None:
    """Texts and files go; codes, steps and times stay for the figures."""
    Document.objects.filter(**{OF_REFERRAL: ids}).delete()
    Note.objects.filter(**{OF_REFERRAL: ids}).update(text="")
    Step.objects.filter(**{OF_REFERRAL: ids}).update(note="")
    Task.objects.filter(**{OF_REFERRAL: ids}).update(title=ERASED, result="")
    Candidate.objects.filter(request__patient_id__in=ids).update(reason="")
    Referral.objects.filter(request__patient_id__in=ids, diagnosis_code="").update(problem=ERASED)
    Referral.objects.filter(request__patient_id__in=ids).update(diagnosis="", summary={}, needs=[], placer_number="")
