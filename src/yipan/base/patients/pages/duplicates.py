"""The review of likely duplicates, side by side, and the history of merges with its undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from yipan.base import audit
from yipan.base.patients import actions, queries
from yipan.base.patients.models import DuplicateCandidate, DuplicateState, Patient
from yipan.base.patients.pages.records import actor, record_page
from yipan.base.patients.words import EVIDENCE, identifier_type
from yipan.kernel.errors import InvalidInput, YipanError

PER_PAGE = 50


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Pairs to decide, likeliest first, masked."""
    page = Paginator(queries.open_duplicates(actor(request)), PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"pair": pair, "reasons": reasons(pair)} for pair in page]
    audit.record_list(actor(request), "patients.duplicates", count=len(rows))
    return render(request, "patients/duplicates.html", {"page": page, "rows": rows})


@never_cache
@require_GET
def pair(request: HttpRequest, candidate_id: UUID) -> HttpResponse:
    """Two records side by side, whole: both readings are audited."""
    return pair_page(request, candidate_id)


def pair_page(request: HttpRequest, candidate_id: UUID, error: YipanError | None = None) -> HttpResponse:
    """The page of a pair, with the refusal of what was tried."""
    who = actor(request)
    candidate = queries.duplicate(who, candidate_id)
    left, right = queries.get(who, candidate.left_id), queries.get(who, candidate.right_id)
    context = {
        "pair": candidate,
        "left": left,
        "right": right,
        "rows": compared(left, right),
        "reasons": reasons(candidate),
        "open": candidate.state == DuplicateState.OPEN and left.pk != right.pk,
        "error": error,
    }
    return render(request, "patients/duplicate.html", context, status=409 if error else 200)


@require_POST
def different(request: HttpRequest, candidate_id: UUID) -> HttpResponseBase:
    """They are two people."""
    try:
        actions.decide_duplicate(actor=actor(request), candidate_id=candidate_id)
    except YipanError as wrong:
        return pair_page(request, candidate_id, wrong)
    return to_next(request)


@require_POST
def merge_pair(request: HttpRequest, candidate_id: UUID) -> HttpResponseBase:
    """They are one person: the record named in the form stays."""
    who = actor(request)
    candidate = queries.duplicate(who, candidate_id)
    ends = {str(candidate.left_id): candidate.right_id, str(candidate.right_id): candidate.left_id}
    keep = request.POST.get("survivor", "")
    try:
        if keep not in ends:
            raise InvalidInput("merge_choose_survivor")
        actions.merge(
            actor=who,
            survivor_id=UUID(keep),
            retired_id=ends[keep],
            reason=request.POST.get("reason", "").strip() or _("Decided in the review of likely duplicates"),
        )
    except YipanError as wrong:
        return pair_page(request, candidate_id, wrong)
    return to_next(request)


@require_POST
def merge_by_hand(request: HttpRequest, patient_id: UUID) -> HttpResponseBase:
    """Merge another record, named by one of its identifiers, into this one."""
    who = actor(request)
    who.require("patients.merge")
    try:
        other = queries.one_by_identifier(who, request.POST.get("value", ""))
        actions.merge(actor=who, survivor_id=patient_id, retired_id=other.pk, reason=request.POST.get("reason", ""))
    except YipanError as wrong:
        return record_page(request, queries.get(who, patient_id), error=wrong)
    return redirect("patient", patient_id=patient_id)


@require_GET
def merges(request: HttpRequest) -> HttpResponse:
    """Every merge, newest first."""
    return merges_page(request)


def merges_page(request: HttpRequest, error: YipanError | None = None) -> HttpResponse:
    page = Paginator(queries.merges(actor(request)), PER_PAGE).get_page(request.GET.get("page"))
    audit.record_list(actor(request), "patients.merges", count=len(page))
    return render(request, "patients/merges.html", {"page": page, "error": error}, status=409 if error else 200)


@require_POST
def undo(request: HttpRequest, merge_id: UUID) -> HttpResponseBase:
    """Undo a merge."""
    try:
        actions.unmerge(actor=actor(request), merge_id=merge_id)
    except YipanError as wrong:
        return merges_page(request, wrong)
    return redirect("patient_merges")


def to_next(request: HttpRequest) -> HttpResponseBase:
    """The next pair to decide, else the empty queue."""
    following = queries.open_duplicates(actor(request)).first()
    return redirect("patient_duplicate", candidate_id=following.pk) if following else redirect("patient_duplicates")


def reasons(candidate: DuplicateCandidate) -> list[dict[str, Any]]:
    """The evidence in words: {text, against, system}."""
    return [
        {
            "text": str(EVIDENCE.get(reason["code"], reason["code"])),
            "against": reason["weight"] < 0 or reason["code"] == "identifier_conflict",
            "system": reason.get("system", ""),
        }
        for reason in candidate.reasons
    ]


def compared(left: Patient, right: Patient) -> list[dict[str, Any]]:
    """Rows of the comparison: {label, left, right, same}; `same` is None where one side is not known."""
    columns = (
        (_("Name"), "name"),
        (_("Sex"), "sex"),
        (_("Birth date"), "birth_date"),
        (_("Phone"), "phone"),
        (_("Address"), "address"),
        (_("Contact person"), "contact_name"),
        (_("Contact phone"), "contact_phone"),
    )
    rows = [_row(label, shown(left, field), shown(right, field)) for label, field in columns]
    return [*rows, _row(_("Identifiers"), numbers(left), numbers(right))]


def shown(patient: Patient, field: str) -> str:
    """A field as text, "" when not known."""
    value = getattr(patient, field)
    if field == "sex":
        return "" if value == "unknown" else str(patient.get_sex_display())
    return "" if value is None else str(value)


def numbers(patient: Patient) -> str:
    """All identifiers of a record, one after the other."""
    rows = patient.identifiers.order_by("type", "system")
    return "\n".join(f"{identifier_type(i.type)} {i.system}: {i.value}" for i in rows)


def _row(label: str, left: str, right: str) -> dict[str, Any]:
    return {"label": label, "left": left, "right": right, "same": left == right if left and right else None}
